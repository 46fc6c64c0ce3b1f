"""What a sale puts on paper, all of it from what was sealed: the note, the receipt, the credit note."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from citizen_space.checkout import queries
from citizen_space.checkout.queries import change_cents as change_cents
from citizen_space.fiscal.models import FiscalRow, RowKind
from citizen_space.fiscal.rules import receipt_number
from citizen_space.kit import clock
from citizen_space.kit.formats import day, money, percent
from citizen_space.kit.text import LazyText, _, translate
from citizen_space.law import queries as law
from citizen_space.orders import rules as order_rules
from citizen_space.orders.models import Order
from citizen_space.orders.queries import get_order, list_live_lines
from citizen_space.payments.rules import TENDER_NAMES
from printers.document import Block, Code, Columns, Cut, Document, Rule, Space, Text

TITLES: Mapping[str, LazyText] = {
    RowKind.SALE: _("TICKET"),
    RowKind.DEPOSIT: _("REÇU D’ACOMPTE"),
    RowKind.REFUND: _("AVOIR"),
}
_VAT_WEIGHTS = (2, 3, 3, 3)


def receipt(session: Session, order_id: int, language: str, *, public_url: str = "", copy: int = 0) -> Document:
    """Return the receipt of a sale or of a deposit; a later copy says which it is."""
    order = get_order(session, order_id)
    row = queries.get_paid_row(session, order_id)
    return _document(session, order, row, language, public_url=public_url, copy=copy)


def credit_note(session: Session, row: FiscalRow, language: str, *, public_url: str = "", copy: int = 0) -> Document:
    """Return the paper of a refund; a later copy says which it is."""
    assert row.order_id is not None
    return _document(session, get_order(session, row.order_id), row, language, public_url=public_url, copy=copy)


def _document(session: Session, order: Order, row: FiscalRow, language: str, *, public_url: str, copy: int) -> Document:
    sealed = json.loads(row.content)
    content: dict[str, Any] = sealed["content"]
    number = receipt_number(sealed["register"], row.number)
    # A deposit given back is sealed as a deposit of less than nothing: on paper it is a credit note.
    kind = RowKind.REFUND if row.gross_cents < 0 else row.kind
    say = _Speaker(language)
    blocks: list[Block] = [
        *_house(session, row.at),
        Text(f"{say(TITLES[kind])} {number}", size="large", align="center", bold=True),
        *([Text(f"{say(_('DUPLICATA'))} {copy}", size="large", align="center", inverted=True)] if copy else []),
        *_facts(order, row.at, sealed["register"], content, say),
        Rule(),
        *_lines(content["lines"], say),
        *([Rule()] if content["lines"] else []),
        Columns((say(_("TOTAL TTC")), say.money(row.gross_cents)), bold=True, size="large"),
        *_tenders(content, say),
        *_vat(session, row.at, content["vat"], say),
        *_victims(content, say, public_url),
        *_mentions(order.room, kind, say),
        Cut(),
    ]
    return Document(kind="receipt", title=number, language=language, blocks=tuple(blocks))


class _Speaker:
    """Says words and amounts in the language of the paper."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, text: str, **facts: Any) -> str:
        return translate(text, self.language, **facts)

    def money(self, cents: int) -> str:
        # A narrow no-break space prints as a question mark.
        return money(cents, self.language).replace("\u202f", " ").replace("\u00a0", " ")

    def percent(self, bp: int) -> str:
        return percent(bp, self.language).replace("\u202f", " ").replace("\u00a0", " ")

    def label(self, line: Mapping[str, Any]) -> str:
        return str(line.get("label_en") or line["label"]) if self.language == "en" else str(line["label"])


def _house(session: Session, at: datetime) -> Iterable[Block]:
    house = law.find_house(session, clock.business_day(at))
    if house["house_name"]:
        yield Text(house["house_name"], size="large", align="center", bold=True)
    for word in (house["house_operator"], house["house_address"]):
        if word:
            yield Text(word, align="center")
    facts = [f"SIRET {house['house_siret']}" if house["house_siret"] else "", house["house_phone"]]
    if any(facts):
        yield Text(" · ".join(fact for fact in facts if fact), size="small", align="center")
    yield Space(1)


def _facts(order: Order, at: datetime, register: str, content: Mapping[str, Any], say: _Speaker) -> Iterable[Block]:
    there = clock.local(at)
    yield Columns((f"{day(there.date(), say.language)} {there:%H:%M:%S}", say(_("Caisse %(code)s"), code=register)))
    yield Columns((order.label or order.reference, say(_("Opérateur %(code)s"), code=content["operator"])))
    if content.get("covers"):
        yield Text(say(_("Couverts : %(n)s"), n=content["covers"]))
    if content.get("refund_of"):
        yield Text(say(_("Remboursement du ticket %(number)s"), number=content["refund_of"]))
    if content.get("reason"):
        yield Text(say(_("Motif : %(reason)s"), reason=content["reason"]))


def _lines(lines: Sequence[Mapping[str, Any]], say: _Speaker) -> Iterable[Block]:
    for line in lines:
        yield Columns((f"{line['quantity']} × {say.label(line)}", say.money(_before_discount(line))))
        if line["quantity"] > 1:
            yield Text("   " + say(_("à %(price)s"), price=say.money(line["unit_cents"])), size="small")
        for option in line.get("options", ()):
            extra = f" (+{say.money(option['cents'])})" if option["cents"] else ""
            words = option.get("label_en") or option["label"] if say.language == "en" else option["label"]
            yield Text(f"   {words}{extra}", size="small")
        if line.get("discount_cents"):
            yield Columns(
                (
                    f"   {say(_('Remise'))} {line.get('discount_reason', '')}".rstrip(),
                    say.money(-line["discount_cents"]),
                )
            )


