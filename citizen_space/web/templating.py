"""Jinja, compiled once: an environment for each language, with that language's words and figures in it."""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from jinja2 import (
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    PrefixLoader,
    Template,
    nodes,
    select_autoescape,
)
from jinja2.visitor import NodeTransformer
from lucide.jinja import lucide
from markupsafe import Markup, escape

from citizen_space.kit import formats
from citizen_space.kit.crypto import fingerprint
from citizen_space.kit.ids import new_key
from citizen_space.kit.qr import draw_path, make_code
from citizen_space.kit.text import LANGUAGES, find_message, load_messages, translate_number
from citizen_space.web.assets import Assets

_PACKAGES = Path(__file__).parent.parent
_MACROS = str(Path(__file__).parent / "templates" / "ui.html")


class _Template(Template):
    """A template whose macros are made once: making `web/ui.html` anew costs more than drawing a small page.

    Its macros read two things of a page, `errors` and `typed`; where there are none, all pages may share them.
    """

    def make_module(
        self, vars: dict[str, Any] | None = None, shared: bool = False, locals: Mapping[str, Any] | None = None
    ) -> Any:
        """Share the macros of a page that has nothing to say of its fields."""
        given = {**(vars or {}), **(locals or {})}
        if self.filename != _MACROS or given.get("errors") or given.get("typed"):
            return super().make_module(vars, shared, locals)
        module = self.environment.globals.get("_macros")
        if module is None:
            module = self.environment.globals["_macros"] = super().make_module({"errors": {}, "typed": {}})
        return module


class _Fold(NodeTransformer):
    """Answers `_("…")`, `icon("…")` and `asset("…")` while compiling: in one language they never change."""

    def __init__(self, environment: Environment) -> None:
        self._globals = environment.globals

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        """Fold a call whose only argument is a literal."""
        self.generic_visit(node)
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        plain = not (node.kwargs or node.dyn_args or node.dyn_kwargs) and len(node.args) == 1
        literal = node.args[0].value if plain and isinstance(node.args[0], nodes.Const) else None
        if name not in ("_", "icon", "asset") or not isinstance(literal, str):
            return node
        known: Callable[[str], str] = self._globals[name]  # type: ignore[assignment]
        said = known(literal)
        folded = nodes.TemplateData(str(said)) if isinstance(said, Markup) else nodes.Const(said)
        return folded.set_lineno(node.lineno)


class _Environment(Environment):
    template_class = _Template

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed: nodes.Template = _Fold(self).visit(super()._parse(source, name, filename))
        return parsed


class Templates:
    """Finds `<package>/<path under its templates/>` in a language."""

    def __init__(self, assets: Assets, cache_folder: Path | None = None) -> None:
        self.assets = assets
        self._environments = {language: _environment(language, assets, cache_folder) for language in LANGUAGES}

    def get(self, name: str, language: str) -> Template:
        """Get a template, compiled."""
        return self._environments[language].get_template(name)

    def add_global(self, name: str, value: Any) -> None:
        """Offer something to every template."""
        for environment in self._environments.values():
            environment.globals[name] = value

    def render(self, name: str, language: str, **context: Any) -> str:
        """Render outside of any visit: a mail, a document."""
        return self.get(name, language).render(context)


def _environment(language: str, assets: Assets, cache_folder: Path | None) -> Environment:
    environment = _Environment(
        loader=PrefixLoader(
            {path.parent.name: FileSystemLoader(path) for path in sorted(_PACKAGES.glob("*/templates"))}
        ),
        autoescape=select_autoescape(disabled_extensions=("txt", "typ"), default=True),
        auto_reload=False,
        cache_size=-1,
        bytecode_cache=_compiled(cache_folder, language, assets),
        extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(_globals(language, assets))
    return environment


def _compiled(folder: Path | None, language: str, assets: Assets) -> FileSystemBytecodeCache | None:
    """Keep what was compiled, under a name that changes with the words and the files folded into it."""
    if folder is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    words = fingerprint(repr(sorted(load_messages(language).items())))[:12]
    return FileSystemBytecodeCache(str(folder), f"{language}-{words}-{assets.fingerprint}-%s.jinja")


def _globals(language: str, assets: Assets) -> dict[str, Any]:
    in_language: dict[str, Callable[..., str]] = {
        name: partial(getattr(formats, name), language=language)
        for name in ("money", "day", "long_day", "moment", "hour", "duration", "percent")
    }
    return {
        **in_language,
        "_": _gettext(language),
        "gettext": partial(find_message, language=language),
        "ngettext": partial(_ngettext, language),
        "asset": assets.url,
        "icon": icon,
        "qr_svg": qr_svg,
        "new_key": new_key,
        "language": language,
    }


def _gettext(language: str) -> Callable[..., str]:
    """Make `_`: what it returns is escaped like any other text, unless a fact is markup already."""

    # A fact may bear any name, `text` and `n` too.
    def gettext(text: str, /, **facts: Any) -> str:
        found = find_message(text, language)
        if not facts:
            return found
        if any(isinstance(fact, Markup) for fact in facts.values()):
            return Markup(escape(found)) % facts  # noqa: S704 escaped here
        return found % facts

    return gettext


def _ngettext(language: str, singular: str, plural: str, n: int, **facts: Any) -> str:
    return translate_number(singular, plural, n, language, **facts)


@lru_cache(maxsize=512)
def icon(name: str) -> Markup:
    """Draw one of Lucide's icons; it is decoration, the word beside it speaks."""
    marks: dict[str, object] = {"class": "icon", "aria-hidden": "true", "focusable": "false"}
    drawn = " ".join(str(lucide(name, size=24, **marks)).split())
    return Markup(drawn.replace("> <", "><"))  # noqa: S704 drawn by the locked package, not by people


@lru_cache(maxsize=128)
def qr_svg(text: str) -> Markup:
    """Draw a QR code as inline SVG without any style attribute."""
    code = make_code(text)
    side = len(code.rows) + 4
    path = f'<path class="qr__dots" stroke="#000" d="{draw_path(code, border=2)}"/>'
    drawn = f'<svg viewBox="0 0 {side} {side}" class="qr__svg">{path}</svg>'
    return Markup(drawn)  # noqa: S704 modules alone: the text itself is not in it
