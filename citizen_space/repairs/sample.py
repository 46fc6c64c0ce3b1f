"""The sample workshop: a price list, ten weeks of days, and two bikes at work."""

from datetime import date, datetime, timedelta

from sqlmodel import Session, select

from citizen_space.kit.actor import Actor
from citizen_space.kit.clock import business_day
from citizen_space.kit.ids import new_key
from citizen_space.kit.keys import Keys
from citizen_space.products.models import Category, Price, Product
from citizen_space.products.queries import find_offer_by_code
from citizen_space.repairs import queries, rules, service
from citizen_space.repairs.models import WorkshopDay
from citizen_space.room import Contact

OPENED_ON = date(2026, 9, 1)
DAYS_PLANNED, MINUTES_A_DAY = 70, 480
COUNTER = Actor("worker", None, "V33")

# code, name_fr, name_en, icon
CATEGORIES = [("labour", "Travaux", "Work", "wrench"), ("parts", "Pièces", "Parts", "cog")]

# category, code, name_fr, name_en, cents, minutes (None for a part), icon
PRICES = [
    ("labour", "revision-simple", "Révision simple", "Basic service", 3500, 60, "clipboard-check"),
    ("labour", "revision-complete", "Révision complète", "Full service", 7500, 120, "clipboard-list"),
    ("labour", "crevaison", "Réparation d’une crevaison", "Puncture repair", 1200, 20, "circle-dot"),
    ("labour", "freins", "Réglage des freins", "Brake adjustment", 1500, 25, "octagon"),
    ("labour", "cable", "Changement d’un câble", "Cable replacement", 1400, 25, "cable"),
    ("labour", "transmission", "Réglage de la transmission", "Gear adjustment", 1800, 30, "settings"),
    ("labour", "roue", "Dévoilage d’une roue", "Wheel truing", 2000, 35, "circle"),
    ("labour", "pose", "Pose d’un accessoire", "Accessory fitting", 1000, 15, "plus"),
    ("parts", "chambre", "Chambre à air", "Inner tube", 700, None, "circle-dashed"),
    ("parts", "pneu", "Pneu ville", "City tyre", 2200, None, "circle"),
    ("parts", "patins", "Patins de frein (paire)", "Brake pads (pair)", 900, None, "octagon"),
    ("parts", "chaine", "Chaîne", "Chain", 1900, None, "link"),
    ("parts", "cable-frein", "Câble de frein et gaine", "Brake cable and housing", 800, None, "cable"),
    ("parts", "lampe", "Lampe avant", "Front light", 1500, None, "lightbulb"),
]

# first name, brand, model, colour, wish, condition, what is quoted; the second quote waits for its answer
BIKES = [
    ("Lucie", "Peugeot", "LC01", "vert", "Freins qui grincent", "Bon état, garde-boue rayé", ["freins", "patins"]),
    ("Omar", "Gitane", "City", "bleu", "Crevaison à l’arrière", "Pneu arrière usé", ["crevaison", "chambre"]),
]


def plant(session: Session, *, at: datetime, keys: Keys) -> None:
    """Lay the sample workshop out; once."""
    if session.exec(select(WorkshopDay)).first() is not None:
        return
    today = business_day(at)
    for on in (today + timedelta(days=n) for n in range(DAYS_PLANNED)):
        if on.weekday() < 5:
            session.add(WorkshopDay(on=on, capacity_minutes=MINUTES_A_DAY))
    _plant_prices(session)
    for place, bike in enumerate(BIKES):
        _plant_bike(session, bike, answered=place == 0, at=at)


def _plant_prices(session: Session) -> None:
    categories = {
        code: Category(room="repairs", name_fr=name_fr, name_en=name_en, sort=sort, icon=icon)
        for sort, (code, name_fr, name_en, icon) in enumerate(CATEGORIES)
    }
    session.add_all(categories.values())
    session.flush()
    for sort, (category, code, name_fr, name_en, cents, minutes, icon) in enumerate(PRICES):
        product = Product(
            room="repairs",
            category_id=categories[category].id or 0,
            code=code,
            name_fr=name_fr,
            name_en=name_en,
            vat_key="vat_bike_repair",
            icon=icon,
            minutes=minutes,
            sort=sort,
        )
        session.add(product)
        session.flush()
        session.add(Price(product_id=product.id or 0, price_cents=cents, valid_from=OPENED_ON))
    session.flush()


def _plant_bike(
    session: Session, bike: tuple[str, str, str, str, str, str, list[str]], *, answered: bool, at: datetime
) -> None:
    first_name, brand, model, colour, wish, condition, quoted = bike
    facts = rules.BikeFacts(brand=brand, model=model, colour=colour)
    work_order = service.take_in_walk_in(
        session, bike=facts, contact=Contact(first_name, ""), wish=wish, language="fr", submission=new_key(), at=at
    )
    assert work_order.id is not None
    service.arrive(session, work_order.id, condition=condition, accessories="", at=at)
    offers = [find_offer_by_code(session, code, business_day(at)) for code in quoted]
    lines = [rules.wanted(offer) for offer in offers if offer is not None]
    sent = service.quote(session, work_order.id, lines, actor=COUNTER, at=at)
    if answered:
        accepted = {line.id or 0: True for line in queries.list_quote_lines(session, sent.id)}
        service.approve(session, sent.id or 0, accepted, actor=COUNTER, at=at)
