"""Reads camt.053, versions 02, 04 and 08: checked by the official schema first, then understood, entry by entry."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from citizen_space.bank.models import FileFormat
from citizen_space.bank.refusals import (
    BalanceMissing,
    FormatUnknown,
    NoStatement,
    NotEuro,
    SchemaRefused,
    ValueUnreadable,
    XmlBroken,
    XmlForbidden,
)
from citizen_space.bank.rules import LARGEST_CENTS, ReadFile, ReadLine, ReadStatement, shorten
from citizen_space.kit.lazy import later

if TYPE_CHECKING:
    from lxml import etree

    Node = etree._Element
else:  # three MiB in every process, for what finance does now and then
    etree = later("lxml.etree")

_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"
_SCHEMAS = Path(__file__).parent / "schemas"
_VERSIONS = tuple(form for form in FileFormat if form is not FileFormat.cfonb120)
# What a bank puts where the one who paid gave no reference.
_NO_REFERENCE = {"NOTPROVIDED", "NOT PROVIDED", "NOTPROVIDED."}


def read(data: bytes) -> ReadFile:
    """Understand a file, or say what is wrong with it."""
    root = _parse(data)
    version = _version_of(root)
    check(root, version)
    statements = tuple(_statement(node) for node in root.iterfind("{*}BkToCstmrStmt/{*}Stmt"))
    if not statements:
        raise NoStatement
    return ReadFile(version, statements)


def check(root: "Node", version: FileFormat) -> None:
    """Refuse what the official schema of a version refuses. Raises SchemaRefused."""
    schema = _schema(version)
    if not schema.validate(root):
        error = schema.error_log[0]
        named = re.search(r"Element '(?:\{[^}]*\})?([^']{1,60})", error.message)
        raise SchemaRefused(schema=version, line=error.line, element=named[1] if named else "?")


def _parse(data: bytes) -> "Node":
    # A second byte order mark, a NUL or a document type: nothing a bank sends, everything an attack needs.
    if b"\0" in data or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise XmlForbidden
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise XmlBroken(line=getattr(error, "lineno", None) or 1) from error
    info = root.getroottree().docinfo
    if info.doctype or info.internalDTD is not None:
        raise XmlForbidden
    return root


def _version_of(root: "Node") -> FileFormat:
    namespace = etree.QName(root).namespace or ""
    for version in _VERSIONS:
        if namespace == _NAMESPACE + version:
            return version
    raise FormatUnknown


@cache
def _schema(version: FileFormat) -> "etree.XMLSchema":
    return etree.XMLSchema(etree.parse(_SCHEMAS / f"{version}.xsd"))


def _statement(node: "Node") -> ReadStatement:
    number = _text(node, "ElctrncSeqNb") or _text(node, "LglSeqNb") or _text(node, "Id")
    opening = _balance(node, "OPBD", "PRCD")
    closing = _balance(node, "CLBD")
    if opening is None or closing is None:
        raise BalanceMissing(number=number)
    lines = tuple(shorten(line) for entry in node.iterfind("{*}Ntry") for line in _lines(entry, closing[1]))
    return ReadStatement(
        iban=_text(node, "Acct/Id/IBAN") or _text(node, "Acct/Id/Othr/Id"),
        number=number,
        from_on=min(opening[1], closing[1]),
        to_on=closing[1],
        opening_cents=opening[0],
        closing_cents=closing[0],
        lines=lines,
    )


def _balance(node: "Node", *codes: str) -> tuple[int, date] | None:
    for code in codes:
        for balance in node.iterfind("{*}Bal"):
            if _text(balance, "Tp/CdOrPrtry/Cd") == code:
                return _signed(balance, code), _date(balance, "Dt", code)
    return None


def _lines(entry: "Node", statement_on: date) -> Iterator[ReadLine]:
    """The lines of an entry: one, or one for each payment of a batch when their amounts explain the entry's exactly."""
    if _status(entry) != "BOOK":
        return
    details = list(entry.iterfind("{*}NtryDtls/{*}TxDtls"))
    whole = _line(entry, details[0] if len(details) == 1 else None, statement_on)
    if len(details) < 2:
        yield whole
        return
    parts = [_detail(entry, whole, detail) for detail in details]
    known = [part for part in parts if part is not None]
    rest = whole.amount_cents - sum(part.amount_cents for part in known)
    if len(known) < len(parts) or rest not in (0, -whole.charges_cents, -sum(part.charges_cents for part in known)):
        yield whole
        return
    yield from known
    if rest:
        yield ReadLine(
            whole.on, whole.value_on, rest, label=whole.label or "Frais", bank_reference=whole.bank_reference
        )


def _status(entry: "Node") -> str:
    return _text(entry, "Sts/Cd") or _text(entry, "Sts")


