"""Icons of one set (Lucide), drawn once and kept; always beside a word, so hidden from screen readers."""

from functools import lru_cache

from lucide.jinja import lucide
from markupsafe import Markup


@lru_cache(maxsize=256)
def icon(name: str) -> Markup:
    """The inline SVG of a Lucide icon; its size and colour come from the style sheet."""
    marks: dict[str, object] = {"class": "icon", "aria-hidden": "true", "focusable": "false"}
    drawn = str(lucide(name, size=24, **marks))
    return Markup(" ".join(drawn.split()).replace("> <", "><"))  # noqa: S704 - from the locked package, not from people
