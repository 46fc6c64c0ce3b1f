"""The money of that day: sealed, booked, shared, refunded, transferred, found at the bank, and paid as wages."""

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sepaxml
from lxml import etree
from pypdf import PdfReader
from sqlalchemy import create_engine, text

from tests.harness.servers import wait_until
from tests.journeys.client import Browser, Page, read_words
from tests.journeys.day import VISIT_ON, Booked, Day, list_free_seats, open_the_plan
from tests.journeys.inner import sign_in_office

PAIN = "pain.001.001.09"
NAMESPACE = {"p": f"urn:iso:std:iso:20022:tech:xsd:{PAIN}"}


def ask(day: Day, statement: str, **values: Any) -> Sequence[Any]:
    """Read the database beside the application."""
    url = day.house.database_url.replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return connection.execute(text(statement), values).all()
    finally:
        engine.dispose()


def ask_one(day: Day, statement: str, **values: Any) -> Any:
    """The one value of the one row."""
    rows = ask(day, statement, **values)
    assert len(rows) == 1, (statement, rows)
    return rows[0][0]


# -- 4. every sale, three times the same ------------------------------------------------------------------------------


def every_sale_is_one_truth(day: Day) -> None:
    """Each settled sale: one sealed row, one balanced entry, its share by the rule of its activity."""
    sales = ask(day, "SELECT id, room FROM orders_order WHERE kind = 'sale' AND settled_at IS NOT NULL")
    assert {room for _id, room in sales} == {"restaurant", "venue", "repairs"}
    for order_id, _room in sales:
        _check_sale(day, order_id)
    posted = "SELECT entry_id FROM ledger_posting GROUP BY entry_id HAVING sum(debit_cents) <> sum(credit_cents)"
    assert not ask(day, posted)


def _check_sale(day: Day, order_id: int) -> None:
    sealed = ask_one(day, "SELECT gross_cents FROM fiscal_row WHERE kind = 'sale' AND order_id = :id", id=order_id)
    of_sale = "FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id WHERE e.source LIKE 'sale:%'"
    revenue = f"SELECT sum(p.credit_cents) {of_sale} AND e.order_id = :id AND p.account_code LIKE '706%'"
    taxes = f"SELECT coalesce(sum(p.credit_cents), 0) {of_sale} AND e.order_id = :id AND p.account_code LIKE '4457%'"
    net = ask_one(day, revenue, id=order_id)
    assert net + ask_one(day, taxes, id=order_id) == sealed
    shares = """SELECT a.amount_cents, r.rate_bp, r.base FROM compensation_accrual a
        JOIN compensation_rule r ON r.id = a.rule_id WHERE a.order_id = :id AND a.amount_cents > 0"""
    rows = ask(day, shares, id=order_id)
    assert rows and len({(rate, base) for _cents, rate, base in rows}) == 1, (order_id, rows)
    rate_bp, base_cents = rows[0][1], net if rows[0][2] == "net" else sealed
    assert sum(cents for cents, _rate, _base in rows) == (base_cents * rate_bp + 5_000) // 10_000


def count_drawers(day: Day) -> dict[str, dict[str, int]]:
    """What lies in each till, as somebody finds who counts well: by the register's name and the tender."""
    rows = ask(
        day,
        """SELECT r.name, moved.tender, sum(moved.cents) FROM (
            SELECT o.register_id, p.tender, p.amount_cents AS cents FROM payments_payment p
            JOIN orders_order o ON o.id = p.order_id WHERE p.status = 'received'
            UNION ALL SELECT given.register_id, p.tender, -given.amount_cents FROM payments_refund given
            JOIN payments_payment p ON p.id = given.payment_id WHERE given.status = 'succeeded'
        ) moved JOIN fiscal_register r ON r.id = moved.register_id
        WHERE moved.tender IN ('card', 'meal_voucher') GROUP BY r.name, moved.tender""",
    )
    found: dict[str, dict[str, int]] = {}
    for name, tender, cents in rows:
        found.setdefault(name, {})[tender] = int(cents)
    return found


@dataclass(frozen=True)
class Sold:
    """A settled sale before anything of it is given back."""

    order_id: int
    gross_cents: int
    share_cents: int


def _read_sale(day: Day, order_id: int) -> Sold:
    gross = ask_one(day, "SELECT gross_cents FROM fiscal_row WHERE kind = 'sale' AND order_id = :id", id=order_id)
    share = _share_of(day, order_id)
    assert share > 0
    return Sold(order_id, gross, share)


def _order_of(day: Day, booked: Booked | None) -> int:
    assert booked is not None
    found = "SELECT order_id FROM bookings_booking WHERE reference = :reference"
    order_id: int = ask_one(day, found, reference=booked.reference)
    return order_id


