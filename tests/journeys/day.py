"""The acts of one day at the house, each by the pages alone: what the public, the workers and the staff do."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.journeys.client import Browser, Page
from tests.journeys.premises import Premises, mail_words

VISIT_ON = "2026-11-27"  # the Friday: the first day a vetted table can be had, and a show in the evening
MORNING = datetime(2026, 11, 27, 8, 30, tzinfo=UTC)
NOON = datetime(2026, 11, 27, 11, 32, tzinfo=UTC)
AFTERNOON = datetime(2026, 11, 27, 13, 30, tzinfo=UTC)
EVENING = datetime(2026, 11, 27, 18, 35, tzinfo=UTC)
NEXT_MORNING = datetime(2026, 11, 28, 7, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 27, 20, 30, tzinfo=UTC)
SURNAMES = ("Lacombe-Verdier", "Okonkwo-Marchal")
STAFF = {
    "direction": "tilleul-4821",
    "chef": "thym-7350",
    "regie": "rideau-2694",
    "atelier": "pignon-5178",
    "portail": "portail-9036",
    "finances": "registre-6412",
    "comptable": "balance-3587",
    "admin": "clavier-1943",
}
WORKERS = {"R13": "8164", "H21": "1386", "V31": "9153", "R12": "5072"}
DIRECTOR_PIN = "014821"


@dataclass
class Booked:
    """What somebody holds after booking: where it stands and what it is called."""

    path: str
    reference: str
    mail: str


@dataclass
class Day:
    """One day, and what its people remember from act to act."""

    house: Premises
    table: Booked | None = None
    seats: Booked | None = None
    given_back: Booked | None = None
    bike: Booked | None = None
    lunch: str = ""
    repair: str = ""
    people: dict[str, Browser] = field(default_factory=dict)

    def who(self, surface: str, name: str) -> Browser:
        """This person's browser, opened once."""
        if name not in self.people:
            self.people[name] = self.house.browser(surface, name)
        return self.people[name]

    def close(self) -> None:
        """Close every browser."""
        for browser in self.people.values():
            browser.close()


# -- 1. the public ----------------------------------------------------------------------------------------------------


def the_public_looks_around(day: Day) -> None:
    """The home page says what the place is and what is open; the practical pages answer."""
    phone = day.who("public", "looker")
    phone.get("/").says("Espace citoyen des Tilleuls", "restaurant", "spectacle", "vélo")
    phone.get("/venir")
    phone.get("/mentions")
    phone.get("/accessibilite")
    phone.get("/?lang=en").says("Restaurant")


def _pay(phone: Browser, page: Page, choice: str = "accept", *, status: int = 200) -> Page:
    """Decide at the sandbox's page."""
    page.says("Paiement d’essai", "Aucun argent ne circule")
    return phone.send(page.form("/bac-a-sable/"), choice=choice, status=status)


def _check_ticket(day: Day, phone: Browser, page: Page, mail: str, *, prefix: str) -> Booked:
    """The page at the end: reference, code, calendar, what may not be brought; the same in a mail."""
    assert page.path.startswith(f"{prefix}/reservation/"), page.url
    reference = page.find(r"\b([0-9A-Z]{8})\b")
    page.says("Téléphones, sacs et argent liquide", "Ajouter à mon agenda", "Annuler")
    assert page.tree.find_class("qr") or page.tree.findall(".//figure"), "no code on the page"
    calendar = phone.follow(page, "/calendrier.ics")
    assert "BEGIN:VEVENT" in calendar.response.text
    assert calendar.response.headers["content-type"].startswith("text/calendar")
    return Booked(page.path, reference, mail)


def book_a_table(day: Day, phone: Browser, mail: str, *, choice: str = "accept") -> Page:
    """Day, sitting, covers, the guests' names, the deposit."""
    card = phone.get("/restaurant")
    days = phone.follow(card, "/restaurant/reserver")
    days = phone.send(days.form("/restaurant/reserver"), couverts=2)
    days.says("27 nov. 2026")
    assert not days.links("/restaurant/reserver/2026-11-26"), "four days ahead, not three"
    guests = phone.follow(days, f"/restaurant/reserver/{VISIT_ON}/1")
    guests.says("Qui vient déjeuner", "une personne" if "1 pers" in guests.words else "2 personnes")
    filled = {
        "name": "Claire Lacombe-Verdier",
        "email": mail,
        "phone": "06 12 34 56 78",
        "guest_1_first_name": "Claire",
        "guest_1_last_name": SURNAMES[0],
        "guest_1_born_on": "1984-02-29",
        "guest_2_first_name": "Idris",
        "guest_2_last_name": SURNAMES[1],
        "guest_2_born_on": "1990-07-14",
    }
    return _pay(phone, phone.send(guests.form("/restaurant/reserver"), filled), choice)


