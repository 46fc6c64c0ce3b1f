"""The pages of sales, tills, products and payments: each is drawn, in both languages, and each form does its act."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import pytest
from sqlmodel import Session, select
from starlette.routing import BaseRoute
from starlette.testclient import TestClient

from citizen_space import config
from citizen_space.cash import office as cash_office
from citizen_space.cash.models import DrawerSession
from citizen_space.checkout import office as checkout_office
from citizen_space.checkout import service as checkout
from citizen_space.checkout import till as checkout_till
from citizen_space.checkout.models import CreditNote
from citizen_space.fiscal.models import FiscalRow
from citizen_space.kit.db import Database
from citizen_space.orders.models import Order
from citizen_space.payments import office as payments_office
from citizen_space.payments.models import Refund
from citizen_space.payments.sandbox_gateway import SandboxGateway
from citizen_space.printing import service as printing
from citizen_space.printing.models import PrintJob
from citizen_space.products import office as products_office
from citizen_space.products.models import Product
from citizen_space.web import sessions
from citizen_space.web.assets import Assets
from citizen_space.web.surface import Surface
from citizen_space.web.templating import Templates
from citizen_space.web.visit import House, SurfaceName
from tests.checkout import shop as shops
from tests.checkout.shop import Shop
from tests.products.test_products import menu

KEY = "0123456789abcdef"
OFFICE = [*checkout_office.routes, *cash_office.routes, *products_office.routes, *payments_office.routes]


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """The templates of the house, compiled once."""
    return Templates(Assets(), tmp_path_factory.mktemp("compiled"))


class Desk:
    """An office and a till with somebody signed in at each."""

    def __init__(self, house: House, shop: Shop, at: datetime) -> None:
        self.house, self.shop = house, shop
        self.office = self._client("office", OFFICE, "/bureau")
        self.till = self._client("till", checkout_till.routes, "/caisse")
        with house.database.write() as session:
            self.office.cookies["cs_inner"] = self._sign_in(session, "staff", "director", "STAFF-3", at)
            self.till.cookies["cs_inner"] = self._sign_in(session, "worker", "worker", "R07", at)
            self.till.cookies["cs_device"] = sessions.register_device(session, shop.till_id, "R1", "Caisse", at)
            printing.add_printer(session, code="R1", name="Caisse", address="virtual://R1")
            self.sale = shop.sale(session)
            menu(session, at)

    def _client(self, name: SurfaceName, routes: Sequence[BaseRoute], prefix: str) -> TestClient:
        surface = Surface(self.house, name, routes, prefix=prefix, sign_in="/connexion")
        return TestClient(surface, follow_redirects=False)

    @staticmethod
    def _sign_in(session: Session, kind: str, role: str, code: str, at: datetime) -> str:
        return sessions.sign_in(
            session, kind=kind, subject_id=1, role=role, name="Camille", code=code, register_id=None, at=at  # type: ignore[arg-type]
        )  # fmt: skip

    def show(self, path: str, *words: str, language: str = "fr") -> str:
        """Draw an office page and look for words on it."""
        answer = self.office.get(f"/bureau{path}", headers={"accept-language": language})
        assert answer.status_code == 200, answer.text
        for word in words:
            assert word in answer.text, f"{word} is not on {path}"
        return answer.text

    def send(self, path: str, status: int = 303, /, **fields: str) -> str:
        """Send an office form."""
        answer = self.office.post(f"/bureau{path}", data={"submission": KEY, **fields})
        assert answer.status_code == status, answer.text
        return answer.text


@pytest.fixture
def desk(database: Database, templates: Templates, tmp_path: Path, at: datetime) -> Iterator[Desk]:
    """A house with one sale."""
    settings = config.load({"CITIZEN_SPACE_VAR": str(tmp_path), "CITIZEN_SPACE_DATABASE_URL": database.url})
    with database.write() as session:
        shop = shops.found(session, at)
    house = House(database, settings, shop.keys, templates, clock=lambda: at)
    house.payments = SandboxGateway(database, settings, b"secret", clock=lambda: at)
    made = Desk(house, shop, at)
    yield made
    made.office.close()
    made.till.close()
    house.threads.shutdown(wait=True)
    house.outside.shutdown(wait=True)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_is_drawn(desk: Desk, language: str) -> None:
    number, order_id = desk.sale.receipt_number, desk.sale.order.id
    with desk.house.database.read() as session:
        product_id = session.exec(select(Product.id)).one()
    drawer = desk.shop.drawer_id
    paths = ["/ventes", f"/ventes?q={number}", "/ventes?jour=&salle=venue", f"/ventes/{order_id}", "/caisses"]
    paths += [f"/caisses/{drawer}", f"/caisses/{drawer}/compter", "/produits", "/produits?tous=1&q=poulet"]
    paths += ["/produits/nouveau", f"/produits/{product_id}", "/paiements"]
    for path in paths:
        desk.show(path, language=language)
    desk.show(f"/ventes?q={number}", number, language=language)
    desk.show(f"/ventes/{order_id}", number, f"/bureau/journal/{desk.sale.fiscal_row.id}", "5113", language=language)
    for path in ("/ventes", f"/ventes/{order_id}"):
        answer = desk.till.get(f"/caisse{path}", headers={"accept-language": language})
        assert answer.status_code == 200 and number in answer.text


def test_english_says_nothing_in_french(desk: Desk) -> None:
    said = desk.show("/ventes", "Sales", language="en")
    assert "Libellé" not in said and "Remboursé" not in said
    assert "Products and prices" in desk.show("/produits", language="en")


def test_a_refund_by_its_form(desk: Desk) -> None:
    path = f"/ventes/{desk.sale.order.id}/rembourser"
    register = str(desk.shop.till_id)
    assert "motif" in desk.send(path, 422, amount="10,00", register_id=register).lower()
    assert "12,50" in desk.send(path, 422, amount="dix", reason="plat froid", register_id=register)
    assert "65,50" in desk.send(path, 422, amount="66", reason="plat froid", register_id=register)
    for _time in range(2):
        desk.send(path, amount="10,00", reason="plat froid", register_id=register)
    with desk.house.database.read() as session:
        assert session.exec(select(Refund.amount_cents)).one() == 1000
        assert session.get_one(Order, desk.sale.order.id).status == "part_refunded"
    desk.show(f"/ventes/{desk.sale.order.id}", "plat froid", "55,50")


def test_a_till_is_counted_and_closed_by_its_forms(desk: Desk) -> None:
    drawer = desk.shop.drawer_id
    count = desk.show(f"/caisses/{drawer}/compter")
    assert "165,50" not in count and "65,50" not in count, "a blind count"
    desk.send(f"/caisses/{drawer}/mouvement", kind="drop", amount="50", reason="au coffre")
    desk.send(
        f"/caisses/{drawer}/mouvement", 409, kind="drop", amount="900", reason="au coffre", submission="another-key"
    )
    desk.send(f"/caisses/{drawer}/cloturer", cash="49,90", card="65,50")
    desk.show(f"/caisses/{drawer}", "0,10", "au coffre")
    desk.send(f"/caisses/{drawer}/cloturer", 409, cash="49,90")
    again = {"register_id": str(desk.shop.till_id), "float_amount": "20"}
    assert "motif" in desk.send("/caisses/ouvrir", 422, **again).lower(), "closed today already"
    desk.send("/caisses/ouvrir", **again, reason="second_service")
    desk.send("/caisses/ouvrir", 409, **again, reason="second_service")
    with desk.house.database.read() as session:
        assert [d.over_short_cents for d in session.exec(select(DrawerSession).order_by("id"))] == [-10, 0]


def test_a_product_is_kept_by_its_forms(desk: Desk) -> None:
    with desk.house.database.read() as session:
        product = session.exec(select(Product)).one()
    said = {"name_fr": "Poulet fermier", "vat_key": "vat_on_site", "allergens": "eggs", "active": "1"}
    desk.send(f"/produits/{product.id}", 303, **said)
    desk.send(f"/produits/{product.id}/prix", price="17,50", valid_from="2026-11-24")
    desk.send(f"/produits/{product.id}/prix", 422, price="17,50", valid_from="2026-11-01")
    desk.send(f"/produits/{product.id}/vente", available="false")
    desk.show(f"/produits/{product.id}", "Poulet fermier", "17,50", "Remettre en vente")
    new = {**said, "code": "tarte", "category_id": str(product.category_id), "price": "7"}
    desk.send("/produits", 303, **new)
    desk.send("/produits", 409, **{**new, "submission": "another-page-of-ours"})
    desk.send("/produits", 422, **{**new, "code": "Pas Bon"})
    desk.show("/produits", "tarte", "7,00")


def test_a_receipt_is_printed_because_somebody_asked(desk: Desk) -> None:
    path = f"/caisse/ventes/{desk.sale.order.id}/ticket"
    for key in ("ticket-key-1", "ticket-key-1", "ticket-key-2"):
        assert desk.till.post(path, data={"submission": key}).status_code == 303
    with desk.house.database.read() as session:
        assert len(session.exec(select(FiscalRow).where(FiscalRow.kind == "duplicate")).all()) == 1


def test_a_credit_note_is_printed_from_the_office_and_from_the_till(desk: Desk) -> None:
    order_id = desk.sale.order.id
    assert "Imprimer l’avoir" not in desk.show(f"/ventes/{order_id}")
    desk.send(f"/ventes/{order_id}/rembourser", amount="10,00", reason="plat froid", register_id=str(desk.shop.till_id))
    desk.show(f"/ventes/{order_id}", "Imprimer l’avoir")
    assert "Imprimer l’avoir de" in desk.till.get(f"/caisse/ventes/{order_id}").text
    with desk.house.database.read() as session:
        note_id = session.exec(select(CreditNote.id)).one()
    desk.send(f"/ventes/{order_id}/avoirs/{note_id}", submission="credit-note-1")
    desk.show(f"/ventes/{order_id}", "Imprimer un duplicata")
    path = f"/caisse/ventes/{order_id}/avoirs"
    assert desk.till.post(f"{path}/{note_id}", data={"submission": "credit-note-2"}).status_code == 303
    assert desk.till.post(f"{path}/999", data={"submission": "credit-note-3"}).status_code == 404
    with desk.house.database.read() as session:
        assert [job.title for job in session.exec(select(PrintJob))] == ["R1-000003"] * 2
        assert len(session.exec(select(FiscalRow).where(FiscalRow.kind == "duplicate")).all()) == 1


def test_the_till_shows_its_own_sales_only(desk: Desk) -> None:
    with desk.house.database.write() as session:
        order, payment = desk.shop.online(session, None, shops.FOUR_LINES[:1])
        sale = checkout.settle_online(session, payment, desk.shop.at, keys=desk.shop.keys)
    assert desk.till.get(f"/caisse/ventes/{order.id}").status_code == 404
    assert sale.receipt_number not in desk.till.get("/caisse/ventes").text


def test_a_payout_of_the_sandbox_by_its_button(desk: Desk) -> None:
    desk.send("/paiements/versements")
    desk.show("/paiements", "Paiement d’essai")
