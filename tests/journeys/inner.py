"""What staff and workers do that day, at the office and at the tills."""

import io
import re
from collections.abc import Mapping

import zxingcpp
from lxml.html import HtmlElement
from PIL import Image

from tests.harness.servers import wait_until
from tests.journeys.client import Browser, Form, Page, Value
from tests.journeys.day import (
    AFTERNOON,
    DIRECTOR_PIN,
    EVENING,
    MORNING,
    NEXT_MORNING,
    NIGHT,
    NOON,
    STAFF,
    SURNAMES,
    VISIT_ON,
    WORKERS,
    Booked,
    Day,
)
from tests.journeys.premises import mail_words

MEAL_VOUCHER_CENTS = 2000


def sign_in_office(day: Day, login: str) -> Browser:
    """Somebody of the staff signs in at the office, in a browser of their own."""
    browser = day.who("inner", login)
    page = browser.get("/bureau/")
    if page.path == "/bureau/connexion":
        page = browser.send(page.form("/connexion"), login=login, code=STAFF[login])
        assert page.path == "/bureau/", page.words
    return browser


# -- 2. staff ---------------------------------------------------------------------------------------------------------


def the_gate_clears(day: Day) -> None:
    """The week before: the names are opened, which is noted, and every guest is cleared."""
    assert day.table is not None
    gate = sign_in_office(day, "portail")
    board = gate.get("/bureau/acces").says(day.table.reference)
    board.keeps_silent(*SURNAMES)
    party = gate.send(_row_form(board, day.table.reference))
    party.says(*SURNAMES)
    while "Autoriser" in party.words:
        party = gate.send(party.form("/acces/convives/"), decision="cleared")
    board = gate.get("/bureau/acces").says("Dernières identités ouvertes")
    assert day.table.reference not in board.words.split("Dernières identités ouvertes")[0]


def _row_form(page: Page, reference: str, action: str = "") -> Form:
    for one in page.forms():
        row = next(one.element.iterancestors("tr"), None)
        if row is not None and action in one.action and reference in row.text_content():
            return one
    raise AssertionError(f"{page.url} has no row of {reference}: {page.words}")


def the_tills_open(day: Day) -> None:
    """The director opens each till's session."""
    day.house.set_clock(MORNING)
    director = sign_in_office(day, "direction")
    page = director.get("/bureau/caisses")
    for _ in range(len([one for one in page.forms() if "ouvrir" in one.action])):
        page = director.send(director.get("/bureau/caisses").form("/caisses/ouvrir"), float_amount="0")
    page = director.get("/bureau/caisses")
    assert not [one for one in page.forms() if "ouvrir" in one.action], page.words


def the_guests_arrive(day: Day) -> None:
    """At noon the gate opens the day's names and notes who comes in; never an amount of money."""
    assert day.table is not None
    day.house.set_clock(NOON)
    gate = sign_in_office(day, "portail")
    page = gate.get("/bureau/porte").says(day.table.reference)
    page.keeps_silent(*SURNAMES, "€")
    names = gate.send(page.form("/porte/noms"))
    names.says(SURNAMES[0].upper(), SURNAMES[1].upper())
    page = gate.get("/bureau/porte")
    for _ in SURNAMES:
        page = gate.send(_row_form(page, day.table.reference, "/arrivee"))
    page.says("Noter le départ")
    gate.send(page.form("/porte/imprimer"))
    day.house.wait_paper(day.table.reference)


# -- 3. the workers ---------------------------------------------------------------------------------------------------


def register_till(day: Day, name: str, code: str) -> Browser:
    """Staff make this screen the till of a register."""
    till = day.who("inner", name)
    page = till.get("/caisse/")
    assert page.path == "/caisse/enregistrer"
    form = page.form("/enregistrer")
    wanted = [one for one in form.element.iter("label") if code in one.text_content()]
    value = next(iter(wanted[0].iter("input"))).get("value") or ""
    page = till.send(form, register_id=value, staff_pin=DIRECTOR_PIN)
    assert page.path == "/caisse/", page.words
    return till


def take_till(till: Browser, code: str) -> Page:
    """A worker signs in by PIN; the same gesture asks whether work begins."""
    page = till.get(f"/caisse/?code={code}")
    wrong = till.send(page.form("/connexion"), pin="0000", status=401)
    wrong.says("Ce n’est pas le bon code")
    page = till.send(wrong.form("/connexion"), pin=WORKERS[code])
    assert page.path == "/caisse/debut", page.words
    return till.send(page.form("/debut"), answer="yes").says("Votre travail commence")


def leave_till(till: Browser) -> None:
    """Signing out ends the work in the same gesture."""
    page = till.get("/caisse/sortie").says("Terminer le travail")
    till.send(page.form("/sortie"), answer="yes").says("Votre travail est terminé")


