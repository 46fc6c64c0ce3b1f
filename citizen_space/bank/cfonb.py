"""Reads CFONB 120: records of 120 characters; 01 opens, 04 moves, 05 explains, 07 closes."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from citizen_space.bank.models import FileFormat
from citizen_space.bank.refusals import BalanceMissing, NoStatement, NotEuro, RecordMisplaced, RecordWrong
from citizen_space.bank.rules import ReadFile, ReadLine, ReadStatement, shorten

WIDTH = 120
_KINDS = ("01", "04", "05", "07")
# The last character of an amount carries its sign and its last digit.
_ENDINGS = {"{": (1, 0), "}": (-1, 0)}
_ENDINGS |= {letter: (1, digit) for digit, letter in enumerate("ABCDEFGHI", start=1)}
_ENDINGS |= {letter: (-1, digit) for digit, letter in enumerate("JKLMNOPQR", start=1)}


@dataclass
class _Draft:
    """A statement being read."""

    account: str
    from_on: date
    opening_cents: int
    lines: list[ReadLine] = field(default_factory=list)


def looks_like(data: bytes) -> bool:
    """Whether a file begins as CFONB does."""
    return data.lstrip()[:2] == b"01"


def read(data: bytes) -> ReadFile:
    """Understand a file, or say which line is wrong."""
    statements: list[ReadStatement] = []
    draft: _Draft | None = None
    for number, record in _records(data):
        kind = record[:2]
        if (draft is None) != (kind == "01"):
            raise RecordMisplaced(line=number)
        if draft is None:
            draft = _Draft(_account(record, number), _date(record[34:40], number), _amount(record, number))
        elif kind == "04":
            draft.lines.append(_movement(record, number, draft))
        elif kind == "05":
            _explain(record, number, draft)
        else:
            statements.append(_close(record, number, draft))
            draft = None
    if draft is not None:
        raise BalanceMissing(number=draft.account)
    if not statements:
        raise NoStatement
    return ReadFile(FileFormat.cfonb120, tuple(statements))


def _records(data: bytes) -> Iterator[tuple[int, str]]:
    """The records with their line numbers; some banks write them without line ends."""
    text = data.decode("latin-1")
    if "\n" not in text and "\r" not in text:
        rows = [text[start : start + WIDTH] for start in range(0, len(text), WIDTH)]
    else:
        rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, row in enumerate(rows, start=1):
        if not row.strip(" \x1a\0"):
            continue
        record = row.ljust(WIDTH)
        if record[:2] not in _KINDS or record[WIDTH:].strip():
            raise RecordWrong(line=number)
        yield number, record


def _account(record: str, number: int) -> str:
    """Bank, branch and account number, as they stand inside a French IBAN."""
    if record[16:19] != "EUR":
        raise NotEuro(currency=record[16:19].strip() or "?", where=number)
    if record[19] != "2":
        raise RecordWrong(line=number)
    return record[2:7] + record[11:16] + record[21:32]


def _movement(record: str, number: int, draft: _Draft) -> ReadLine:
    if record[21:32] != draft.account[10:]:
        raise RecordMisplaced(line=number)
    _account(record, number)
    on = _date(record[34:40], number)
    return shorten(
        ReadLine(
            on=on,
            value_on=_date(record[42:48], number) if record[42:48].strip() else on,
            amount_cents=_amount(record, number),
            label=record[48:79],
            reference=record[104:120],
            bank_reference="" if record[81:88].strip("0 ") == "" else record[81:88],
        )
    )


def _explain(record: str, number: int, draft: _Draft) -> None:
    """Add what a complement says to the line before it."""
    if not draft.lines or record[21:32] != draft.account[10:]:
        raise RecordMisplaced(line=number)
    line, qualifier, words = draft.lines[-1], record[45:48], record[48:118].strip()
    if qualifier == "RCN":
        # The client's own reference: what a transfer calls its end-to-end id.
        line = replace(line, reference=record[48:83].strip() or line.reference)
    elif qualifier in ("NPY", "NBE"):
        line = replace(line, counterparty=words)
    if qualifier not in ("NPY", "NBE") and words:
        line = replace(line, label=f"{line.label} {words}")
    draft.lines[-1] = shorten(line)


def _close(record: str, number: int, draft: _Draft) -> ReadStatement:
    if _account(record, number)[5:] != draft.account[5:]:
        raise RecordMisplaced(line=number)
    to_on = _date(record[34:40], number)
    return ReadStatement(
        iban=draft.account,
        number=f"{to_on:%Y%m%d}",
        from_on=min(draft.from_on, to_on),
        to_on=to_on,
        opening_cents=draft.opening_cents,
        closing_cents=_amount(record, number),
        lines=tuple(draft.lines),
    )


def _date(text: str, number: int) -> date:
    if not (text.isascii() and text.isdigit()):
        raise RecordWrong(line=number)
    try:
        return date(2000 + int(text[4:6]), int(text[2:4]), int(text[:2]))
    except ValueError as error:
        raise RecordWrong(line=number) from error


def _amount(record: str, number: int) -> int:
    digits, ending = record[90:103], _ENDINGS.get(record[103])
    if ending is None or not (digits.isascii() and digits.isdigit()):
        raise RecordWrong(line=number)
    sign, last = ending
    return sign * (int(digits) * 10 + last)
