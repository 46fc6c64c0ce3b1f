"""What is true of a statement: it adds up, it follows the one before, a line is matched uniquely or not at all."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

LARGEST_CENTS = 10**13


@dataclass(frozen=True)
class ReadLine:
    """A movement as it stands in a file."""

    on: date
    value_on: date
    amount_cents: int
    label: str = ""
    reference: str = ""
    bank_reference: str = ""
    counterparty: str = ""
    charges_cents: int = 0


@dataclass(frozen=True)
class ReadStatement:
    """A statement as it stands in a file. `iban` may be a French RIB without check digits."""

    iban: str
    number: str
    from_on: date
    to_on: date
    opening_cents: int
    closing_cents: int
    lines: tuple[ReadLine, ...]

    @property
    def movement_cents(self) -> int:
        """The sum of the lines."""
        return sum(line.amount_cents for line in self.lines)


@dataclass(frozen=True)
class ReadFile:
    """A file, understood."""

    format: str
    statements: tuple[ReadStatement, ...]


@dataclass(frozen=True)
class KeyedLine:
    """A line with what tells it from every other: its content, and which occurrence of it this is."""

    line: ReadLine
    key: str
    occurrence: int


@dataclass(frozen=True)
class Known:
    """What the house knows of an account before a statement is taken."""

    opening_cents: int
    closing_cents: int
    from_on: date
    to_on: date
    occurrences: Mapping[str, int]


@dataclass(frozen=True)
class Follow:
    """How a statement follows what is known: the lines that are new, or why it does not."""

    new: tuple[KeyedLine, ...]
    reason: str = ""


@dataclass(frozen=True)
class Target:
    """Something that waits for a line of the bank: a transfer (money out) or a payout (money in)."""

    kind: str
    target_id: int
    amount_cents: int
    references: frozenset[str]


def adds_up(statement: ReadStatement) -> bool:
    """Opening plus lines is closing."""
    return statement.opening_cents + statement.movement_cents == statement.closing_cents


def is_account(iban: str, read: str) -> bool:
    """Whether what a file calls its account is this one: its IBAN, or the bank, branch and number inside it."""
    return read == iban or (iban.startswith("FR") and len(iban) == 27 and iban[4:25] == read)


def key_of(line: ReadLine) -> str:
    """A fingerprint of all that a line says."""
    words = (
        line.on.isoformat(),
        line.value_on.isoformat(),
        str(line.amount_cents),
        line.reference,
        line.bank_reference,
        line.counterparty,
        line.label,
    )
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()


def number_lines(lines: Iterable[ReadLine], already: Mapping[str, int]) -> tuple[KeyedLine, ...]:
    """Number lines that say the very same, from the next after those already there."""
    seen: Counter[str] = Counter()
    keyed = []
    for line in lines:
        key = key_of(line)
        seen[key] += 1
        keyed.append(KeyedLine(line, key, already.get(key, 0) + seen[key]))
    return tuple(keyed)


def follow(statement: ReadStatement, known: Known | None) -> Follow:
    """Tell new lines from those that an overlapping statement has already brought."""
    everything = number_lines(statement.lines, {})
    if known is None:
        return Follow(everything)
    new = tuple(keyed for keyed in everything if keyed.occurrence > known.occurrences.get(keyed.key, 0))
    brought = sum(keyed.line.amount_cents for keyed in new)
    if statement.to_on >= known.to_on and known.closing_cents + brought == statement.closing_cents:
        return Follow(new)
    if statement.from_on >= known.to_on and statement.opening_cents == known.closing_cents:
        # The next statement of the same day, with a line that reads exactly like one before.
        return Follow(number_lines(statement.lines, known.occurrences))
    if statement.to_on <= known.from_on and statement.closing_cents == known.opening_cents:
        return Follow(number_lines(statement.lines, known.occurrences))
    if not new and known.from_on <= statement.from_on and statement.to_on <= known.to_on:
        return Follow(())
    inside = statement.from_on < known.to_on and statement.to_on > known.from_on
    return Follow((), reason="contradicts" if inside else "gap")


def tokens(*texts: str) -> set[str]:
    """The words of a line in which a reference may stand."""
    return {word for text in texts for word in re.split(r"[^A-Z0-9_-]+", text.upper()) if word}


def find_matches(lines: Sequence[tuple[int, int, set[str]]], targets: Sequence[Target]) -> list[tuple[int, Target]]:
    """Pair lines (id, cents, words) and targets of equal amount whose reference stands in the line.

    A pair counts only when neither could be paired with another: uniquely, or not at all.
    """
    pairs = [
        (line_id, target)
        for line_id, cents, words in lines
        for target in targets
        if cents == target.amount_cents and not words.isdisjoint(target.references)
    ]
    by_line = Counter(line_id for line_id, _ in pairs)
    by_target = Counter((target.kind, target.target_id) for _, target in pairs)
    return [(line, to) for line, to in pairs if by_line[line] == 1 and by_target[(to.kind, to.target_id)] == 1]


def upper_references(*references: str) -> frozenset[str]:
    """References as they are compared."""
    return frozenset(reference.upper() for reference in references if reference)


def shorten(line: ReadLine) -> ReadLine:
    """A line within what is kept: a bank's file may hold pages of text."""
    return replace(
        line,
        label=_tidy(line.label, 500),
        reference=_tidy(line.reference, 70),
        bank_reference=_tidy(line.bank_reference, 70),
        counterparty=_tidy(line.counterparty, 140),
    )


def _tidy(text: str, limit: int) -> str:
    kept = "".join(character if character.isprintable() else " " for character in text)
    return re.sub(r" +", " ", kept).strip()[:limit].strip()