def the_lunch(day: Day) -> None:
    """The party is seated, orders with an option and an allergy, is served and pays."""
    assert day.table is not None
    till = register_till(day, "till R1", "R1")
    take_till(till, "R13")
    room = till.get("/caisse/restaurant")
    room.keeps_silent(*SURNAMES, "claire@example.org", "06 12 34 56 78", "0612345678")
    tab = till.send(room.form("/restaurant/arrivee"))
    tab = _order(till, tab)
    tab.keeps_silent(*SURNAMES)
    while "Envoyer les" in tab.words:
        tab = till.send(tab.form("/envoyer"))
    assert "TABLE" in day.house.wait_paper("arachides")
    till.send(tab.form("/note"))
    day.house.wait_paper("NOTE", "R13")
    day.lunch = _settle_lunch(day, till, tab)
    leave_till(till)


def _order(till: Browser, tab: Page) -> Page:
    """One dish of every category, each option answered, an allergy on the first that is asked about."""
    noted = False
    for category in tab.links("categorie="):
        shelf = till.get(category)
        if not shelf.links("/plats/"):
            form = shelf.form("/ajouter")
            tab = till.send(form, product_id=form.choices["product_id"][0])
            continue
        form = till.get(shelf.links("/plats/")[0]).form("/ajouter")
        filled: dict[str, Value] = {"quantity": 2, **_one_of_each_group(form.element)}
        if not noted:
            filled |= {"note": "Allergie aux arachides", "allergy": form.choices["allergy"]}
        tab, noted = till.send(form, filled), True
    return tab.says("arachides")


def _one_of_each_group(form: HtmlElement) -> dict[str, str]:
    """The first choice of each group of which one must be chosen."""
    first: dict[str, str] = {}
    for control in form.iter("input"):
        name = control.get("name") or ""
        if name.startswith("options_"):
            first.setdefault(name, control.get("value") or "")
    return first


def _settle_lunch(day: Day, till: Browser, tab: Page) -> str:
    """Meal vouchers, the deposit, a card for the rest; the receipt only because they ask."""
    bill = till.follow(tab, "/payer").says("Acompte déjà payé", "20,00 €")
    papers = len(day.house.papers("R1-"))
    sale = till.send(bill.form("/payer"), meal_voucher_cents=str(MEAL_VOUCHER_CENTS), card_reference="004711")
    assert sale.path.startswith("/caisse/ventes/"), sale.words
    assert len(day.house.papers("R1-")) == papers, "a receipt was printed that nobody asked for"
    number = sale.find(r"(R1-\d{6})")
    assert "duplicata" in till.send(sale.form("/ticket")).words
    paper = day.house.wait_paper(number, "victimes")
    assert "Acompte 20,00 €" in paper and "Part pour les victimes" in paper, paper
    till.send(till.get(f"/caisse{sale.path.removeprefix('/caisse')}").form("/ticket"))
    day.house.wait_paper(number, "DUPLICATA")
    return sale.path.rpartition("/")[2]


def the_bike_is_repaired(day: Day) -> None:
    """Taken in, quoted, accepted by link, worked on with a pause, ready, paid, handed over against its code."""
    assert day.bike is not None
    day.house.set_clock(AFTERNOON)
    till = register_till(day, "till V1", "V1")
    take_till(till, "V31")
    board = till.get("/caisse/velos").says("Gitane vert")
    board.keeps_silent("Quintard", "leo@example.org")
    bike = till.get(next(one for one in board.links("/caisse/velos/") if one[-1].isdigit()))
    intake = till.follow(bike, "/depot")
    bike = till.send(intake.form("/depot"), condition="Rayures sur le cadre", accessories="Un antivol")
    claim = day.house.wait_paper("TICKET DE DÉPÔT", "Gitane")
    code = claim.rpartition(" ")[2]
    bike = till.send(till.follow(bike, "/devis").form("/devis"))
    bike.says("Attend la réponse")
    _accept_quote(day)
    bike = till.send(till.get(bike.url).form("/commencer"))
    bike = till.send(bike.form("/arreter", having="Pause"))
    bike = till.send(bike.form("/commencer"))
    bike = till.send(bike.form("/pret")).says("C’est prêt")
    day.house.wait_mail("leo@example.org", "prêt")
    sale = till.send(bike.form("/payer"), card_reference="004712").says("C’est payé")
    day.repair = sale.path.rpartition("/")[2]
    bike = till.get(bike.url)
    bike = till.send(bike.form("/rendre"), claim_code="ZZZZ99", status=422)
    till.send(bike.form("/rendre"), claim_code=code).says("Le vélo est rendu")
    leave_till(till)


