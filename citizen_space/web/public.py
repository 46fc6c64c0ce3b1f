"""What the public sees that belongs to no room: the home page and what one must know before coming."""

from starlette.responses import Response
from starlette.routing import Route

from citizen_space.kit.errors import NotFound
from citizen_space.web.endpoint import page
from citizen_space.web.visit import Visit


def home(visit: Visit) -> Response:
    """What this place is, what is open, may I bring my phone."""
    fronts = visit.house.fronts(visit.session, visit.at, visit.language)
    return visit.render("web/public/home.html", fronts=fronts)


def come(visit: Visit) -> Response:
    """How to come, and what may be brought."""
    return visit.render("web/public/venir.html")


def accessibility(visit: Visit) -> Response:
    """How accessible the site and the place are."""
    return visit.render("web/public/accessibilite.html")


def legal(visit: Visit) -> Response:
    """Who publishes this, and under which rules."""
    return visit.render("web/public/mentions.html")


def components(visit: Visit) -> Response:
    """Every component on one page, to look at while building; there is none in production."""
    if visit.house.config.production:
        raise NotFound
    return visit.render("web/components.html")


routes: list[Route] = [
    page("/", home, shared=True),
    page("/venir", come, shared=True),
    page("/accessibilite", accessibility, shared=True),
    page("/mentions", legal, shared=True),
    page("/_components", components),
]
