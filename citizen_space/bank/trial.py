"""A statement to try with, where no bank is: what a bank would say of the transfers that left and the payouts due.

Only the sandbox offers it; it is checked by the official schema like any other file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from citizen_space.bank import camt
from citizen_space.bank.models import FileFormat
from citizen_space.kit.clock import local
from citizen_space.kit.lazy import later

if TYPE_CHECKING:
    from lxml import etree
else:  # three MiB in every process, for what finance does now and then
    etree = later("lxml.etree")

_SPACE = "urn:iso:std:iso:20022:tech:xsd:"


@dataclass(frozen=True)
class TrialLine:
    """A movement as the bank would write it."""

    amount_cents: int
    reference: str
    text: str
    counterparty: str


def write(
    *, iban: str, number: str, opening_cents: int, lines: Sequence[TrialLine], on: date, at: datetime, version: str
) -> bytes:
    """Write a camt.053 whose closing is its opening and its lines."""
    form = FileFormat(version)
    root = etree.Element(f"{{{_SPACE}{form}}}Document", nsmap={None: _SPACE + form})
    body = _add(root, "BkToCstmrStmt")
    moment = f"{local(at):%Y-%m-%dT%H:%M:%S}"
    header = _add(body, "GrpHdr")
    _add(header, "MsgId", number)
    _add(header, "CreDtTm", moment)
    statement = _add(body, "Stmt")
    _add(statement, "Id", number)
    _add(statement, "CreDtTm", moment)
    _add(_add(_add(statement, "Acct"), "Id"), "IBAN", iban)
    _balance(statement, "OPBD", opening_cents, on)
    _balance(statement, "CLBD", opening_cents + sum(line.amount_cents for line in lines), on)
    for line in lines:
        _entry(statement, line, on, form)
    camt.check(root, form)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _add(parent: "etree._Element", name: str, text: str | None = None) -> "etree._Element":
    node = etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{name}")
    node.text = text
    return node


def _amount(parent: "etree._Element", cents: int) -> None:
    _add(parent, "Amt", str(Decimal(abs(cents)).scaleb(-2))).set("Ccy", "EUR")
    _add(parent, "CdtDbtInd", "CRDT" if cents >= 0 else "DBIT")


def _balance(statement: "etree._Element", code: str, cents: int, on: date) -> None:
    balance = _add(statement, "Bal")
    _add(_add(_add(balance, "Tp"), "CdOrPrtry"), "Cd", code)
    _amount(balance, cents)
    _add(_add(balance, "Dt"), "Dt", on.isoformat())


def _entry(statement: "etree._Element", line: TrialLine, on: date, form: FileFormat) -> None:
    entry = _add(statement, "Ntry")
    _amount(entry, line.amount_cents)
    if form is FileFormat.camt_08:
        _add(_add(entry, "Sts"), "Cd", "BOOK")
    else:
        _add(entry, "Sts", "BOOK")
    for name in ("BookgDt", "ValDt"):
        _add(_add(entry, name), "Dt", on.isoformat())
    code = _add(_add(entry, "BkTxCd"), "Domn")
    _add(code, "Cd", "PMNT")
    family = _add(code, "Fmly")
    _add(family, "Cd", "RCDT" if line.amount_cents >= 0 else "ICDT")
    _add(family, "SubFmlyCd", "ESCT")
    detail = _add(_add(entry, "NtryDtls"), "TxDtls")
    _add(_add(detail, "Refs"), "EndToEndId", line.reference[:35])
    if form is not FileFormat.camt_02:
        _amount(detail, line.amount_cents)
    other = _add(_add(detail, "RltdPties"), "Dbtr" if line.amount_cents >= 0 else "Cdtr")
    _add(_add(other, "Pty") if form is FileFormat.camt_08 else other, "Nm", line.counterparty[:70])
    _add(_add(detail, "RmtInf"), "Ustrd", line.text[:140])
