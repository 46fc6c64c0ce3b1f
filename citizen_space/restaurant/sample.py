"""The sample restaurant: forty-four seats, two lunches, a short card that changes with the season."""

from datetime import date, datetime, time

from sqlmodel import Session, select

from citizen_space.kit.keys import Keys
from citizen_space.products.models import Category, Option, Price, Product
from citizen_space.restaurant.models import Sitting, Table

OPENED_ON = date(2026, 9, 1)

# code, fewest covers, most covers, zone, shape, x, y
TABLES = [
    ("1", 1, 2, "fenêtre", "square", 6, 10),
    ("2", 1, 2, "fenêtre", "square", 22, 10),
    ("3", 1, 2, "fenêtre", "square", 38, 10),
    ("4", 1, 2, "fenêtre", "square", 54, 10),
    ("5", 2, 4, "salle", "square", 8, 36),
    ("6", 2, 4, "salle", "square", 28, 36),
    ("7", 2, 4, "salle", "square", 48, 36),
    ("8", 2, 4, "salle", "square", 68, 36),
    ("9", 3, 6, "fond", "long", 8, 64),
    ("10", 3, 6, "fond", "long", 34, 64),
    ("11", 4, 8, "fond", "round", 62, 62),
]

# name_fr, name_en, starts, turn minutes, most covers
SITTINGS = [
    ("Premier service", "First sitting", time(12, 30), 90, 24),
    ("Second service", "Second sitting", time(13, 15), 90, 24),
]

# code, name_fr, name_en, icon, station
CATEGORIES = [
    ("formules", "Formules", "Set menus", "utensils", "kitchen"),
    ("entrees", "Entrées", "Starters", "salad", "kitchen"),
    ("plats", "Plats", "Mains", "cooking-pot", "kitchen"),
    ("desserts", "Desserts", "Desserts", "cake-slice", "kitchen"),
    ("boissons", "Boissons", "Drinks", "cup-soda", "bar"),
]

# category, code, name_fr, name_en, description_fr, description_en, cents, course, allergens, origin, icon
DISHES = [
    (
        "entrees",
        "soupe",
        "Velouté de potimarron",
        "Squash soup",
        "Éclats de châtaigne, huile de courge",
        "Chestnut pieces, pumpkin-seed oil",
        900,
        1,
        "milk,celery",
        "",
        "soup",
    ),
    (
        "entrees",
        "tartare",
        "Tartare de daurade",
        "Sea bream tartare",
        "Pomme verte, citron, aneth",
        "Green apple, lemon, dill",
        1100,
        1,
        "fish",
        "",
        "fish",
    ),
    (
        "entrees",
        "oeuf",
        "Œuf parfait, champignons",
        "Slow-cooked egg, mushrooms",
        "Crème de cèpes, mouillette",
        "Porcini cream, toast soldier",
        950,
        1,
        "eggs,milk,gluten",
        "",
        "egg",
    ),
    (
        "plats",
        "agneau",
        "Crumble d’agneau au jus de thym",
        "Lamb crumble, thyme jus",
        "Épaule confite huit heures, carottes",
        "Shoulder cooked for eight hours, carrots",
        1900,
        2,
        "gluten,milk",
        "Agneau : élevé et abattu en France",
        "beef",
    ),
    (
        "plats",
        "maquereau",
        "Maquereau à l’unilatérale",
        "Mackerel, seared on one side",
        "Champignons, brisures de châtaignes",
        "Mushrooms, chestnut pieces",
        1700,
        2,
        "fish,mustard",
        "",
        "fish",
    ),
    (
        "plats",
        "assiette",
        "Assiette végétale du mois",
        "Vegetable plate of the month",
        "Légumes d’automne rôtis, noisettes",
        "Roasted autumn vegetables, hazelnuts",
        1500,
        2,
        "nuts,sesame",
        "",
        "carrot",
    ),
    (
        "plats",
        "piece",
        "Pièce de bœuf, pommes grenaille",
        "Beef, new potatoes",
        "Sauce à l’échalote",
        "Shallot sauce",
        2100,
        2,
        "milk,sulphites",
        "Bœuf : né, élevé et abattu en France",
        "beef",
    ),
    (
        "desserts",
        "pain-perdu",
        "Pain perdu, caramel",
        "French toast, caramel",
        "Brioche maison, crème fraîche",
        "House brioche, cream",
        800,
        3,
        "gluten,eggs,milk",
        "",
        "croissant",
    ),
    (
        "desserts",
        "choco",
        "Tout choco",
        "All chocolate",
        "Mousse, sablé, grué",
        "Mousse, shortbread, nibs",
        850,
        3,
        "gluten,eggs,milk,soybeans",
        "",
        "cake-slice",
    ),
    (
        "desserts",
        "pommes",
        "Pommes renversées",
        "Upside-down apples",
        "Caramel de cidre sans alcool",
        "Alcohol-free cider caramel",
        750,
        3,
        "gluten,milk",
        "",
        "apple",
    ),
    (
        "boissons",
        "aurore",
        "Aurore",
        "Aurore",
        "Cocktail maison sans alcool, anis",
        "House alcohol-free cocktail, aniseed",
        600,
        None,
        "",
        "",
        "martini",
    ),
    (
        "boissons",
        "vitamine",
        "Vitaminé",
        "Vitaminé",
        "Gingembre, citron, pomme",
        "Ginger, lemon, apple",
        600,
        None,
        "",
        "",
        "glass-water",
    ),
    (
        "boissons",
        "eau",
        "Eau pétillante 50 cl",
        "Sparkling water 50 cl",
        "",
        "",
        350,
        None,
        "",
        "",
        "droplets",
    ),
    ("boissons", "cafe", "Café", "Coffee", "", "", 200, 4, "", "", "coffee"),
    ("boissons", "the", "Thé ou infusion", "Tea or herbal tea", "", "", 300, 4, "", "", "leaf"),
]

