"""One way in for every format: what a bank sent becomes statements that add up, or a sentence that says why not."""

from citizen_space.bank import camt, cfonb
from citizen_space.bank.refusals import BalanceWrong, FileEmpty, FileTooBig, FormatUnknown
from citizen_space.bank.rules import ReadFile, adds_up

LIMIT_BYTES = 5 * 1024 * 1024


def read(data: bytes) -> ReadFile:
    """Understand a bank's file."""
    if len(data) > LIMIT_BYTES:
        raise FileTooBig(limit=LIMIT_BYTES // (1024 * 1024))
    if not data.strip():
        raise FileEmpty
    file = _read(data)
    for statement in file.statements:
        if not adds_up(statement):
            raise BalanceWrong(
                number=statement.number,
                opening_cents=statement.opening_cents,
                movement_cents=statement.movement_cents,
                closing_cents=statement.closing_cents,
            )
    return file


def _read(data: bytes) -> ReadFile:
    # The mark that some systems put before UTF-8 is no part of the text.
    bare = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if bare.startswith(b"<"):
        return camt.read(bare)
    if cfonb.looks_like(bare):
        return cfonb.read(data)
    raise FormatUnknown