def a_dish_is_given_back(day: Day) -> None:
    """The chef gives half of the lunch back, a sale of the till: sealed, booked, taken back from the share."""
    chef = sign_in_office(day, "chef")
    sold = _read_sale(day, int(day.lunch))
    half = sold.gross_cents // 200 * 100
    page = chef.get(f"/bureau/ventes/{sold.order_id}")
    page = chef.send(page.form("/rembourser"), amount=_typed(half), reason="Un plat rendu")
    page.says("Remboursement enregistré", "Un plat rendu", "En partie remboursée")
    _check_turned(day, sold, half)
    left = sold.gross_cents - half
    for typed in (_typed(left + 1), _typed(sold.gross_cents)):
        more = chef.send(page.form("/rembourser"), amount=typed, reason="Trop", status=422)
        (field,) = more.form("/rembourser").element.find_class("field--bad")
        assert f"Il reste au plus {_euros(left)} à rembourser." in read_words(field), more.words
    _check_turned(day, sold, half)


def _typed(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02}"


def a_booking_is_given_back(day: Day) -> None:
    """Somebody cannot come: what paid for their seats is given back by cancelling them, in whole, and they are free."""
    assert day.given_back is not None
    finance, phone = sign_in_office(day, "finances"), day.who("public", "basile")
    sold = _read_sale(day, _order_of(day, day.given_back))
    offered = list_free_seats(open_the_plan(phone))
    page = finance.get(f"/bureau/ventes/{sold.order_id}").says("La rembourser annule la réservation")
    form = page.form("/rembourser")
    assert "amount" not in form.controls, "a part of a booking that stands is not given back"
    page = finance.send(form, reason="Un enfant malade")
    page.says("La réservation est annulée et remboursée", "Un enfant malade", "Remboursée")
    _check_turned(day, sold, sold.gross_cents)
    assert not [one for one in page.forms() if "/rembourser" in one.action], "nothing is left to give back"
    finance.send(form, reason="Un enfant malade")
    _check_turned(day, sold, sold.gross_cents)
    # A page drawn for many may be a moment old.
    wait_until(lambda: len({*list_free_seats(open_the_plan(phone))} - {*offered}) == 2, what="both seats free again")
    phone.get(day.given_back.path).says("Cette réservation est annulée")
    day.house.wait_mail(day.given_back.mail, "annul", day.given_back.reference)
    given = """SELECT given.status FROM payments_refund given JOIN payments_payment p ON p.id = given.payment_id
        WHERE p.order_id = :id"""
    wait_until(lambda: ask_one(day, given, id=sold.order_id) == "succeeded", what="the money's way back", seconds=45)


def a_used_ticket_is_not_given_back(day: Day) -> None:
    """One of the other party is inside: their sale stands, in whole."""
    finance = sign_in_office(day, "finances")
    sold = _read_sale(day, _order_of(day, day.seats))
    page = finance.get(f"/bureau/ventes/{sold.order_id}")
    said = finance.send(page.form("/rembourser"), reason="Une place non venue", status=409)
    said.says("Une personne est déjà entrée avec cette réservation")
    assert _read_sale(day, sold.order_id) == sold
    assert not ask(day, "SELECT id FROM fiscal_row WHERE kind = 'refund' AND order_id = :id", id=sold.order_id)


def _check_turned(day: Day, sold: Sold, refund_cents: int) -> None:
    """Sealed once, booked once, the share taken back by as much: of each is left what is left of the sale."""
    sealed = ask_one(
        day, "SELECT gross_cents FROM fiscal_row WHERE kind = 'refund' AND order_id = :id", id=sold.order_id
    )
    assert sealed == -refund_cents
    kept = sold.share_cents * (sold.gross_cents - refund_cents) // sold.gross_cents
    most = 1 if refund_cents < sold.gross_cents else 0
    assert abs(_share_of(day, sold.order_id) - kept) <= most, (sold, refund_cents, _share_of(day, sold.order_id))
    of_order = """FROM ledger_posting p JOIN ledger_entry e ON e.id = p.entry_id WHERE e.order_id = :id
        AND (p.account_code LIKE '706%' OR p.account_code LIKE '4457%')"""
    turned = f"SELECT sum(p.debit_cents) {of_order} AND e.source LIKE 'refund:%'"
    assert ask_one(day, turned, id=sold.order_id) == refund_cents
    left = f"SELECT sum(p.credit_cents) - sum(p.debit_cents) {of_order}"
    assert ask_one(day, left, id=sold.order_id) == sold.gross_cents - refund_cents


def _share_of(day: Day, order_id: int) -> int:
    share: int = ask_one(day, "SELECT sum(amount_cents) FROM compensation_accrual WHERE order_id = :id", id=order_id)
    return share