# product code, group_fr, group_en, required, [(name_fr, name_en, extra cents)]
OPTIONS = [
    (
        "piece",
        "Cuisson",
        "Cooking",
        True,
        [("Bleue", "Blue", 0), ("Saignante", "Rare", 0), ("À point", "Medium", 0), ("Bien cuite", "Well done", 0)],
    ),
    (
        "agneau",
        "Accompagnement",
        "Side",
        False,
        [("Purée de céleri", "Celeriac mash", 0), ("Légumes rôtis en plus", "Extra roasted vegetables", 300)],
    ),
    ("the", "Choix", "Choice", True, [("Thé noir", "Black tea", 0), ("Verveine", "Verbena", 0)]),
]


def plant(session: Session, *, at: datetime, keys: Keys) -> None:
    """Lay the sample restaurant out; does nothing when it already stands."""
    if session.exec(select(Table)).first() is not None:
        return
    session.add_all(
        Table(code=code, min_covers=fewest, max_covers=most, zone=zone, shape=shape, x=x, y=y)
        for code, fewest, most, zone, shape, x, y in TABLES
    )
    session.add_all(
        Sitting(
            name_fr=name_fr,
            name_en=name_en,
            weekdays="01234",
            starts=starts,
            turn_minutes=minutes,
            max_covers=covers,
            valid_from=OPENED_ON,
        )
        for name_fr, name_en, starts, minutes, covers in SITTINGS
    )
    _plant_card(session)


def _plant_card(session: Session) -> None:
    categories = {
        code: Category(room="restaurant", name_fr=name_fr, name_en=name_en, sort=sort, icon=icon, station=station)
        for sort, (code, name_fr, name_en, icon, station) in enumerate(CATEGORIES)
        if code != "formules"
    }
    session.add_all(categories.values())
    session.flush()
    products = {dish[1]: _dish(categories[dish[0]], dish) for dish in DISHES}
    session.add_all(products.values())
    session.flush()
    for dish in DISHES:
        session.add(Price(product_id=products[dish[1]].id or 0, price_cents=dish[6], valid_from=OPENED_ON))
    for code, group_fr, group_en, required, choices in OPTIONS:
        for sort, (name_fr, name_en, extra) in enumerate(choices):
            session.add(
                Option(
                    product_id=products[code].id or 0,
                    group_fr=group_fr,
                    group_en=group_en,
                    name_fr=name_fr,
                    name_en=name_en,
                    extra_cents=extra,
                    required=required,
                    sort=sort,
                )
            )


def _dish(category: Category, dish: tuple) -> Product:  # type: ignore[type-arg]
    _, code, name_fr, name_en, text_fr, text_en, _cents, course, allergens, origin, icon = dish
    return Product(
        room="restaurant",
        category_id=category.id or 0,
        code=code,
        name_fr=name_fr,
        name_en=name_en,
        description_fr=text_fr,
        description_en=text_en,
        vat_key="vat_on_site",
        course=course,
        allergens=allergens,
        origin=origin,
        icon=icon,
    )
