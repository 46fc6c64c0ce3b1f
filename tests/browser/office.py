"""What staff and finance do at the office."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.cast import Cast, look
from tests.browser.paper import keep_paper
from tests.journeys.day import SURNAMES, Booked


def clear_guests(cast: Cast, page: Page, booked: Booked) -> None:
    """Open the names, which is noted, and clear each guest."""
    page.goto("/bureau/acces")
    look(cast.screens, page, "also/office-vetting")
    page.get_by_role("row", name=booked.reference).get_by_role("button", name="Ouvrir les identités").click()
    expect(page.get_by_text(SURNAMES[0])).to_be_visible()
    for left in (1, 0):
        page.get_by_role("button", name="Autoriser").first.click()
        expect(page.get_by_role("button", name="Autoriser")).to_have_count(left)


def open_tills(cast: Cast, page: Page) -> None:
    """Open every till's session."""
    page.goto("/bureau/caisses")
    waiting = page.get_by_role("button", name="Ouvrir la caisse")
    for left in reversed(range(waiting.count())):
        waiting.first.click()
        page.goto("/bureau/caisses")
        expect(waiting).to_have_count(left)
    look(cast.screens, page, "also/office-tills")


def let_guests_in(cast: Cast, page: Page, booked: Booked) -> None:
    """Find the party on the day's list and note who comes in; never an amount of money."""
    page.goto("/bureau/porte")
    assert "€" not in page.locator("main").inner_text()
    row = page.get_by_role("row", name=booked.reference)
    for _ in SURNAMES:
        row.get_by_role("button", name="Noter l’arrivée").first.click()
        page.wait_for_load_state()
    expect(row.get_by_role("button", name="Noter le départ")).to_have_count(2)
    look(cast.screens, page, "office-gate")


def close_till(cast: Cast, page: Page, register: str, counted: dict[str, str]) -> None:
    """Count without being told what to find; the Z comes out of the printer."""
    page.goto("/bureau/caisses")
    card = page.locator("section.card", has=page.get_by_role("heading", name=register))
    card.get_by_role("link", name="Compter et clôturer").click()
    assert "Attendu" not in page.locator("main").inner_text()
    for label, amount in counted.items():
        page.get_by_label(label).fill(amount)
    look(cast.screens, page, "also/office-count")
    page.get_by_role("button", name="Clôturer la caisse").click()
    expect(page.get_by_text("Clôturée").first).to_be_visible()
    look(cast.screens, page, "office-closing")
    keep_paper(cast, "paper-closing", "Z R1-", "Signature")


def prepare_transfer(cast: Cast, page: Page) -> str:
    """See what is owed and prepare the transfer of it. Gives the address of its page."""
    page.goto("/bureau/part")
    look(cast.screens, page, "also/office-share")
    page.get_by_role("button", name="Préparer un virement de").first.click()
    expect(page.get_by_role("heading", name=re.compile("^Virement "))).to_be_visible()
    return page.url


def approve_transfer(cast: Cast, page: Page, address: str) -> None:
    """The second person approves, and makes the file."""
    page.goto(address)
    page.get_by_role("button", name="Approuver le virement de").click()
    page.get_by_role("button", name="Produire le fichier pour la banque").click()
    with page.expect_download() as waited:
        page.get_by_role("button", name="Télécharger le fichier").click()
    assert b"pain.001.001.09" in Path(waited.value.path()).read_bytes()
    look(cast.screens, page, "office-transfer")


def import_trial_statement(cast: Cast, page: Page, folder: Path) -> None:
    """Fetch the trial statement, give it back as the bank would, and see its line matched."""
    page.goto("/bureau/banque/essai")
    with page.expect_download() as waited:
        page.get_by_role("button", name="Télécharger le relevé d’essai").click()
    statement = folder / "statement.xml"
    waited.value.save_as(statement)
    page.goto("/bureau/banque")
    page.get_by_label("Fichier du relevé").set_input_files(statement)
    page.get_by_role("button", name="Importer le relevé").click()
    expect(page.get_by_role("heading", name=re.compile("Relevé"))).to_be_visible()
    look(cast.screens, page, "office-statement")


def walk(cast: Cast, page: Page, number: str) -> None:
    """From the receipt to the bank by links alone."""
    page.goto("/bureau/ventes")
    page.get_by_role("link", name=number).first.click()
    expect(page.get_by_role("heading", name=number)).to_be_visible()
    look(cast.screens, page, "office-walk")


def read_month(cast: Cast, page: Page, surname: str) -> None:
    """A worker's month, as the office reads it."""
    page.goto("/bureau/decomptes")
    look(cast.screens, page, "also/office-months")
    page.get_by_role("link", name=surname).first.click()
    expect(page.get_by_text("Décompte du mois")).to_be_visible()
    look(cast.screens, page, "office-month")
