"""What workers do at the tills, by touch."""

import io
import re

import zxingcpp
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.cast import Cast, check_in_sight, look, press, sign_in
from tests.browser.paper import keep_paper
from tests.journeys.day import SURNAMES, Booked
from tests.journeys.premises import mail_words

NOT_FOR_WORKERS = (*SURNAMES, "@example.org", "06 12 34 56 78", "0612345678")


def main_button(page: Page) -> Locator:
    """The one large button of a till's page."""
    return page.locator(".make__pay .button--primary")


def see(cast: Cast, page: Page, name: str) -> None:
    """Judge a till's page: accessible, nothing of a customer on it, its main button in sight."""
    words = page.locator("body").inner_text()
    assert not [secret for secret in NOT_FOR_WORKERS if secret in words], words
    if main_button(page).count():
        check_in_sight(page, main_button(page))
    assert page.evaluate("document.documentElement.scrollHeight") <= 768, f"{page.url} scrolls"
    look(cast.screens, page, name)


def work_begins(cast: Cast, page: Page, code: str) -> None:
    """Somebody who reads little signs in on the first day."""
    see(cast, page, "also/till-who")
    page.get_by_role("link", name=code).tap()
    expect(page.get_by_role("button", name="Entrer")).to_be_visible()
    see(cast, page, "till-pin")
    page.goto("/caisse/")
    sign_in(page, code)
    see(cast, page, "till-home")


def leave(page: Page) -> None:
    """Sign out: the work ends with the same gesture."""
    page.locator(".where__home").tap()
    page.get_by_role("link", name="J’ai fini").tap()
    page.get_by_role("button", name="Oui, j’ai fini").tap()
    expect(page.get_by_role("heading", name="Qui travaille")).to_be_visible()


# -- the restaurant ---------------------------------------------------------------------------------------------------


def seat(cast: Cast, page: Page, covers: int) -> None:
    """Seat the party that is expected."""
    page.get_by_role("link", name="Le restaurant").tap()
    see(cast, page, "till-restaurant-room")
    for theme, word in (("night", "true"), ("day", "false")):
        page.get_by_role("button", name="Nuit").tap()
        expect(page.get_by_role("button", name="Nuit")).to_have_attribute("aria-pressed", word)
        see(cast, page, "till-night" if theme == "night" else "also/till-day")
    page.get_by_role("button", name="Installer").first.tap()
    expect(page.locator(".where__place")).to_contain_text(f"{covers} couverts")


def take_order(cast: Cast, page: Page) -> None:
    """A starter with an allergy, a main course with its cooking, coffee; each tap draws its line."""
    page.get_by_role("link", name="Plats", exact=True).tap()
    expect(page.get_by_role("link", name="Plats", exact=True)).to_have_attribute("aria-current", "true")
    page.get_by_role("link", name="Pièce de bœuf").tap()
    expect(page.get_by_role("button", name="Ajouter", exact=True)).to_be_visible()
    page.get_by_text("Saignant").tap()
    page.get_by_label("Remarque pour la cuisine").fill("arachides")
    page.get_by_text("C’est une allergie").tap()
    see(cast, page, "also/till-restaurant-dish")
    page.get_by_role("button", name="Ajouter", exact=True).tap()
    expect(page.locator(".lines")).to_contain_text("Allergie : arachides")
    page.get_by_role("link", name="Entrées", exact=True).tap()
    expect(page.get_by_role("link", name="Entrées", exact=True)).to_have_attribute("aria-current", "true")
    page.get_by_role("button", name="Velouté de potimarron").tap()
    expect(page.locator(".lines")).to_contain_text("Velouté")
    see(cast, page, "till-restaurant-order")


def fire_courses(cast: Cast, page: Page) -> None:
    """Send each course to the kitchen; the chit comes out there, the allergy in large."""
    for course in ("Envoyer les entrées", "Envoyer les plats"):
        page.get_by_role("button", name=course).tap()
        expect(page.get_by_role("button", name=course)).to_have_count(0)
    chit = cast.house.wait_paper("arachides", "Pièce de bœuf")
    keep_paper(cast, "paper-kitchen", "arachides", "Pièce de bœuf")
    assert not [name for name in SURNAMES if name in chit], chit


