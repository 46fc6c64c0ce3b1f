"""Writes small camt.053 files, good and bad, independently of the house's own writer."""

from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

HOUSE = "FR7610071750000000100012302"


@dataclass(frozen=True)
class Detail:
    """One payment inside a batch."""

    cents: int
    reference: str = ""
    charges: int = 0
    text: str = ""


@dataclass(frozen=True)
class Movement:
    """One entry: money in when positive."""

    cents: int
    reference: str = ""
    text: str = ""
    on: date = date(2026, 11, 23)
    bank_reference: str = ""
    details: tuple[Detail, ...] = ()
    status: str = "BOOK"


def _amount(cents: int) -> str:
    return f"{abs(cents) // 100}.{abs(cents) % 100:02d}"


def _side(cents: int) -> str:
    return "CRDT" if cents >= 0 else "DBIT"


def _details(movement: Movement, version: str) -> str:
    details = movement.details or (Detail(movement.cents, movement.reference, text=movement.text),)
    return "".join(_detail(movement, detail, version) for detail in details)


def _detail(movement: Movement, detail: Detail, version: str) -> str:
    refs = f"<Refs><EndToEndId>{escape(detail.reference)}</EndToEndId></Refs>" if detail.reference else ""
    amount = f'<Amt Ccy="EUR">{_amount(detail.cents)}</Amt>'
    if version == "02":
        money = f"<AmtDtls><TxAmt>{amount}</TxAmt></AmtDtls>" if movement.details else ""
        charges = f'<Chrgs><Amt Ccy="EUR">{_amount(detail.charges)}</Amt></Chrgs>' if detail.charges else ""
    else:
        money = f"{amount}<CdtDbtInd>{_side(movement.cents)}</CdtDbtInd>"
        charges = (
            f'<Chrgs><Rcrd><Amt Ccy="EUR">{_amount(detail.charges)}</Amt></Rcrd></Chrgs>' if detail.charges else ""
        )
    text = f"<RmtInf><Ustrd>{escape(detail.text)}</Ustrd></RmtInf>" if detail.text else ""
    return f"<TxDtls>{refs}{money}{charges}{text}</TxDtls>"


def _entry(movement: Movement, version: str) -> str:
    status = f"<Sts><Cd>{movement.status}</Cd></Sts>" if version == "08" else f"<Sts>{movement.status}</Sts>"
    own = f"<AcctSvcrRef>{escape(movement.bank_reference)}</AcctSvcrRef>" if movement.bank_reference else ""
    day = movement.on.isoformat()
    return (
        f'<Ntry><Amt Ccy="EUR">{_amount(movement.cents)}</Amt><CdtDbtInd>{_side(movement.cents)}</CdtDbtInd>{status}'
        f"<BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt>{own}"
        "<BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd>"
        f"<NtryDtls>{_details(movement, version)}</NtryDtls></Ntry>"
    )


def _balance(code: str, cents: int, on: date) -> str:
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{_amount(cents)}</Amt>'
        f"<CdtDbtInd>{_side(cents)}</CdtDbtInd><Dt><Dt>{on.isoformat()}</Dt></Dt></Bal>"
    )


def camt(
    movements: list[Movement],
    *,
    opening: int = 0,
    closing: int | None = None,
    version: str = "08",
    iban: str = HOUSE,
    number: str = "1",
    from_on: date = date(2026, 11, 23),
    to_on: date | None = None,
) -> bytes:
    """A statement; its closing is right unless another is asked for."""
    booked = sum(movement.cents for movement in movements if movement.status == "BOOK")
    closing = opening + booked if closing is None else closing
    body = "".join(_entry(movement, version) for movement in movements)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}">'
        "<BkToCstmrStmt><GrpHdr><MsgId>M</MsgId><CreDtTm>2026-11-24T06:00:00</CreDtTm></GrpHdr>"
        f"<Stmt><Id>{number}</Id><ElctrncSeqNb>{number}</ElctrncSeqNb><CreDtTm>2026-11-24T06:00:00</CreDtTm>"
        f"<Acct><Id><IBAN>{iban}</IBAN></Id></Acct>"
        f"{_balance('OPBD', opening, from_on)}{_balance('CLBD', closing, to_on or from_on)}{body}</Stmt>"
        "</BkToCstmrStmt></Document>"
    ).encode()