# -- 5. does it still fit? --------------------------------------------------------------------------------------------


def verify(day: Day) -> "subprocess.CompletedProcess[str]":
    """What the product itself says of its records."""
    return day.house.command("verify")


def all_fits(day: Day) -> None:
    """Chain, books and share are recomputed and fit."""
    said = verify(day)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "NOT" not in said.stdout and "chain R1" in said.stdout and "ledger" in said.stdout


def a_changed_byte_is_named(day: Day) -> None:
    """One byte is changed behind the application's back: the row is named."""
    row_id, register_id, number, content = ask(
        day, "SELECT id, register_id, number, content FROM fiscal_row WHERE kind = 'sale' ORDER BY id LIMIT 1"
    )[0]
    code = ask_one(day, "SELECT code FROM fiscal_register WHERE id = :id", id=register_id)
    place = next(index for index, letter in enumerate(content) if letter in "12345678")
    changed = f"{content[:place]}{int(content[place]) + 1}{content[place + 1 :]}"
    _write_behind_the_back(day, row_id, changed)
    said = verify(day)
    assert said.returncode == 1, said.stdout
    accused = [line for line in said.stdout.splitlines() if line.startswith("NOT")]
    assert any(f"chain {code}" in line and str(number) in line for line in accused), said.stdout
    _write_behind_the_back(day, row_id, content)
    all_fits(day)


