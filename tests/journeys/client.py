"""A browser without a screen: it submits the forms that were really served, with every hidden field they carry."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx2
from lxml import etree, html
from lxml.html import HtmlElement

Value = str | int | Sequence[str]
# Addresses that name a vocabulary and are never fetched.
_NAMES_ONLY = ("http://www.w3.org/",)
_INLINE = frozenset({"a", "abbr", "b", "em", "i", "small", "span", "strong", "sup", "time"})


def squeeze(text: str) -> str:
    """Words as they are read: every kind of space is one space."""
    return re.sub(r"\s+", " ", text.replace("\u00a0", " ").replace("\u202f", " ")).strip()


def read_words(element: HtmlElement) -> str:
    """What is written in an element; two blocks are two words, a figure within a line is not."""
    found: list[str] = []
    for event, one in etree.iterwalk(element, events=("start", "end")):
        if not isinstance(one.tag, str) or one.tag in ("script", "style"):
            continue
        space = "" if one.tag in _INLINE else " "
        found += [space, one.text or ""] if event == "start" else [space]
        if event == "end" and one is not element:
            found.append(one.tail or "")
    return squeeze("".join(found))


@dataclass
class Form:
    """A form as served: where it goes, what it carries, what may be chosen in it."""

    element: HtmlElement
    action: str
    method: str
    sent: dict[str, list[str]]
    controls: dict[str, HtmlElement] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)

    def fill(self, values: Mapping[str, Value], *, uploaded: Collection[str] = ()) -> dict[str, list[str]]:
        """What is sent when these fields are filled; a field or a choice that the page does not offer is a failure."""
        data = {name: list(found) for name, found in self.sent.items()}
        for name, value in values.items():
            assert name in self.controls, f"{self.action} has no field {name!r}, only {sorted(self.controls)}"
            chosen = [str(value)] if isinstance(value, str | int) else [str(one) for one in value]
            offered = self.choices.get(name)
            assert offered is None or set(chosen) <= set(offered), f"{name} offers {offered}, not {chosen}"
            data[name] = chosen
        missing = [
            name
            for name, control in self.controls.items()
            if _is_missing(control, data.get(name)) and name not in uploaded
        ]
        assert not missing, f"{self.action}: a browser would not send it without {missing}"
        return data


def _is_missing(control: HtmlElement, value: list[str] | None) -> bool:
    return control.get("required") is not None and not any(value or ())


def _read_form(element: HtmlElement, page_url: str) -> Form:
    form = Form(element, element.get("action") or page_url, (element.get("method") or "get").lower(), {})
    inside = list(element.iter("input", "select", "textarea", "button"))
    if form_id := element.get("id"):
        inside += [one for one in element.getroottree().iter() if one.get("form") == form_id and one not in inside]
    for control in inside:
        if (name := control.get("name")) and control.get("disabled") is None:
            _read_control(form, control, name)
    return form


def _read_control(form: Form, control: HtmlElement, name: str) -> None:
    form.controls.setdefault(name, control)
    kind = control.tag if control.tag != "input" else (control.get("type") or "text")
    if kind in ("button", "submit"):
        form.choices.setdefault(name, []).append(control.get("value") or "")
    elif kind in ("radio", "checkbox"):
        form.choices.setdefault(name, []).append(control.get("value") or "on")
        if control.get("checked") is not None:
            form.sent.setdefault(name, []).append(control.get("value") or "on")
    elif kind == "select":
        _read_select(form, control, name)
    elif kind == "textarea":
        form.sent.setdefault(name, []).append(control.text_content())
    elif kind != "file":
        form.sent.setdefault(name, []).append(control.get("value") or "")


def _read_select(form: Form, control: HtmlElement, name: str) -> None:
    options = [(one.get("value", one.text_content()), one) for one in control.iter("option")]
    form.choices[name] = [value for value, one in options if one.get("disabled") is None]
    selected = [value for value, one in options if one.get("selected") is not None]
    if selected or form.choices[name]:
        form.sent[name] = selected or form.choices[name][:1]


@dataclass
class Page:
    """An answer, read as a person reads it."""

    response: httpx2.Response

    def __post_init__(self) -> None:
        self.url = str(self.response.url)
        self.path = self.response.url.path
        self.status = self.response.status_code
        self.is_html = "text/html" in self.response.headers.get("content-type", "")
        # What is no page (a calendar, a picture, a file) reads as an empty one.
        self.tree: HtmlElement = html.fromstring((self.is_html and self.response.text) or "<html></html>")

    @property
    def words(self) -> str:
        """All that is written on it."""
        if not self.is_html:
            return squeeze(self.response.text)
        body = self.tree.find("body")
        return read_words(self.tree if body is None else body)

    def says(self, *sentences: str) -> Page:
        """Fail unless every sentence is on the page."""
        words = self.words
        for sentence in sentences:
            assert squeeze(sentence) in words, f"{self.url} ({self.status}) does not say {sentence!r}:\n{words}"
        return self

    def keeps_silent(self, *secrets: str) -> Page:
        """Fail when anything of this is in the page's source, seen or not."""
        for secret in secrets:
            assert secret not in self.response.text, f"{self.url} shows {secret!r}"
        return self

    def forms(self) -> list[Form]:
        """Every form of the page."""
        return [_read_form(element, self.url) for element in self.tree.iter("form")]

    def form(self, action: str = "", *, having: str = "") -> Form:
        """The first form whose action contains `action` and whose words contain `having`."""
        for one in self.forms():
            if action in one.action and having in read_words(one.element):
                return one
        offered = [(one.action, read_words(one.element)[:60]) for one in self.forms()]
        raise AssertionError(f"{self.url} ({self.status}) has no form {action!r} {having!r}: {offered}\n{self.words}")

    def links(self, part: str = "") -> list[str]:
        """The addresses this page links to that contain `part`, in their order."""
        found = [one.get("href") or "" for one in self.tree.iter("a")]
        return [str(self.response.url.join(address)) for address in found if address and part in address]

    def link(self, part: str = "", *, words: str = "") -> str:
        """The first link whose address contains `part` and whose words contain `words`."""
        for one in self.tree.iter("a"):
            if part in (one.get("href") or "") and words in read_words(one):
                return str(self.response.url.join(one.get("href") or ""))
        raise AssertionError(f"{self.url} has no link {part!r} {words!r}: {self.links()}\n{self.words}")

    def find(self, pattern: str) -> str:
        """The first group of a pattern in the page's words."""
        found = re.search(pattern, self.words)
        assert found, f"{self.url} has nothing like {pattern!r}:\n{self.words}"
        return found.group(1)