def _accept_quote(day: Day) -> None:
    mail = day.house.wait_mail("leo@example.org", "devis", "/velos/devis/")
    found = re.search(r"/velos/devis/[0-9a-f]{32}", mail_words(mail))
    assert found, mail_words(mail)
    phone = day.who("public", "leo")
    quote = phone.get(found.group()).says("Devis pour votre vélo")
    phone.send(quote.form("/velos/devis/")).says("Vous avez accepté")


def the_door(day: Day) -> None:
    """In the evening two tickets come in, a second scan and a refunded ticket are refused, an entry is taken back."""
    assert day.seats is not None and day.given_back is not None
    day.house.set_clock(EVENING)
    till = register_till(day, "till H1", "H1")
    take_till(till, "H21")
    codes = _ticket_codes(day, day.seats)
    door = till.follow(till.get("/caisse/salle"), "/salle/seances/", words="Les Voix du dedans")
    door = till.send(door.form("/portes"))
    door.keeps_silent("Ferrandi", "Zielinski", "amina@example.org", "Thévenin", "Castagnier", "basile@example.org")
    for code in codes:
        door = till.send(door.form("/billet"), code=code)
        assert door.tree.find_class("verdict-screen--yes"), door.words
    door.says("2 / 2")
    door = till.send(door.form("/billet"), code=codes[0])
    assert door.tree.find_class("verdict-screen--no"), door.words
    door.says("Entré à")
    for code in _ticket_codes(day, day.given_back):
        door = till.send(door.form("/billet"), code=code)
        assert door.tree.find_class("verdict-screen--no"), door.words
        door.says("Ce billet a été remboursé", "2 / 2")
    door = till.send(door.form("/billet"), code="pas un billet")
    assert door.tree.find_class("verdict-screen--no"), door.words
    door = till.send(door.form("/retour")).says("1 / 2")
    _sell_at_the_door(day, till, door)
    leave_till(till)


def _sell_at_the_door(day: Day, till: Browser, door: Page) -> None:
    """Somebody without a ticket buys a seat at the box office; the ticket comes out at once, no receipt unasked."""
    form = till.follow(door, "/vendre").form("/vendre/tarifs")
    rates = till.send(form, place=form.choices["place"][40:41])
    pay = till.send(rates.form("/vendre"))
    paid = till.send(pay.form("/salle/ventes/"), card_reference="004713")
    assert paid.path.endswith("/paye"), paid.url
    day.house.wait_paper("Les Voix du dedans", "Billet n°")


def _ticket_codes(day: Day, booked: Booked) -> list[str]:
    """The codes as a scanner reads them, from the pictures in the first mail: printed at home, they stay about."""
    mail = next(one for one in day.house.mails(booked.mail) if booked.reference in mail_words(one))
    pictures = [one for one in mail.iter_attachments() if one.get_content_type() == "image/png"]
    read = [zxingcpp.read_barcode(Image.open(io.BytesIO(one.get_content()))) for one in pictures]
    codes = [one.text for one in read if one is not None]
    assert len(codes) == 2, [one.get_filename() for one in pictures]
    return codes


# -- 5. closing -------------------------------------------------------------------------------------------------------


def the_tills_close(day: Day, drawers: Mapping[str, Mapping[str, int]]) -> None:
    """Each till is counted without a word of what to find, and its Z comes out; nobody closes it twice."""
    day.house.set_clock(NIGHT)
    director = sign_in_office(day, "direction")
    page = director.get("/bureau/caisses")
    for path in dict.fromkeys(page.links("/compter")):
        count = director.get(path)
        count.keeps_silent("Attendu")
        register = count.tree.findtext(".//h1") or ""
        filled = next((cents for name, cents in drawers.items() if name in register), {})
        written = {name: _euros(cents) for name, cents in filled.items()} or {"card": "0"}
        director.send(count.form("/cloturer"), status=422).says("même si c’est zéro")
        closed = director.send(count.form("/cloturer"), written)
        closed.says("Clôturée", "Z ")
        director.send(count.form("/cloturer"), written, status=409).says("clôturée")
    for code in ("R1", "H1", "V1"):
        assert f"Caisse {code}" in day.house.wait_paper(f"Z {code}-", "Signature")
    counted = day.house.wait_paper("Z R1-").partition("Écart")[2]
    assert not re.search(r"-\d+,", counted), f"a till that was counted well is not short: {counted}"


def the_day_is_sealed(day: Day) -> None:
    """The next morning the house is started again, goes on with its data, and the clock seals the day before."""
    day.house.set_clock(NEXT_MORNING)
    day.house.start_again()

    def sealed() -> bool:
        return VISIT_ON in sign_in_office(day, "finances").get("/bureau/journal/clotures").words

    wait_until(sealed, what=f"the closing of {VISIT_ON}", seconds=45, pause=1)
    finance = sign_in_office(day, "finances")
    closings = finance.get("/bureau/journal/clotures")
    finance.get(next(one for one in closings.links("/bureau/journal/clotures/")))


def _euros(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02}"