def _write_behind_the_back(day: Day, row_id: int, content: str) -> None:
    engine = create_engine(day.house.database_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            _without_triggers_on_sqlite(connection, row_id, content)
        else:
            connection.execute(text("SET session_replication_role = replica"))
            connection.execute(text("UPDATE fiscal_row SET content = :c WHERE id = :i"), {"c": content, "i": row_id})
            connection.execute(text("SET session_replication_role = DEFAULT"))
    engine.dispose()


def _without_triggers_on_sqlite(connection: Any, row_id: int, content: str) -> None:
    kept = connection.execute(
        text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'fiscal_row'")
    ).all()
    assert kept, "nothing seals the rows"
    for name, _sql in kept:
        connection.execute(text(f'DROP TRIGGER "{name}"'))
    connection.execute(text("UPDATE fiscal_row SET content = :c WHERE id = :i"), {"c": content, "i": row_id})
    for _name, sql in kept:
        connection.exec_driver_sql(sql)


# -- 6. finance -------------------------------------------------------------------------------------------------------


@dataclass
class Transferred:
    """A transfer as its file says it."""

    path: str
    reference: str
    cents: int


def the_transfers_leave(day: Day) -> list[Transferred]:
    """One prepares, the same one may not approve, another approves; the file is what the official schema accepts."""
    finance, second = sign_in_office(day, "finances"), sign_in_office(day, "direction")
    sent: list[Transferred] = []
    while True:
        page = finance.get("/bureau/part")
        forms = [
            one
            for one in page.forms()
            if one.action.endswith("/part/virements")
            and "Préparer un virement de" in (one.element.text_content() or "")
        ]
        if not forms:
            assert sent, page.words
            return sent
        transfer = finance.send(forms[0])
        transfer.says("une autre personne approuve")
        approval = second.get(transfer.path).form("/approuver")
        finance.send(approval, status=403).says("Une seconde personne")
        approved = second.send(approval)
        exported = finance.send(finance.get(approved.path).form("/exporter"), pain_version=PAIN)
        sent.append(_read_file(finance, transfer.path, exported))


def _read_file(finance: Browser, path: str, exported: Page) -> Transferred:
    page = exported if exported.is_html else finance.get(path)
    first = finance.send(page.form("/fichier")).response.content
    assert finance.send(page.form("/fichier")).response.content == first, "the same bytes again"
    schema = Path(sepaxml.__file__).parent / "schemas" / f"{PAIN}.xsd"
    document = etree.fromstring(first)
    etree.XMLSchema(etree.parse(schema)).assertValid(document)
    cents = int((document.findtext(".//p:CdtTrfTxInf//p:InstdAmt", namespaces=NAMESPACE) or "").replace(".", ""))
    reference = document.findtext(".//p:CdtTrfTxInf//p:EndToEndId", namespaces=NAMESPACE) or ""
    return Transferred(path, reference, cents)


def the_bank_answers(day: Day, sent: list[Transferred]) -> None:
    """A statement with the debits and the processor's payout is imported; each line is matched by its reference."""
    finance = sign_in_office(day, "finances")
    finance.send(finance.get("/bureau/paiements").form("/paiements/versements"))
    trial = finance.get("/bureau/banque/essai")
    for one in sent:
        trial.says(one.reference)
    file = finance.send(trial.form("/banque/essai")).response.content
    upload = {"file": ("releve.xml", file, "application/xml")}
    page = finance.send(finance.get("/bureau/banque").form("/banque/releves"), files=upload)
    for one in sent:
        page.says(one.reference)
    bank = finance.get("/bureau/banque").says("Tout est expliqué", "Rien n’est attendu")
    again = finance.send(bank.form("/banque/releves"), files=upload)
    again.says("Ce fichier avait déjà été importé")
    for one in sent:
        finance.get(one.path).says("Arrivé en banque")


def the_walk_both_ways(day: Day) -> None:
    """From the receipt to the bank and from the bank to the receipt, by following links only."""
    finance = sign_in_office(day, "finances")
    sale = finance.get(f"/bureau/ventes?jour={VISIT_ON}")
    sale = finance.get(next(one for one in sale.links("/bureau/ventes/") if one.endswith(f"/{day.lunch}")))
    finance.follow(sale, "/bureau/journal/")
    finance.follow(sale, "/bureau/ecritures/")
    transfer = finance.follow(sale, "/bureau/part/virements/")
    found = finance.follow(transfer, "/bureau/banque/virements/")
    assert re.search(r"/bureau/banque/lignes/\d+$", found.path), found.url
    back = finance.follow(found, f"/bureau/ventes/{day.lunch}")
    assert back.path == sale.path
    for booked, signs in ((day.seats, (1,)), (day.given_back, (1, -1))):
        order_id = _order_of(day, booked)
        gross = ask_one(day, "SELECT gross_cents FROM orders_order WHERE id = :id", id=order_id)
        rows = _walk_of_the_seats(finance, order_id)
        assert len(rows) == len(signs), rows
        assert all(_euros(sign * gross) in row for sign, row in zip(signs, rows, strict=True)), rows


def _walk_of_the_seats(finance: Browser, order_id: int) -> list[str]:
    """To the bank and back; gives what the payout says of this sale: what came in, and what went back."""
    sale = finance.get(f"/bureau/ventes/{order_id}")
    payout = finance.follow(sale, "/bureau/paiements/versements/")
    rows = [read_words(one) for one in payout.tree.iter("tr") if f"Vente {order_id} " in read_words(one)]
    assert payout.links(f"/bureau/ventes/{order_id}")
    line = finance.follow(sale, "/bureau/banque/lignes/")
    finance.follow(line, f"/bureau/ventes/{order_id}")
    return rows


def the_public_page_agrees(day: Day, sent: list[Transferred]) -> None:
    """« Où va votre argent »: what arrived is what was transferred; a receipt's code tells its own part."""
    phone = day.who("public", "citizen")
    arrived = sum(one.cents for one in sent)
    page = phone.get("/argent").says("Où va votre argent")
    page.says(f"Arrivé {_euros(arrived)}")
    trail = ask_one(day, "SELECT trail_code FROM orders_order WHERE id = :id", id=int(day.lunch))
    receipt = phone.send(page.form("/argent/recu"), code=trail)
    receipt.says("Ce que votre reçu a donné", "Vue sur le relevé de la banque")
    shares = """SELECT sum(amount_cents), sum(CASE WHEN amount_cents > 0 THEN amount_cents END) given_cents
        FROM compensation_accrual WHERE order_id = :id GROUP BY beneficiary_id"""
    found = ask(day, shares, id=int(day.lunch))
    assert found
    for cents, given in found:
        back = f"{_euros(given)} ont été mis de côté, puis {_euros(given - cents)} repris avec votre remboursement."
        receipt.says(f"Votre part {_euros(cents)}", back)
    phone.get(f"/argent/recu/{trail}").says("Vue sur le relevé de la banque")


def _euros(cents: int) -> str:
    whole = f"{cents // 100:,}".replace(",", " ")
    return f"{whole},{cents % 100:02} €"


# -- 7. the workers' month --------------------------------------------------------------------------------------------


def the_month(day: Day, codes: Sequence[str], folder: Path) -> None:
    """Hours from the day's attendance, gross from the legal floor, a statement one can read."""
    head = sign_in_office(day, "direction")
    floor = ask(day, "SELECT value FROM law_parameter WHERE key = 'wage_floor_hour' ORDER BY valid_from")
    months = head.get("/bureau/decomptes?mois=2026-11")
    for code in codes:
        months.says(code)
    statement = head.follow(months, "/bureau/decomptes/2026-11/", words=codes[0])
    statement.says("Rémunération brute", "27 novembre 2026")
    assert floor is not None
    pdf = head.follow(statement, ".pdf")
    assert pdf.response.headers["content-type"] == "application/pdf"
    file = folder / "statement.pdf"
    file.write_bytes(pdf.response.content)
    written = " ".join(page.extract_text() for page in PdfReader(file).pages)
    assert codes[0] in written, written
