"""What staff see of products: the list with its prices, one product, its dated prices, on and off the menu."""

from datetime import timedelta
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from citizen_space.kit.clock import business_day
from citizen_space.kit.errors import NotFound
from citizen_space.kit.names import ROOM_NAMES
from citizen_space.kit.text import _
from citizen_space.law import queries as law
from citizen_space.products import queries, service
from citizen_space.products.forms import AvailableForm, NewProductForm, PriceForm, ProductForm
from citizen_space.products.models import Category
from citizen_space.products.rules import ALLERGEN_NAMES, parse_allergens
from citizen_space.web.endpoint import act, page
from citizen_space.web.roles import FINANCE, ROOM_HEADS
from citizen_space.web.visit import Visit

# Those who run a room keep its card; finance looks after the prices.
CARD = ROOM_HEADS | FINANCE
SAVED = _("Le produit est enregistré.")
PRICED = _("Le prix est enregistré.")
OFF = _("Le produit est retiré de la vente, partout.")
ON = _("Le produit est de nouveau en vente.")


def show_products(visit: Visit) -> Response:
    """Every product with its price of today."""
    room, text = visit.query.get("salle", ""), visit.query.get("q", "").strip()
    room = room if room in ROOM_NAMES else ""
    found = queries.list_products(
        visit.session, business_day(visit.at), room=room, text=text, only_active=visit.query.get("tous") != "1"
    )
    today = business_day(visit.at)
    rates = {
        key: law.get_bp(visit.session, key, today) for key in {product.vat_key for product, _category, _cents in found}
    }
    return visit.render("products/office/products.html", found=found, rates=rates, chosen_room=room, q=text)


def _choices(visit: Visit) -> dict[str, Any]:
    on = business_day(visit.at)
    keys = sorted({row.key for row in law.list_parameters(visit.session) if _is_rate(row.key, row.unit)})
    return {
        "categories": queries.list_categories(visit.session),
        "vat_keys": [(key, law.get_bp(visit.session, key, on)) for key in keys],
        "allergen_names": ALLERGEN_NAMES,
        "today": on,
        "tomorrow": on + timedelta(days=1),
    }


def _is_rate(key: str, unit: str) -> bool:
    return key.startswith("vat_") and unit == "percent"


def show_product(visit: Visit) -> Response:
    """One product: what is said of it, its prices, its options."""
    product = queries.get_product(visit.session, visit.path["product_id"])
    return visit.render(
        "products/office/product.html",
        product=product,
        chosen_allergens=[str(allergen) for allergen in parse_allergens(product.allergens)],
        prices=queries.list_prices(visit.session, visit.path["product_id"]),
        options=queries.list_options(visit.session, visit.path["product_id"]),
        **_choices(visit),
    )


def ask_product(visit: Visit) -> Response:
    """A new product."""
    return visit.render("products/office/new.html", product=None, chosen_allergens=[], **_choices(visit))


def add_product(visit: Visit) -> Response:
    """Add a product with its first price."""
    form: NewProductForm = visit.form
    category = visit.session.get(Category, form.category_id)
    if category is None:
        raise NotFound
    facts = form.model_dump(exclude={"category_id", "price", "allergens", "code", "name_fr", "vat_key"})
    product = service.add_product(
        visit.session,
        category=category,
        code=form.code,
        name_fr=form.name_fr,
        vat_key=form.vat_key,
        price_cents=form.price,
        valid_from=business_day(visit.at),
        allergens=form.allergens,
        **facts,
    )
    return visit.redirect(f"/produits/{product.id}", notice=SAVED)


def change_product(visit: Visit) -> Response:
    """Change what is said of a product."""
    form: ProductForm = visit.form
    service.change_product(
        visit.session, visit.path["product_id"], allergens=form.allergens, **form.model_dump(exclude={"allergens"})
    )
    return visit.redirect(f"/produits/{visit.path['product_id']}", notice=SAVED)


def set_price(visit: Visit) -> Response:
    """Set the price from a day on."""
    form: PriceForm = visit.form
    service.set_price(
        visit.session,
        visit.path["product_id"],
        price_cents=form.price,
        valid_from=form.valid_from,
        today=business_day(visit.at),
    )
    return visit.redirect(f"/produits/{visit.path['product_id']}", notice=PRICED)


def set_available(visit: Visit) -> Response:
    """Put a product on or off the menu."""
    form: AvailableForm = visit.form
    service.set_available(visit.session, visit.path["product_id"], available=form.available)
    return visit.redirect(f"/produits/{visit.path['product_id']}", notice=ON if form.available else OFF)


routes: list[Route] = [
    page("/produits", show_products, roles=CARD, name="office-products"),
    page("/produits/nouveau", ask_product, roles=CARD, name="office-new-product"),
    act("/produits", add_product, form=NewProductForm, again=ask_product, roles=CARD, once=True),
    page("/produits/{product_id:int}", show_product, roles=CARD, name="office-product"),
    act("/produits/{product_id:int}", change_product, form=ProductForm, again=show_product, roles=CARD),
    act("/produits/{product_id:int}/prix", set_price, form=PriceForm, again=show_product, roles=CARD, once=True),
    act("/produits/{product_id:int}/vente", set_available, form=AvailableForm, again=show_product, roles=CARD),
]
