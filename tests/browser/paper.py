"""The papers of the day as they lay in the tray, drawn from the bytes that a printer was sent."""

from printers.escpos import interpret
from printers.preview import paper_png
from tests.browser.cast import Cast, lighten
from tests.journeys.client import squeeze
from tests.journeys.premises import paper_words


def keep_paper(cast: Cast, name: str, *words: str) -> None:
    """Draw the newest paper that says these words."""
    cast.house.wait_paper(*words)
    found = [one for one in cast.house.papers() if all(squeeze(word) in paper_words(one) for word in words)]
    path = cast.screens.place(name)
    path.write_bytes(paper_png(interpret(found[-1].read_bytes(), 48)))
    lighten(path)