def _line(entry: "Node", detail: "Node | None", statement_on: date) -> ReadLine:
    booked = _find_date(entry, "BookgDt") or _find_date(entry, "ValDt") or statement_on
    return ReadLine(
        on=booked,
        value_on=_find_date(entry, "ValDt") or booked,
        amount_cents=_signed(entry, "Ntry"),
        label=_label(entry, detail),
        reference=_reference(detail),
        bank_reference=_text(entry, "AcctSvcrRef") or _text(entry, "NtryRef"),
        counterparty=_counterparty(detail, _text(entry, "CdtDbtInd")),
        charges_cents=_charges(entry) + (_charges(detail) if detail is not None else 0),
    )


def _detail(entry: "Node", whole: ReadLine, detail: "Node") -> ReadLine | None:
    """One payment of a batch; None when the file does not say its amount in euros."""
    amount = _first(detail, "Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt")
    if amount is None or amount.get("Ccy") != "EUR":
        return None
    direction = _text(detail, "CdtDbtInd") or _text(entry, "CdtDbtInd")
    cents = _cents(amount.text or "", "TxDtls")
    return ReadLine(
        on=whole.on,
        value_on=whole.value_on,
        amount_cents=cents if direction == "CRDT" else -cents,
        label=_label(entry, detail),
        reference=_reference(detail),
        bank_reference=_text(detail, "Refs/AcctSvcrRef") or whole.bank_reference,
        counterparty=_counterparty(detail, direction),
        charges_cents=_charges(detail),
    )


def _reference(detail: "Node | None") -> str:
    if detail is None:
        return ""
    given = _text(detail, "Refs/EndToEndId")
    return "" if given.upper() in _NO_REFERENCE else given


def _label(entry: "Node", detail: "Node | None") -> str:
    words = [_text(entry, "AddtlNtryInf")]
    if detail is not None:
        words += [node.text or "" for node in detail.iterfind("{*}RmtInf/{*}Ustrd")]
        words += [node.text or "" for node in detail.iterfind("{*}RmtInf/{*}Strd/{*}CdtrRefInf/{*}Ref")]
        words.append(_text(detail, "AddtlTxInf"))
    return " ".join(word.strip() for word in words if word.strip())


def _counterparty(detail: "Node | None", direction: str) -> str:
    if detail is None:
        return ""
    other = "Cdtr" if direction == "DBIT" else "Dbtr"
    return _text(detail, f"RltdPties/{other}/Nm") or _text(detail, f"RltdPties/{other}/Pty/Nm")


def _charges(node: "Node") -> int:
    """What the bank says it kept; told, never added to an amount."""
    total = 0
    for charges in node.iterfind("{*}Chrgs"):
        records = list(charges.iterfind("{*}Rcrd"))
        for record in records or [charges]:
            amount = _first(record, "Amt", "TtlChrgsAndTaxAmt")
            if amount is not None and amount.get("Ccy") == "EUR":
                sign = -1 if _text(record, "CdtDbtInd") == "CRDT" else 1
                total += sign * _cents(amount.text or "", "Chrgs")
    return total


# -- leaves ------------------------------------------------------------------------------------------------------------


def _first(node: "Node", *paths: str) -> "Node | None":
    for path in paths:
        found = node.find(_qualified(path))
        if found is not None:
            return found
    return None


def _text(node: "Node", path: str) -> str:
    found = node.find(_qualified(path))
    return (found.text or "").strip() if found is not None else ""


@cache
def _qualified(path: str) -> str:
    return "/".join(f"{{*}}{name}" for name in path.split("/"))


def _signed(node: "Node", where: str) -> int:
    amount = node.find("{*}Amt")
    if amount is None:
        raise ValueUnreadable(value="", where=where)
    if amount.get("Ccy") != "EUR":
        raise NotEuro(currency=amount.get("Ccy"), where=where)
    cents = _cents(amount.text or "", where)
    return cents if _text(node, "CdtDbtInd") == "CRDT" else -cents


def _cents(text: str, where: str) -> int:
    """An amount written with a point; a part of a cent is refused, not rounded."""
    try:
        cents = Decimal(text.strip()).scaleb(2)
    except InvalidOperation as error:
        raise ValueUnreadable(value=text[:30], where=where) from error
    if not cents.is_finite() or cents != cents.to_integral_value() or abs(cents) > LARGEST_CENTS:
        raise ValueUnreadable(value=text[:30], where=where)
    return int(cents)


def _find_date(node: "Node", path: str) -> date | None:
    return _date(node, path, path) if node.find(f"{{*}}{path}") is not None else None


def _date(node: "Node", path: str, where: str) -> date:
    text = _text(node, f"{path}/Dt") or _text(node, f"{path}/DtTm")
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise ValueUnreadable(value=text[:30], where=where) from error
