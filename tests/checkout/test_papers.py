"""Notes, receipts and duplicates: what was sealed is what is printed."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from citizen_space.checkout import papers, printouts
from citizen_space.checkout import service as checkout
from citizen_space.checkout.service import Tender
from citizen_space.fiscal.models import FiscalRow
from citizen_space.kit.db import Database
from citizen_space.orders.service import NewLine, OrderIsClosed
from citizen_space.payments import service as payments
from citizen_space.printing import service as printing
from printers.document import Code, Columns, Document, Text, from_json
from tests.checkout import shop as shops
from tests.checkout.shop import COOK, FOUR_LINES_CENTS


def words(document: Document) -> str:
    """Return everything a document says."""
    found: list[str] = []
    for block in document.blocks:
        if isinstance(block, Text):
            found.append(block.text)
        elif isinstance(block, Columns):
            found.append(" | ".join(block.cells))
        elif isinstance(block, Code):
            found.append(f"{block.data} {block.caption}")
    return "\n".join(found)


def test_a_receipt_says_what_was_sealed(session: Session, at: datetime) -> None:
    shop = shops.found(session, at)
    order = shop.order(session, [*shops.FOUR_LINES, NewLine("Café", 250, 1000)], covers=2)
    sale = shop.settle(session, order, Tender("card", 5000), Tender("cash", 2000))
    assert order.id is not None
    document = printouts.receipt(session, order.id, "fr", public_url="https://essai.example")
    said = words(document)
    for expected in (
        "Espace citoyen des Tilleuls", "12 rue des Tilleuls", "SIRET 11009988400014", sale.receipt_number,
        "12:30:00", "Opérateur R07", "Table 4", "2 × Velouté de potimarron | 18,00 €", "Remise geste | -1,50 €",
        "TOTAL TTC | 68,00 €", "Carte bancaire | 50,00 €", "Espèces | 20,00 €", "Rendu | 2,00 €",
        "Part pour les victimes", f"https://essai.example/argent/recu/{order.trail_code}", "service compris",
    ):  # fmt: skip
        assert expected in said, said
    assert "DUPLICATA" not in said
    english = words(printouts.receipt(session, order.id, "en"))
    assert "Squash soup" in english


def test_later_copies_are_duplicates_and_sealed(session: Session, at: datetime) -> None:
    shop = shops.found(session, at)
    printing.add_printer(session, code="R1", name="Caisse", address="virtual://R1")
    sale = shop.sale(session)
    assert sale.order.id is not None
    jobs = [
        checkout.print_receipt(
            session, sale.order.id, register_id=shop.till_id, actor=COOK, submission=f"copy-{n}", language="fr",
            keys=shop.keys, at=at,
        )
        for n in (0, 1, 2, 2)
    ]  # fmt: skip
    said = [words(from_json(job.document)) for job in jobs]
    assert "DUPLICATA" not in said[0] and "DUPLICATA 1" in said[1] and "DUPLICATA 2" in said[2] == said[3] is not None
    assert len(session.exec(select(FiscalRow).where(FiscalRow.kind == "duplicate")).all()) == 2


def test_a_note_is_provisional_and_sealed(session: Session, at: datetime) -> None:
    shop = shops.found(session, at)
    printing.add_printer(session, code="R1", name="Caisse", address="virtual://R1")
    order = shop.order(session)
    assert order.id is not None
    facts: dict[str, Any] = {"register_id": shop.till_id, "actor": COOK, "language": "fr", "keys": shop.keys, "at": at}
    job = checkout.print_note(session, order.id, submission="note-0001", **facts)
    said = words(from_json(job.document))
    assert "PROVISOIRE" in said and "À PAYER TTC | 65,50 €" in said and "Total HT | 59,20 €" in said
    assert "12 rue des Tilleuls" in said
    sealed = session.exec(select(FiscalRow).where(FiscalRow.kind == "note")).one()
    assert sealed.gross_cents == 0 and f'"asked_cents":{FOUR_LINES_CENTS}' in sealed.content
    shop.settle(session, order, Tender("card", FOUR_LINES_CENTS))
    with pytest.raises(OrderIsClosed):
        checkout.print_note(session, order.id, submission="note-0002", **facts)


def test_no_receipt_of_what_is_not_paid(database: Database, at: datetime) -> None:
    with database.write() as session:
        shop = shops.found(session, at)
        order = shop.order(session)
    with pytest.raises(Exception, match="trouvé"), database.read() as session:
        printouts.receipt(session, order.id or 0, "fr")


def test_a_credit_note_is_printed_and_its_second_is_a_duplicate(session: Session, at: datetime) -> None:
    shop = shops.found(session, at)
    printing.add_printer(session, code="R1", name="Caisse", address="virtual://R1")
    sale = shop.sale(session)
    assert sale.order.id is not None
    note = shop.refund(session, sale.order.id, amount_cents=1000)
    jobs = [
        checkout.print_credit_note(
            session, sale.order.id, note.id, actor=COOK, submission=f"copy-{n}", language="fr", keys=shop.keys, at=at
        )
        for n in (0, 1, 1)
    ]
    said = [words(from_json(job.document)) for job in jobs]
    assert "AVOIR" in said[0] and "-10,00 €" in said[0] and "plat froid" in said[0] and sale.receipt_number in said[0]
    assert "DUPLICATA" not in said[0] and "DUPLICATA 1" in said[1] == said[2] is not None
    sealed = session.exec(select(FiscalRow).where(FiscalRow.kind == "duplicate")).one()
    assert sealed.register_id == shop.till_id


def test_a_deposit_given_back_is_a_credit_note_too(session: Session, at: datetime) -> None:
    shop = shops.found(session, at)
    booking = shop.booking(session, "restaurant", starts_at=at, ends_at=at + timedelta(hours=2))
    order, payment = shop.online(session, booking, shops.FOUR_LINES[:1], kind="deposit")
    payments.receive(session, payment, provider_payment="pi_1", at=at)
    checkout.take_deposit(session, payment, at, keys=shop.keys)
    assert order.id is not None
    note = shop.refund(session, order.id, register_id=shop.web_id)
    said = words(printouts.credit_note(session, session.get_one(FiscalRow, note.fiscal_row_id), "fr"))
    assert "AVOIR" in said and "REÇU D’ACOMPTE" not in said and "sera déduit" not in said
    with pytest.raises(papers.NoPrinterOnline):
        checkout.print_credit_note(
            session, order.id, note.id, actor=COOK, submission="copy-0", language="fr", keys=shop.keys, at=at
        )