def _before_discount(line: Mapping[str, Any]) -> int:
    return int(line["gross_cents"]) + int(line.get("discount_cents", 0))


def _tenders(content: Mapping[str, Any], say: _Speaker) -> Iterable[Block]:
    for tender in content["tenders"]:
        given = tender.get("given_cents", tender["amount_cents"])
        yield Columns((say(TENDER_NAMES[tender["tender"]]), say.money(given)))
    if content.get("change_cents"):
        yield Columns((say(_("Rendu")), say.money(content["change_cents"])))


def _vat(session: Session, at: datetime, vat: Sequence[Mapping[str, int]], say: _Speaker) -> Iterable[Block]:
    if not vat:
        return
    yield Rule()
    if all(line["rate_bp"] == 0 for line in vat):
        yield Text(law.find_text(session, "vat_not_liable_mention", clock.business_day(at)) or say(_("Sans TVA")))
        return
    heads = tuple(say(word) for word in (_("TVA"), _("HT"), _("Taxe"), _("TTC")))
    yield Columns(heads, weights=_VAT_WEIGHTS, aligns=("left", "right", "right", "right"))
    for line in vat:
        amounts = (say.money(line[name]) for name in ("net_cents", "vat_cents", "gross_cents"))
        yield Columns(
            (say.percent(line["rate_bp"]), *amounts), weights=_VAT_WEIGHTS, aligns=("left", "right", "right", "right")
        )


def _victims(content: Mapping[str, Any], say: _Speaker, public_url: str) -> Iterable[Block]:
    share_cents = content.get("share_cents", 0)
    if not share_cents:
        return
    yield Rule()
    if share_cents > 0:
        yield Columns((say(_("Part pour les victimes")), say.money(share_cents)), bold=True)
    else:
        yield Columns((say(_("Part pour les victimes reprise")), say.money(share_cents)), bold=True)
    if public_url:
        address = f"{public_url}/argent/recu/{content['trail_code']}"
        yield Code(address, caption=say(_("Suivez cet argent : code %(code)s"), code=content["trail_code"]))


def _mentions(room: str, kind: str, say: _Speaker) -> Iterable[Block]:
    yield Space(1)
    if room == "restaurant" and kind == RowKind.SALE:
        yield Text(say(_("Prix nets, service compris.")), size="small", align="center")
    if kind == RowKind.DEPOSIT:
        yield Text(say(_("L’acompte sera déduit de votre addition.")), size="small", align="center")
    yield Text(say(_("Merci de votre visite.")), align="center")


def _asked(session: Session, order: Order, gross_cents: int, say: _Speaker) -> Iterable[Block]:
    """What is asked for, less what the party paid ahead."""
    ahead_cents = queries.deposit_used_cents(session, order.booking_id, gross_cents)
    if ahead_cents:
        yield Columns((say(_("Total TTC")), say.money(gross_cents)))
        yield Columns((say(_("Acompte déjà payé")), say.money(-ahead_cents)))
    yield Columns((say(_("À PAYER TTC")), say.money(gross_cents - ahead_cents)), bold=True, size="large")


# -- before it is paid -------------------------------------------------------------------------------------------------


def note(session: Session, order_id: int, language: str, *, number: str, at: datetime, operator: str) -> Document:
    """Return the provisional note: what is asked for, with what the law wants said from 25 € on."""
    order = get_order(session, order_id)
    lines = list_live_lines(session, order_id)
    totals = order_rules.totals(lines)
    say = _Speaker(language)
    plain = [
        {
            "label": line.label_fr,
            "label_en": line.label_en,
            "quantity": line.quantity,
            "unit_cents": line.unit_price_cents,
            "gross_cents": order_rules.gross_cents(line),
            "discount_cents": line.discount_cents,
            "discount_reason": line.discount_reason,
            "options": [
                {"label": o["name_fr"], "label_en": o["name_en"], "cents": o["extra_cents"]} for o in line.options
            ],
        }
        for line in lines
    ]
    vat = [
        {"rate_bp": v.rate_bp, "net_cents": v.net_cents, "vat_cents": v.vat_cents, "gross_cents": v.gross_cents}
        for v in totals.vat
    ]
    blocks: list[Block] = [
        *_house(session, at),
        Text(f"{say(_('NOTE'))} {number}", size="large", align="center", bold=True),
        Text(say(_("PROVISOIRE – CECI N’EST PAS UN REÇU")), align="center", inverted=True),
        *_facts(order, at, number.partition("-")[0], {"operator": operator, "covers": order.covers}, say),
        Rule(),
        *_lines(plain, say),
        Rule(),
        Columns((say(_("Total HT")), say.money(totals.net_cents))),
        *_asked(session, order, totals.gross_cents, say),
        *_vat(session, at, vat, say),
        Space(1),
        Text(say(_("Un ticket vous est remis sur demande après le paiement.")), size="small", align="center"),
        *(
            [Text(say(_("Prix nets, service compris.")), size="small", align="center")]
            if order.room == "restaurant"
            else []
        ),
        Cut(),
    ]
    return Document(kind="note", title=number, language=language, blocks=tuple(blocks))
