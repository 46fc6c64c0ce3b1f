"""Integer cents: the only file that divides them, and it always hands back the remainder."""

import re
from collections.abc import Sequence

BASIS = 10_000
_AMOUNT = re.compile(r"(-?)([0-9]{1,9})(?:[.,]([0-9]{1,2}))?")


def divide(cents: int, by: int) -> tuple[int, int]:
    """Divide and hand back the remainder: cents == quotient * by + remainder."""
    return divmod(cents, by)


def divide_half_up(numerator: int, denominator: int) -> int:
    """Round to the nearest cent, a half away from zero, so that a reversal mirrors its original."""
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return magnitude if numerator >= 0 else -magnitude


def portion(cents: int, bp: int) -> int:
    """Take so many basis points of an amount, rounded half up."""
    return divide_half_up(cents * bp, BASIS)


def split_evenly(cents: int, parts: int) -> list[int]:
    """Split into parts that differ by one cent at most and sum exactly."""
    if parts < 1:
        raise ValueError("an amount is split into one part at least")
    return allocate(cents, [1] * parts)


def allocate(cents: int, weights: Sequence[int]) -> list[int]:
    """Share an amount by weights: largest remainder first, then the earlier; sums exactly."""
    total = sum(weights)
    if total <= 0 or min(weights) < 0:
        raise ValueError("weights are not negative and not all zero")
    sign = 1 if cents >= 0 else -1
    shares = [divmod(abs(cents) * weight, total) for weight in weights]
    left = abs(cents) - sum(share for share, _ in shares)
    by_remainder = sorted(range(len(weights)), key=lambda i: (-shares[i][1], i))
    lucky = set(by_remainder[:left])
    return [sign * (share + (i in lucky)) for i, (share, _) in enumerate(shares)]


def parse_cents(typed: str) -> int:
    """Read what a person types as an amount: "12", "12,5", "1 234,50 €"; anything else is a ValueError."""
    tidy = re.sub(r"[\s€]", "", typed)
    found = _AMOUNT.fullmatch(tidy)
    if found is None:
        raise ValueError(f"not an amount: {typed!r}")
    sign, euros, cents = found.groups()
    amount = int(euros) * 100 + int((cents or "0").ljust(2, "0"))
    return -amount if sign else amount
