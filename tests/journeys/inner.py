"""What staff and workers do that day, at the office and at the tills."""

from lxml.html import HtmlElement

from tests.journeys.client import Browser, Form, Page
from tests.journeys.day import (
    AFTERNOON,
    DIRECTOR_PIN,
    EVENING,
    MORNING,
    NIGHT,
    NOON,
    STAFF,
    SURNAMES,
    VISIT_ON,
    WORKERS,
    Day,
)

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
    chit = day.house.wait_paper("ARACHIDES" if False else "rachides")
    assert "TABLE" in chit
    till.send(tab.form("/note"))
    day.house.wait_paper("NOTE")
    _settle_lunch(day, till, tab)


def _order(till: Browser, tab: Page) -> Page:
    """One dish of every category, each option answered, an allergy on the first."""
    for position, category in enumerate(tab.links("categorie=")):
        shelf = till.get(category)
        tile = next((one for one in shelf.links("/plats/")), None)
        if tile is None:
            tab = till.send(shelf.form("/ajouter"))
            continue
        dish = till.get(tile)
        form = dish.form("/ajouter")
        chosen = _one_of_each_group(form.element)
        note = {"note": "Allergie aux arachides", "allergy": form.choices["allergy"][0]} if position == 0 else {}
        tab = till.send(form, {**({"options": chosen} if chosen else {}), **note, "quantity": 2})
    return tab


def _one_of_each_group(form: HtmlElement) -> list[str]:
    first: dict[str, str] = {}
    for control in form.iter("input"):
        if control.get("name") == "options" and control.get("data-group"):
            first.setdefault(control.get("data-group") or "", control.get("value") or "")
    return list(first.values())


def _settle_lunch(day: Day, till: Browser, tab: Page) -> None:
    bill = till.follow(tab, "/payer").says("Acompte déjà payé", "20,00 €")
    sale = till.send(bill.form("/payer"), meal_voucher_cents=str(MEAL_VOUCHER_CENTS), card_reference="TPE 004711")
    assert sale.path.startswith("/caisse/ventes/"), sale.words
    day.lunch = sale.path.rpartition("/")[2]
    printed = till.send(sale.form("/ticket"))
    paper = day.house.wait_paper("TPE 004711" if False else sale.find(r"(R1-\d{6})"))
    assert "Indemnisation" in paper or "victimes" in paper, paper
    printed.says("duplicata")
