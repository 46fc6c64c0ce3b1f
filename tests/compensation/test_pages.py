"""The pages, as a browser meets them: the public's money page and receipt, finance's transfer from end to end."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlmodel import Session, col, select
from starlette.testclient import TestClient

from citizen_space.bank import office as bank_office
from citizen_space.bank.models import BankLine
from citizen_space.bank.sample import plant as plant_bank
from citizen_space.compensation import office, public, queries, sample, service
from citizen_space.compensation.models import Rule, Transfer
from citizen_space.config import Config
from citizen_space.kit.clock import business_day
from citizen_space.kit.db import Database
from citizen_space.kit.keys import new_keys
from citizen_space.law import sample as law_sample
from citizen_space.ledger import queries as ledger
from citizen_space.ledger import service as ledger_service
from citizen_space.orders.models import Order
from citizen_space.web import sessions
from citizen_space.web.assets import Assets
from citizen_space.web.surface import Surface
from citizen_space.web.templating import Templates
from citizen_space.web.visit import House
from tests.bank.make_camt import Movement, camt
from tests.compensation.world import ANNE, BILAL, refund, sell

TEMPLATES = Templates(Assets())


class Site:
    """A house with both surfaces, and people who are signed in."""

    def __init__(self, database: Database, var: Path, at: datetime) -> None:
        self.database, self.at = database, at
        config = Config(var=var, database_url=database.url)
        self.house = House(database, config, new_keys(), TEMPLATES, clock=lambda: at)
        routes = [*office.routes, *bank_office.routes]
        self._office = Surface(self.house, "office", routes, prefix="/bureau", sign_in="/connexion")
        self.public = TestClient(Surface(self.house, "public", public.routes), follow_redirects=True)
        with database.write() as session:
            keys = self.house.keys
            law_sample.plant(session, at=at, keys=keys)
            ledger_service.open_chart(session)
            sample.plant(session, at=at, keys=keys)
            plant_bank(session, at=at, keys=keys)

    def sign_in(self, number: int, role: str = "finance") -> TestClient:
        """A browser of somebody of the office."""
        with self.database.write() as session:
            token = sessions.sign_in(
                session, kind="staff", subject_id=number, role=role, name=f"Personne {number}", code=f"S{number}",
                register_id=None, at=self.at,
            )  # fmt: skip
        return TestClient(self._office, cookies={"cs_inner": token}, follow_redirects=True)

    def sell(self, *, net_cents: int = 10_000, gross_cents: int = 11_000, room: str = "restaurant") -> tuple[int, str]:
        """A sale: (order id, trail code)."""
        with self.database.write() as session:
            order_id, _share = sell(session, self.at, net_cents=net_cents, gross_cents=gross_cents, room=room)
            return order_id, session.exec(select(Order.trail_code).where(Order.id == order_id)).one()


@pytest.fixture
def site(fresh_database: Database, tmp_path: Path, at: datetime) -> Iterator[Site]:
    made = Site(fresh_database, tmp_path, at)
    yield made
    made.house.threads.shutdown()
    made.house.outside.shutdown()


def text_of(html: str) -> str:
    """What a person reads."""
    words = re.sub(r"<(script|style|title)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return re.sub(r"[\s\u00a0\u202f]+", " ", re.sub(r"<[^>]+>", " ", words))


def test_money_pages_before_the_first_sale(site: Site) -> None:
    for language, words in (("fr", "Rien n’a encore été mis de côté"), ("en", "Nothing has been set aside yet")):
        answer = site.public.get(f"/argent?lang={language}")
        assert answer.status_code == 200
        assert words in text_of(answer.text)


def test_a_receipt_is_followed_from_the_sale_to_the_bank(site: Site) -> None:
    order_id, code = site.sell()
    said = text_of(site.public.get("/argent/recu", params={"code": f" {code[:4].lower()} {code[4:]} "}).text)
    assert "7,50 €" in said and "2,50 €" in said and "Au prochain virement" in said
    anne, bilal = site.sign_in(1), site.sign_in(2)

    overview = anne.get("/bureau/part")
    assert "Préparer un virement de 7,50 €" in text_of(overview.text)
    key = re.search(
        r'name="beneficiary_id" value="(\d+)"[^>]*><input[^>]*name="upto_on" value="([\d-]+)"', overview.text
    )
    assert key
    sent = {"beneficiary_id": "1", "upto_on": key[2]}
    page = anne.post("/bureau/part/virements", data=sent)
    assert page.status_code == 200 and "Une autre personne doit l’approuver" in text_of(page.text)
    path = page.url.path
    reference = re.search(r"VIC-\d{6}-\w{8}", page.text)
    assert reference

    refused = anne.post(f"{path}/approuver")
    assert refused.status_code == 403 and "seconde personne" in text_of(refused.text)
    assert "7,50 €" in text_of(bilal.get(path).text)
    assert bilal.post(f"{path}/approuver").status_code == 200
    assert "est prêt" in text_of(anne.post(f"{path}/exporter", data={"pain_version": "pain.001.001.09"}).text)
    assert "même, à l’octet près" in text_of(anne.post(f"{path}/exporter").text)
    first, second = anne.post(f"{path}/fichier"), bilal.post(f"{path}/fichier")
    assert first.content == second.content and reference[0].encode() in first.content
    assert first.headers["content-disposition"] == f'attachment; filename="{reference[0]}.xml"'
    assert f"Virement {reference[0]}" in text_of(site.public.get(f"/argent/recu/{code}").text)

    assert reference[0] in text_of(anne.get("/bureau/banque/essai").text)
    statement = anne.post("/bureau/banque/essai", data={"format": "camt.053.001.08"})
    taken = anne.post("/bureau/banque/releves", files={"file": ("releve.xml", statement.content)})
    assert "Lignes importées : 1. Déjà connues : 0. Rapprochées : 1." in text_of(taken.text)
    again = anne.post("/bureau/banque/releves", files={"file": ("autre.xml", statement.content)})
    assert "rien n’a changé" in text_of(again.text)

    # Both ways by links: the transfer leads to the line, the line to the transfer and to the sale.
    number = path.rsplit("/", 1)[1]
    line = anne.get(f"/bureau/banque/virements/{number}")
    assert f'href="/bureau/part/virements/{number}"' in line.text
    assert f'href="/bureau/ventes/{order_id}"' in line.text
    assert f'href="/bureau/banque/virements/{number}"' in anne.get(path).text
    said = text_of(site.public.get(f"/argent/recu/{code}").text)
    assert "Vue sur le relevé de la banque le lun. 23 nov. 2026" in said
    money = text_of(site.public.get("/argent").text)
    assert "Arrivé 7,50 €" in money and "Mis de côté 10,00 €" in money
    with site.database.read() as session:
        assert ledger.balance(session, "512") == -750


def test_a_refund_is_told_on_the_receipt(site: Site) -> None:
    order_id, code = site.sell()
    with site.database.write() as session:
        refund(session, order_id, 11_000, site.at)
    said = text_of(site.public.get(f"/argent/recu/{code}").text)
    assert "0,00 €" in said and "repris avec votre remboursement" in said


@pytest.mark.parametrize("code", ["AAAA2222", "x" * 40, "%F0%9F%92%A5", "' OR 1=1"])
def test_a_code_that_is_none_is_answered_kindly(site: Site, code: str) -> None:
    answer = site.public.get(f"/argent/recu/{code}")
    assert answer.status_code == 404
    assert "code" in text_of(answer.text)
    assert site.public.get("/argent/recu", params={"code": code}).status_code in (200, 404)


def test_who_is_not_finance_sees_nothing(site: Site) -> None:
    chef = site.sign_in(9, role="chef")
    for path in ("/part", "/part/regles", "/part/beneficiaires", "/banque", "/banque/essai"):
        assert chef.get(f"/bureau{path}").status_code == 403
    assert chef.post("/bureau/part/virements", data={"beneficiary_id": "1", "upto_on": "2026-11-23"}).status_code == 403


def test_a_rule_is_proposed_with_its_document_and_approved_by_another(site: Site) -> None:
    anne, bilal = site.sign_in(1), site.sign_in(2)
    assert anne.get("/bureau/part/regles").status_code == 200
    data = {
        "room": "venue", "rate": "12,5", "base": "gross", "valid_from": "2026-12-01", "legal_basis": "Avenant no 2",
        "beneficiary": ["1", "2"], "weight": ["1", "0"],
    }  # fmt: skip
    missing = anne.post("/bureau/part/regles", data=data)
    assert missing.status_code == 422 and "Document" in text_of(missing.text)
    done = anne.post("/bureau/part/regles", data=data, files={"document": ("avenant.pdf", b"%PDF-1.7 x")})
    assert done.status_code == 200 and "12,5 %" in text_of(done.text)
    with site.database.read() as session:
        rule = session.exec(select(Rule).where(col(Rule.approved_at).is_(None))).one()
    assert (rule.rate_bp, rule.base, rule.valid_from) == (1250, "gross", date(2026, 12, 1))
    path = f"/bureau/part/regles/{rule.id}"
    assert anne.post(f"{path}/approuver").status_code == 403
    assert "La règle est approuvée" in text_of(bilal.post(f"{path}/approuver").text)
    document = anne.get(f"{path}/document")
    assert (document.content, document.headers["content-type"]) == (b"%PDF-1.7 x", "application/pdf")


@pytest.mark.parametrize(
    "changed",
    [{"rate": "zut"}, {"rate": "0"}, {"rate": "101"}, {"room": "jail"}, {"valid_from": "hier"}, {"weight": ["0", "0"]},
     {"weight": ["-1", "2"]}, {"valid_from": "2020-01-01"}, {"valid_to": "2020-01-01"}],
)  # fmt: skip
def test_a_bad_rule_is_a_sentence(site: Site, changed: dict[str, object]) -> None:
    anne, bilal = site.sign_in(1), site.sign_in(2)
    data: dict[str, object] = {
        "room": "venue", "rate": "12,5", "base": "gross", "valid_from": "2026-12-01", "legal_basis": "Avenant",
        "beneficiary": ["1", "2"], "weight": ["1", "0"],
    }  # fmt: skip
    answer = anne.post("/bureau/part/regles", data=data | changed, files={"document": ("a.pdf", b"%PDF-1.7 x")})
    if answer.status_code == 200:
        with site.database.read() as session:
            rule = session.exec(select(Rule).where(col(Rule.approved_at).is_(None))).one()
        answer = bilal.post(f"/bureau/part/regles/{rule.id}/approuver")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_beneficiaries_are_added_and_their_account_changed(site: Site) -> None:
    anne = site.sign_in(1)
    new = {"name": "Aide <b>", "purpose_fr": "aide", "purpose_en": "help", "iban": "FR76 3000 6000 0112 3456 7890 189"}
    done = anne.post("/bureau/part/beneficiaires", data=new)
    assert done.status_code == 200 and "Aide &lt;b&gt;" in done.text
    assert anne.post("/bureau/part/beneficiaires", data={**new, "iban": "FR76 1"}).status_code == 422
    changed = anne.post("/bureau/part/beneficiaires/1/compte", data={"iban": "DE89370400440532013000"})
    assert changed.status_code == 200 and "DE89370400440532013000" in changed.text
    assert anne.post("/bureau/part/beneficiaires/1/compte", data={"iban": "x"}).status_code == 422
    assert anne.get("/bureau/part/beneficiaires/99").status_code == 404


def test_cancelling_asks_for_the_name(site: Site) -> None:
    site.sell()
    anne = site.sign_in(1)
    path = anne.post("/bureau/part/virements", data={"beneficiary_id": "1", "upto_on": "2026-11-23"}).url.path
    assert anne.post(f"{path}/annuler", data={"confirm": "oui"}).status_code == 422
    with site.database.read() as session:
        transfer = session.exec(select(Transfer)).one()
    assert "de nouveau dû" in text_of(anne.post(f"{path}/annuler", data={"confirm": transfer.reference}).text)
    assert anne.post("/bureau/part/virements", data={"beneficiary_id": "2", "upto_on": "2020-01-01"}).status_code == 409


@pytest.mark.parametrize("content", [b"", b"hello", b"<x/>", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', b"01" * 60])
def test_a_bad_file_is_a_sentence_beside_its_field(site: Site, content: bytes) -> None:
    answer = site.sign_in(1).post("/bureau/banque/releves", files={"file": ("x.xml", content)})
    assert answer.status_code == 422
    assert 'id="e-file"' in answer.text


def test_a_line_is_explained_by_a_person(site: Site) -> None:
    site.sell()
    with site.database.write() as session:
        transfer = _exported(session, site.at)
    anne = site.sign_in(1)
    taken = anne.post(
        "/bureau/banque/releves", files={"file": ("r.xml", camt([Movement(-750, text="SANS REFERENCE"), Movement(-3)]))}
    )
    assert "Rapprochées : 0." in text_of(taken.text)
    assert "SANS REFERENCE" in text_of(anne.get("/bureau/banque").text)
    with site.database.read() as session:
        lines = session.exec(select(BankLine).order_by(col(BankLine.position))).all()
    assert transfer.reference in anne.get(f"/bureau/banque/lignes/{lines[0].id}").text
    assert "Rien n’attend ce montant" in text_of(anne.get(f"/bureau/banque/lignes/{lines[1].id}").text)
    for target, status in (("transfer:99", 409), ("x", 422), (f"transfer:{transfer.id}", 200)):
        answer = anne.post(f"/bureau/banque/lignes/{lines[0].id}/rapprocher", data={"target": target})
        assert answer.status_code == status, target
    assert "Lignes rapprochées" in text_of(anne.post("/bureau/banque/rapprocher").text)
    with site.database.read() as session:
        assert queries.get_transfer(session, transfer.id or 0).status == "executed"


def _exported(session: Session, at: datetime) -> Transfer:
    transfer = service.prepare(session, beneficiary_id=1, upto_on=business_day(at), actor=ANNE, at=at)
    service.approve(session, transfer.id or 0, actor=BILAL, at=at)
    service.export(session, transfer.id or 0, actor=ANNE, at=at)
    return transfer


def test_production_offers_no_trial_statement(site: Site) -> None:
    site.house.config = replace(site.house.config, production=True)
    anne = site.sign_in(1)
    assert anne.get("/bureau/banque/essai").status_code == 404
    assert anne.post("/bureau/banque/essai", data={"format": "camt.053.001.08"}).status_code == 404
    assert "essai" not in text_of(anne.get("/bureau/banque").text)
