"""QR codes, drawn once each."""

from functools import lru_cache

import segno

# The standard has an encoder try all eight masks and weigh each: seven eighths of the time a code takes. What we print
# is signed or drawn at random, so no mask meets a pattern of its own making, and a reader takes any of them.
_MASK = 0


@lru_cache(maxsize=256)
def make_code(text: str) -> segno.QRCode:
    """Make a code; the page, the mail and the next look at the page share it."""
    return segno.make(text, error="m", micro=False, mask=_MASK)
