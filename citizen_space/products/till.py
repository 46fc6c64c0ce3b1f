"""What a worker sees of the card: what is sold out, by one tap, on every screen at once; and how many are left."""

from starlette.responses import Response

from citizen_space.kit.clock import business_day
from citizen_space.kit.text import _, translate
from citizen_space.products import queries, service
from citizen_space.products.forms import CountForm, SoldOutForm
from citizen_space.products.rules import Offer
from citizen_space.staff import service as staff
from citizen_space.web.endpoint import Route, act, page
from citizen_space.web.roles import TILL
from citizen_space.web.visit import Visit

GONE = _("%(name)s : épuisé, partout.")
BACK = _("%(name)s : de nouveau à la carte.")
COUNTED = _("%(name)s : il en reste %(n)s.")
UNCOUNTED = _("%(name)s : on ne compte plus.")


def _room(visit: Visit) -> str:
    return (visit.device.room if visit.device else None) or "restaurant"


def _from_kitchen(visit: Visit) -> bool:
    """Whether one comes from the kitchen's screen, which stays awake and takes one back."""
    return "cuisine" in (visit.query.get("de"), visit.typed.get("de"))


def show_card(visit: Visit) -> Response:
    """Everything this room sells; a tap takes a dish off, a tap brings it back."""
    offers = queries.list_for_sale(visit.session, _room(visit), business_day(visit.at))
    categories: dict[str, list[Offer]] = {}
    for offer in offers:
        categories.setdefault(offer.category(visit.language), []).append(offer)
    kitchen = _from_kitchen(visit)
    return visit.render("products/till/card.html", categories=categories, kitchen=kitchen, stays_awake=kitchen)


def set_sold_out(visit: Visit) -> Response:
    """Take a dish off the card or bring it back; whoever taps the same at the same time changes nothing more."""
    form: SoldOutForm = visit.form
    product = queries.get_product(visit.session, form.off or form.on or 0)
    assert product.id is not None
    service.set_available(visit.session, product.id, available=form.on is not None)
    done = "product_back" if form.on else "product_sold_out"
    staff.record(visit.session, visit.actor, done, f"product:{product.code}", {}, visit.at)
    if form.on and product.portions_left == 0:
        # None is left by count: it is back once somebody says how many there are.
        return visit.redirect(f"/carte/{product.id}{_tail(visit)}")
    return _back(visit, BACK if form.on else GONE, product.id)


def _tail(visit: Visit) -> str:
    return "?de=cuisine" if _from_kitchen(visit) else ""


def _back(visit: Visit, words: str, product_id: int, **facts: object) -> Response:
    offer = queries.get_offer(visit.session, product_id, business_day(visit.at))
    told = translate(words, visit.language, name=offer.name(visit.language), **facts)
    return visit.redirect(f"/carte{_tail(visit)}", told)


def ask_count(visit: Visit) -> Response:
    """How many portions are there?"""
    offer = queries.get_offer(visit.session, visit.path["product_id"], business_day(visit.at))
    kitchen = _from_kitchen(visit)
    return visit.render("products/till/count.html", offer=offer, kitchen=kitchen, stays_awake=kitchen)


def count(visit: Visit) -> Response:
    """Count the portions from now on, or no more; at none left the dish is sold out by itself."""
    form: CountForm = visit.form
    product = service.set_portions(visit.session, visit.path["product_id"], None if form.uncounted else form.portions)
    assert product.id is not None
    detail = {"portions": product.portions_left}
    staff.record(visit.session, visit.actor, "portions_counted", f"product:{product.code}", detail, visit.at)
    words = UNCOUNTED if product.portions_left is None else COUNTED
    return _back(visit, words, product.id, n=product.portions_left)


routes: list[Route] = [
    page("/carte", show_card, roles=TILL),
    act("/carte", set_sold_out, form=SoldOutForm, again=show_card, roles=TILL),
    page("/carte/{product_id:int}", ask_count, roles=TILL),
    act("/carte/{product_id:int}", count, form=CountForm, again=ask_count, roles=TILL),
]