def the_table(day: Day) -> None:
    """Two people lunch on Friday; the secret link sends the mail again."""
    phone = day.who("public", "claire")
    page = book_a_table(day, phone, "claire@example.org")
    page.says("Une table pour 2 personnes", "20,00 €")
    day.table = _check_ticket(day, phone, page, "claire@example.org", prefix="/restaurant")
    phone.send(page.form("/renvoyer"))
    elsewhere = day.who("public", "claire at home")
    elsewhere.get(day.table.path).says(day.table.reference)
    elsewhere.get(
        day.table.path[:-1] + "0" * (day.table.path[-1] != "0") + "1" * (day.table.path[-1] == "0"), status=404
    )


def a_cancelled_table(day: Day) -> None:
    """Another booking is cancelled: the policy is shown before, and by it all the deposit is given back."""
    phone = day.who("public", "samuel")
    page = book_a_table(day, phone, "samuel@example.org")
    asked = phone.follow(page, "/annuler")
    asked.says("Nos conditions", "Vous avez payé", "Nous vous rendons")
    gone = phone.send(asked.form("/annuler"))
    gone.says("Cette réservation est annulée")


def a_declined_card(day: Day) -> None:
    """A card is declined, the place is kept, another card is accepted."""
    phone = day.who("public", "nadia")
    page = book_a_table(day, phone, "nadia@example.org", choice="decline")
    page.says("La carte d’essai a été refusée")
    page = _pay(phone, page)
    page.says("Une table pour 2 personnes")
    phone.send(phone.follow(page, "/annuler").form("/annuler")).says("Cette réservation est annulée")


def an_abandoned_payment(day: Day) -> None:
    """Somebody leaves the payment page; what they held is let go a quarter of an hour later."""
    phone = day.who("public", "hugo")
    page = book_a_table(day, phone, "hugo@example.org", choice="abandon")
    page.says("Vous n’avez pas payé", "Rien n’a été débité")
    assert not day.house.mails("hugo@example.org")


def open_the_plan(phone: Browser) -> Page:
    """The hall of Friday's show, where the free seats may be chosen."""
    programme = phone.get("/spectacles").says("Les Voix du dedans")
    event = phone.follow(programme, words="Les Voix du dedans")
    return phone.follow(event, "/spectacles/seances/")


def list_free_seats(plan: Page) -> list[str]:
    """The seats that the plan offers."""
    return [one for one in plan.form("/tarifs").choices["place"] if one]


def book_seats(day: Day, phone: Browser, mail: str, guests: Sequence[tuple[str, str]], *, first: int) -> Booked:
    """Two numbered seats on Friday's show, one at a reduced rate, paid at once."""
    plan = open_the_plan(phone)
    form, two = plan.form("/tarifs"), list_free_seats(plan)[first : first + 2]
    rates = phone.send(form, place=two)
    rates.says("À quel tarif")
    form = rates.form("/noms")
    names = phone.send(form, {f"tarif_{two[1]}": form.choices[f"tarif_{two[1]}"][1]})
    filled = {"name": " ".join(guests[0]), "email": mail, "phone": "0612345679"}
    for number, (first_name, last_name) in enumerate(guests, start=1):
        filled |= {f"guest_{number}_first_name": first_name, f"guest_{number}_last_name": last_name}
    page = _pay(phone, phone.send(names.form("/spectacles/reserver"), filled))
    page.says("Les Voix du dedans", "Vos billets", "Imprimez cette page")
    return _check_ticket(day, phone, page, mail, prefix="/spectacles")


def the_seats(day: Day) -> None:
    """Two parties book two seats each for Friday's show; one of them will not be able to come."""
    amina, basile = day.who("public", "amina"), day.who("public", "basile")
    guests = [("Amina", "Ferrandi-Roche"), ("Paul", "Zielinski-Roy")]
    day.seats = book_seats(day, amina, "amina@example.org", guests, first=20)
    others = [("Basile", "Thévenin-Diop"), ("Lou", "Castagnier-Roux")]
    day.given_back = book_seats(day, basile, "basile@example.org", others, first=30)


def the_bike(day: Day) -> None:
    """A bike is brought on Friday; nothing is paid now."""
    phone = day.who("public", "leo")
    form = phone.follow(phone.get("/velos"), "/velos/deposer").form("/velos/deposer")
    filled = {
        "products": form.choices["products"][:1],
        "brand": "Gitane",
        "colour": "vert",
        "kind": "city",
        "wish": "Le frein arrière ne freine plus",
        "on": VISIT_ON,
        "name": "Léo Quintard",
        "email": "leo@example.org",
    }
    page = phone.send(form, filled)
    day.bike = _check_ticket(day, phone, page, "leo@example.org", prefix="/velos")


def the_mails(day: Day) -> None:
    """Each booking was confirmed by a mail with its link and its calendar; one was sent again, one says it is off."""
    for booked in (day.table, day.seats, day.given_back, day.bike):
        assert booked is not None
        sent = day.house.wait_mail(booked.mail, booked.reference)
        assert booked.path in mail_words(sent)
        assert any("calendar" in part.get_content_type() for part in sent.iter_attachments())
    assert day.table is not None
    day.house.wait_mail("claire@example.org", day.table.reference, count=2)
    day.house.wait_mail("samuel@example.org", "annul")
