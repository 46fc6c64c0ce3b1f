"""What the public does on a phone."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.cast import Cast, look
from tests.journeys.day import VISIT_ON, Booked

TABLE = "27 nov. 2026"


def look_around(cast: Cast, phone: Page) -> None:
    """What is this place, what can I do here, may I bring my phone."""
    phone.goto("/")
    look(cast.screens, phone, "phone-home")
    for path in ("/venir", "/mentions", "/accessibilite", "/restaurant", "/velos", "/spectacles", "/argent"):
        phone.goto(path)
        look(cast.screens, phone, f"also/phone{path.replace('/', '-')}", whole=True)


def choose_table(phone: Page) -> None:
    """The day, the sitting, how many."""
    phone.goto("/restaurant")
    phone.get_by_role("link", name="Réserver une table").tap()
    phone.get_by_role("button", name="Ajouter un : Combien serez-vous").tap()
    expect(phone.get_by_role("spinbutton", name="Combien serez-vous")).to_have_value("3")
    phone.get_by_role("button", name="Enlever un : Combien serez-vous").tap()
    phone.get_by_role("button", name="Voir les jours").tap()
    phone.locator(f'a[href*="/restaurant/reserver/{VISIT_ON}/"]').first.tap()
    expect(phone.get_by_role("heading", name="Qui vient déjeuner")).to_be_visible()


def name_guests(phone: Page, mail: str) -> None:
    """Who comes, and where they can be reached."""
    phone.get_by_label("Votre nom").fill("Claire Lacombe-Verdier")
    phone.get_by_label("Votre adresse électronique").fill(mail)
    phone.get_by_label("Votre téléphone").fill("06 12 34 56 78")
    for number, first, last, born in (
        (1, "Claire", "Lacombe-Verdier", "1984-02-29"),
        (2, "Idris", "Okonkwo-Marchal", "1990-07-14"),
    ):
        guest = phone.get_by_role("group", name=f"Convive {number}")
        guest.get_by_label("Prénom").fill(first)
        guest.get_by_label(re.compile("^Nom")).fill(last)
        guest.get_by_label("Date de naissance").fill(born)


def ticket(cast: Cast, phone: Page, mail: str) -> Booked:
    """Read the page at the end: the reference, and what a person needs."""
    expect(phone.get_by_role("link", name="Ajouter à mon agenda")).to_be_visible()
    expect(phone.get_by_text("Téléphones, sacs et argent liquide")).to_be_visible()
    reference = phone.locator(".qr figcaption").first.inner_text().strip()
    assert re.fullmatch(r"[0-9A-Z]{8}", reference), reference
    path = phone.url.removeprefix(cast.house.public_url)
    return Booked(path, reference, mail)


def book_table(cast: Cast, phone: Page, mail: str) -> Booked:
    """A table for two on Friday: the form is left half empty first, the card is declined first."""
    choose_table(phone)
    name_guests(phone, mail)
    look(cast.screens, phone, "also/phone-restaurant-guests", whole=True)
    phone.get_by_role("button", name="Payer l’acompte de 20,00").tap()
    expect(phone.get_by_role("heading", name="Payer 20,00")).to_be_visible()
    look(cast.screens, phone, "also/phone-pay")
    phone.get_by_role("button", name="Refuser la carte").tap()
    expect(phone.get_by_text("La carte d’essai a été refusée")).to_be_visible()
    look(cast.screens, phone, "also/phone-declined")
    phone.get_by_role("button", name="Accepter").tap()
    booked = ticket(cast, phone, mail)
    look(cast.screens, phone, "phone-restaurant-ticket")
    return booked


def seats_by_plan(cast: Cast, phone: Page, places: tuple[str, str]) -> None:
    """Touch two seats of the drawing; the price at the foot follows."""
    phone.goto("/spectacles")
    phone.get_by_role("link", name="Les Voix du dedans", exact=True).first.tap()
    phone.get_by_role("link", name="Choisir mes places").first.tap()
    for place in places:
        phone.locator("g.seat", has=phone.locator("title", has_text=re.compile(rf"^{place} "))).first.tap()
    expect(phone.locator(".bar__detail")).to_have_text(", ".join(places))
    look(cast.screens, phone, "phone-seats-plan")
    phone.get_by_role("button", name="Choisir les tarifs").tap()


def seats_by_list(page: Page, places: tuple[str, str]) -> None:
    """The same with the keyboard alone: no finger touches the page."""
    page.goto("/spectacles")
    follow_by_keyboard(page, page.get_by_role("link", name="Les Voix du dedans", exact=True).first)
    follow_by_keyboard(page, page.get_by_role("link", name="Choisir mes places").first)
    for place in places:
        box = page.get_by_role("checkbox", name=re.compile(rf"(^|\s){place}$"))
        reach(page, box)
        page.keyboard.press("Space")
        expect(box).to_be_checked()
    expect(page.locator(".bar__detail")).to_have_text(", ".join(places))
    follow_by_keyboard(page, page.get_by_role("button", name="Choisir les tarifs"))


def reach(page: Page, target: Locator) -> None:
    """Press Tab until the focus is there, as somebody without a mouse does."""
    for _ in range(400):
        page.keyboard.press("Tab")
        if target.evaluate("(one) => one === document.activeElement"):
            return
    raise AssertionError(f"the Tab key never reaches {target}")


def follow_by_keyboard(page: Page, target: Locator) -> None:
    """Reach a link or a button and press Enter."""
    reach(page, target)
    page.keyboard.press("Enter")
    page.wait_for_load_state()


def name_holders(phone: Page, mail: str) -> None:
    """Take the offered rates, name who sits where, and go to pay."""
    expect(phone.get_by_role("heading", name="À quel tarif")).to_be_visible()
    phone.get_by_role("group", name="Place").nth(1).get_by_text("Réduit").click()
    phone.get_by_role("button", name="Continuer").click()
    expect(phone.get_by_role("heading", name="Qui vient au spectacle")).to_be_visible()
    phone.get_by_label("Votre nom").fill("Amina Ferrandi")
    phone.get_by_label("Votre adresse électronique").fill(mail)
    phone.get_by_label("Votre téléphone").fill("06 12 34 56 78")
    for place, first, last in ((0, "Amina", "Lacombe-Verdier"), (1, "Paul", "Okonkwo-Marchal")):
        holder = phone.get_by_role("group", name="Place").nth(place)
        holder.get_by_label("Prénom").fill(first)
        holder.get_by_label(re.compile("^Nom")).fill(last)
    phone.get_by_role("button", name="Commander et payer").click()
    phone.get_by_role("button", name="Accepter").click()


def drop_bike(cast: Cast, phone: Page) -> Booked:
    """Choose the work, describe the bike, choose the day; nothing is paid now."""
    phone.goto("/velos")
    phone.get_by_role("link", name="Déposer mon vélo").tap()
    phone.get_by_text("Réglage des freins").tap()
    phone.get_by_label("Marque").fill("Gitane")
    phone.get_by_label("Couleur").fill("vert")
    phone.get_by_label("Ce qui ne va pas").fill("Le frein arrière ne freine plus")
    phone.locator(f'input[name="on"][value="{VISIT_ON}"]').check()
    phone.get_by_label("Votre nom").fill("Léo Quintard")
    phone.get_by_label("Votre adresse électronique").fill("leo@example.org")
    look(cast.screens, phone, "also/phone-bike", whole=True)
    phone.get_by_role("button", name="Réserver ce dépôt").tap()
    return ticket(cast, phone, "leo@example.org")


def accept_quote(cast: Cast, phone: Page, path: str) -> None:
    """The quote came by mail: each line is there to be accepted."""
    phone.goto(path)
    expect(phone.get_by_role("heading", name="Devis pour votre vélo")).to_be_visible()
    look(cast.screens, phone, "phone-quote")
    phone.get_by_role("button", name="Envoyer ma réponse").tap()
    expect(phone.get_by_text("Vous avez accepté")).to_be_visible()


def cancel(cast: Cast, phone: Page, booked: Booked) -> None:
    """Open the secret link; the policy is told before, and what comes back."""
    phone.goto(booked.path)
    phone.get_by_role("link", name="Annuler cette réservation").tap()
    expect(phone.get_by_text("Nous vous rendons")).to_be_visible()
    look(cast.screens, phone, "phone-cancel")
    phone.get_by_role("button", name="Annuler et recevoir").tap()
    expect(phone.get_by_text("Cette réservation est annulée")).to_be_visible()


def see_what_is_wrong(cast: Cast, phone: Page) -> None:
    """A form that cannot be right comes back with what was typed and a sentence for each point."""
    choose_table(phone)
    name_guests(phone, "claire@example.org")
    phone.get_by_role("group", name="Convive 2").get_by_label("Date de naissance").fill("2031-01-01")
    phone.get_by_role("button", name="Payer l’acompte").tap()
    expect(phone.get_by_role("alert")).to_contain_text("à revoir")
    expect(phone.get_by_label("Votre nom")).to_have_value("Claire Lacombe-Verdier")
    look(cast.screens, phone, "phone-error")


def read_in_english(cast: Cast, phone: Page) -> None:
    """The same place, for somebody whose phone speaks English."""
    for path, words in (("/", "restaurant"), ("/restaurant", "Book a table"), ("/velos", "Drop off my bike")):
        phone.goto(path)
        assert phone.locator("html").get_attribute("lang") == "en"
        look(cast.screens, phone, f"also/english{path.replace('/', '-')}", whole=True)
        assert words in phone.locator("main").inner_text(), phone.locator("main").inner_text()


def follow_the_money(cast: Cast, phone: Page) -> None:
    """What was set aside has arrived, and anybody may see it."""
    phone.goto("/argent")
    expect(phone.get_by_text("Arrivé").first).to_be_visible()
    look(cast.screens, phone, "phone-money")
