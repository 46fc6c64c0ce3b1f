"""The export of the books for the tax office (LPF A47 A-1): one line a posting, eighteen columns, tabs, UTF-8."""

from collections.abc import Iterable, Iterator
from datetime import date

from citizen_space.kit.clock import local
from citizen_space.kit.money import divide
from citizen_space.ledger.chart import JOURNAL_LABELS
from citizen_space.ledger.queries import Record

COLUMNS = (
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
)


def file_name(siret: str, last_on: date) -> str:
    """Name the file as the law wants it: SIREN, FEC, closing date."""
    return f"{siret[:9] or '000000000'}FEC{last_on:%Y%m%d}.txt"


def write(records: Iterable[Record]) -> Iterator[str]:
    """Write the lines; entries are numbered without a gap, in the order in which they were posted."""
    yield "\t".join(COLUMNS) + "\r\n"
    number, entry_id = 0, None
    for record in records:
        if record.entry_id != entry_id:
            number, entry_id = number + 1, record.entry_id
        yield "\t".join(_line(record, number)) + "\r\n"


def _line(record: Record, number: int) -> tuple[str, ...]:
    auxiliary = f"{record.account_code}-{record.beneficiary_id}" if record.beneficiary_id else ""
    return (
        record.journal,
        JOURNAL_LABELS[record.journal],
        str(number),
        f"{record.on:%Y%m%d}",
        _padded(record.account_code),
        _clean(record.account_label),
        auxiliary,
        auxiliary,
        _clean(record.source),
        f"{record.on:%Y%m%d}",
        _clean(record.label),
        _amount(record.debit_cents),
        _amount(record.credit_cents),
        "",
        "",
        f"{local(record.at):%Y%m%d}",
        "",
        "",
    )


def _padded(code: str) -> str:
    """The chart of the State has at least three digits; shorter codes of ours are filled up."""
    return code.ljust(3, "0")


def _clean(text: str) -> str:
    return " ".join(text.split())


def _amount(cents: int) -> str:
    euros, rest = divide(cents, 100)
    return f"{euros},{rest:02d}"