@dataclass
class Browser:
    """Somebody's browser at one surface; it keeps its cookies and checks each page's manners."""

    base_url: str
    who: str = ""
    visited: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        headers = {"accept": "text/html,*/*", "accept-language": "fr", "user-agent": f"journey {self.who}"}
        self._client = httpx2.Client(
            base_url=self.base_url, headers=headers, follow_redirects=True, timeout=30, trust_env=False
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def get(self, path: str, *, status: int = 200) -> Page:
        """Open an address; relative ones are this surface's."""
        return self._answer(self._client.get(path, headers={"sec-fetch-site": "same-origin"}), status)

    def open(self, path: str) -> Page:
        """Open an address, whatever the answer; only its manners are checked."""
        return self._answer(self._client.get(path, headers={"sec-fetch-site": "same-origin"}), None)

    def follow(self, page: Page, part: str = "", *, words: str = "", status: int = 200) -> Page:
        """Click a link of a page."""
        return self.get(page.link(part, words=words), status=status)

    def send(
        self,
        form: Form,
        values: Mapping[str, Value] | None = None,
        *,
        status: int = 200,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        **more: Value,
    ) -> Page:
        """Fill a form and send it as the browser would."""
        data = form.fill({**(values or {}), **more}, uploaded=files or ())
        if form.method == "get":
            return self._answer(self._client.get(form.action, params=data), status)
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(self.base_url))
        headers = {"origin": origin, "sec-fetch-site": "same-origin"}
        answer = self._client.post(form.action, data=data, files=files, headers=headers)
        return self._answer(answer, status)

    def _answer(self, response: httpx2.Response, status: int | None) -> Page:
        page = Page(response)
        self.visited.append(f"{response.status_code} {response.url.path}")
        told = page.words[:2000] if page.is_html else response.text[:500]
        assert status in (None, response.status_code), (
            f"{page.url} answered {response.status_code}, not {status}:\n{told}"
        )
        for one in [*response.history, response]:
            check_manners(one)
        return page


def check_manners(response: httpx2.Response) -> None:
    """Every answer: no error of ours, a strict policy, nothing fetched from elsewhere, nothing inline."""
    where = str(response.url)
    assert response.status_code < 500, f"{where} answered {response.status_code}:\n{response.text[:2000]}"
    if "text/html" not in response.headers.get("content-type", "") or not response.text:
        return
    policy = response.headers.get("content-security-policy", "")
    # A mail is shown in a sandbox of its own, where nothing runs and nothing is fetched; its styles stand in it.
    strict = "default-src 'none'" in policy and ("unsafe-inline" not in policy or "; sandbox" in policy)
    assert strict, f"{where}: policy {policy!r}"
    if "; sandbox" in policy:
        return
    tree = html.fromstring(response.text)
    foreign = [address for address in list_addresses(tree) if is_foreign(address, where)]
    assert not foreign, f"{where} refers to other hosts: {foreign}"
    inline = [one.tag for one in tree.iter() if isinstance(one.tag, str) and one.get("style") is not None]
    assert not inline, f"{where} has inline styles on {inline}"
    scripts = [one for one in tree.iter("script") if not one.get("src") and one.get("type") != "application/json"]
    assert not scripts, f"{where} has an inline script"


def list_addresses(tree: HtmlElement) -> Iterator[str]:
    """Every address that an element names."""
    for element in tree.iter():
        for name in ("href", "src", "action", "formaction", "srcset", "poster", "data"):
            if isinstance(element.tag, str) and (address := element.get(name)):
                yield address


def is_foreign(address: str, where: str) -> bool:
    """True when it leads to another host than the page's own."""
    parts = urlsplit(address)
    if not parts.netloc or address.startswith(_NAMES_ONLY):
        return False
    return parts.hostname != urlsplit(where).hostname
