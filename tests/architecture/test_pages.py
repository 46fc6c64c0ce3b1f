"""Templates say nothing untranslated, carry no style or script of their own, and every form may be sent once only."""

import re
from collections.abc import Iterator

import pytest

from tests.architecture.pages import Page, read_letter, read_page
from tests.architecture.source import HOUSE, ROOT, templates


def faults(page: Page, *, mail: bool = False) -> Iterator[str]:
    """Tell what a strict Content-Security-Policy, a translator or a double click would stumble over."""
    yield from (f"not translated: {text[:70]!r}" for text in page.words())
    for tag, given in page.tags:
        if ("style" in given or tag == "style") and not mail:  # a mail reader loads no style sheet of ours
            yield f"<{tag}> has a style of its own"
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            yield "a script inside the page"
        yield from (f"<{tag} {name}>: a script in an attribute" for name in given if re.match(r"on[a-z]+$|hx-on", name))
        reached = {"a": (), "link": ("href",), "form": ("action",)}.get(tag, ("src", "srcset", "href", "data"))
        yield from (f"<{tag}> asks another host" for name in reached if re.match(r"(https?:)?//", given.get(name, "")))
        if tag == "img" and "alt" not in given:
            yield "<img> without alt"
    for given, inside in page.forms:
        if given.get("method", "").lower() == "post" and "submission(" not in inside:
            yield f"the form to {given.get('action', 'itself')} lacks ui.submission()"


CONTROLS = [
    "<p>Réserver</p>",
    "<p>{{ name }} a réservé</p>",
    "<input type='submit' value='Payer'>",
    "<button aria-label='Fermer'></button>",
    "{% if free %}Gratuit{% endif %}",
    "<p style='color: red'>0</p>",
    "<style>p {}</style>",
    "<script>alert(1)</script>",
    "<button onclick='x()'></button>",
    "<script src='https://cdn.example.org/x.js'></script>",
    "<link rel='stylesheet' href='//cdn.example.org/x.css'>",
    "<img src='/x.png'>",
    "<form method='post' action='/payer'><button>{{ _('Payer') }}</button></form>",
]
ALLOWED = [
    "<p>{{ _('Réserver') }} — 12,50 €</p>",
    "{% trans %}Réserver{% endtrans %}",
    "{# Pas un mot pour le client #}<p>{{ name }}</p>",
    "<a href='https://example.org'>{{ _('Plus') }}</a>",
    "<img src='/x.png' alt=''>",
    "<form method='post'>{{ ui.submission() }}<button>{{ _('Payer') }}</button></form>",
    "<form method='get'><button>{{ _('Chercher') }}</button></form>",
    "<option value='fr' {% if fr %}selected{% endif %}>Français</option>",
]


@pytest.mark.parametrize("text", CONTROLS)
def test_a_fault_is_seen(text: str) -> None:
    assert list(faults(read_page(text)))


@pytest.mark.parametrize("text", ALLOWED)
def test_what_is_allowed_passes(text: str) -> None:
    assert not list(faults(read_page(text)))


def test_every_template_is_clean() -> None:
    assert templates()
    found = []
    for path in templates():
        text = path.read_text(encoding="utf-8")
        page = read_letter(text) if path.suffix == ".txt" else read_page(text)
        found += [
            f"{path.relative_to(ROOT).as_posix()}: {fault}" for fault in faults(page, mail="mail" in path.as_posix())
        ]
    assert not found, "\n" + "\n".join(found)


def test_a_letter_is_read_whole() -> None:
    assert read_letter("Bonjour {{ name }},").words()
    assert not read_letter("{{ _('Bonjour') }} {{ name }},\n-- \n").words()


def test_templates_stand_with_their_surface() -> None:
    """A package's templates are in one folder per surface, so that a wall is a folder too."""
    surfaces = {"public", "till", "office", "mail", "paper", "shared"}
    strays = [
        path.relative_to(ROOT).as_posix()
        for path in templates()
        if (parts := path.relative_to(HOUSE).parts)[0] != "web" and (len(parts) < 4 or parts[2] not in surfaces)
    ]
    assert not strays


@pytest.mark.parametrize(("surface", "others"), [("public", ("till", "office")), ("till", ("office",))])
def test_a_template_includes_nothing_from_behind_a_wall(surface: str, others: tuple[str, ...]) -> None:
    used = re.compile(r"{%-?\s*(?:extends|include|import|from)\s+[\"']([^\"']+)")
    found = [
        f"{path.relative_to(ROOT).as_posix()} uses {name}"
        for path in templates()
        if f"/templates/{surface}/" in path.as_posix()
        for name in used.findall(path.read_text(encoding="utf-8"))
        if any(f"/{other}/" in name or name == f"web/{other}.html" for other in others)
    ]
    assert not found