def settle_lunch(cast: Cast, page: Page) -> str:
    """Note, meal vouchers, the deposit, the rest by card; the receipt because they ask. Gives its number."""
    page.get_by_role("button", name="Note", exact=True).tap()
    cast.house.wait_paper("NOTE")
    page.get_by_role("link", name="Encaisser").tap()
    expect(page.get_by_text("Acompte déjà payé")).to_be_visible()
    press(page, "Titres-restaurant", "900")
    page.get_by_label("Numéro du ticket du terminal").fill("004711")
    see(cast, page, "till-restaurant-pay")
    main_button(page).tap()
    number = page.get_by_role("heading", name=re.compile(r"R1-\d{6}")).inner_text()
    see(cast, page, "also/till-sale")
    page.get_by_role("button", name="Imprimer").first.tap()
    found = re.search(r"R1-\d{6}", number)
    assert found, number
    keep_paper(cast, "paper-receipt", found.group(), "victimes")
    return found.group()


# -- the hall ---------------------------------------------------------------------------------------------------------


def ticket_codes(cast: Cast, booked: Booked) -> list[str]:
    """Read the codes in the mail as a scanner does."""
    mail = cast.house.wait_mail(booked.mail, booked.reference)
    pictures = [one.get_content() for one in mail.iter_attachments() if one.get_content_type() == "image/png"]
    read = [zxingcpp.read_barcode(Image.open(io.BytesIO(one))) for one in pictures]
    return [one.text for one in read if one is not None]


def scan(page: Page, code: str) -> None:
    """A hand scanner types fast, wherever the focus is, and ends with Enter."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def let_in(cast: Cast, page: Page, codes: list[str]) -> None:
    """Open the doors; both tickets come in, the second scan of one is refused."""
    page.get_by_role("link", name="La salle de spectacle").tap()
    page.get_by_role("link", name="Les Voix du dedans").first.tap()
    page.get_by_role("button", name="Ouvrir les portes").tap()
    expect(page.get_by_text("Visez un billet")).to_be_visible()
    see(cast, page, "also/till-door-open")
    for count, code in enumerate(codes, start=1):
        scan(page, code)
        expect(page.locator(".door-count__figure")).to_have_text(f"{count} / {len(codes)}")
        expect(page.locator(".verdict-screen--yes")).to_be_visible()
    see(cast, page, "till-door-yes")
    scan(page, codes[0])
    expect(page.locator(".verdict-screen--no")).to_be_visible()
    see(cast, page, "till-door-no")


# -- the workshop -----------------------------------------------------------------------------------------------------


def take_in_bike(cast: Cast, page: Page) -> str:
    """Write down what comes in; the claim ticket is printed. Gives its code."""
    page.get_by_role("link", name="L’atelier vélo").tap()
    see(cast, page, "till-board")
    page.get_by_role("link", name="Gitane vert").tap()
    page.get_by_role("link", name="Prendre ce vélo").tap()
    page.get_by_label("État du vélo").fill("Rayures sur le cadre")
    page.get_by_label("Accessoires laissés").fill("Un antivol")
    see(cast, page, "also/till-bike-intake")
    main_button(page).tap()
    expect(page.get_by_role("link", name="Faire le devis")).to_be_visible()
    return cast.house.wait_paper("TICKET DE DÉPÔT", "Gitane").rpartition(" ")[2]


def quote_bike(cast: Cast, page: Page) -> str:
    """Touch what it takes and send the quote. Gives the customer's link."""
    page.get_by_role("link", name="Faire le devis").tap()
    page.get_by_text("Patins de frein").first.tap()
    see(cast, page, "also/till-bike-quote")
    main_button(page).tap()
    expect(page.get_by_text("Attend la réponse").first).to_be_visible()
    mail = cast.house.wait_mail("leo@example.org", "devis", "/velos/devis/")
    found = re.search(r"/velos/devis/[0-9a-f]{32}", mail_words(mail))
    assert found, mail_words(mail)
    return found.group()


def repair_bike(cast: Cast, page: Page, claim: str) -> None:
    """Start, pause, start, done; pay; hand over against the code."""
    page.reload()
    page.get_by_role("button", name="Commencer").tap()
    see(cast, page, "also/till-bike-work")
    page.get_by_role("button", name="Pause").tap()
    page.get_by_role("button", name="Commencer").tap()
    page.get_by_role("button", name="C’est réparé").tap()
    page.get_by_label("Numéro du ticket du terminal").fill("004712")
    see(cast, page, "also/till-bike-pay")
    main_button(page).tap()
    page.get_by_role("link", name="Terminé").tap()
    page.get_by_role("link", name="Gitane vert").tap()
    page.get_by_label("Code du ticket du client").fill(claim)
    page.get_by_role("button", name="Rendre le vélo").tap()
    expect(page.get_by_text("Le vélo est rendu")).to_be_visible()
