"""The adapter between HTTP and the house: one request, one transaction; return commits, raise rolls back.

The only asynchronous code of the house: it reads the body, then runs everything else in one hop to a thread.
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import DataError, IntegrityError
from sqlmodel import Session
from starlette.convertors import Convertor, register_url_convertor
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from citizen_space.kit.crypto import fingerprint
from citizen_space.kit.db import is_foreign_key_violation
from citizen_space.kit.errors import Counted, NotAllowed, NotFound, Refusal, SignInNeeded, Unreadable
from citizen_space.kit.text import _
from citizen_space.web import reading, sessions
from citizen_space.web.reading import NOTHING, Sent, UnreadableForm
from citizen_space.web.roles import ANYONE
from citizen_space.web.visit import House, SurfacePlace, Visit, log

# A room.py or a factory of routes takes Starlette's words from here.
__all__ = ["ANYONE", "Endpoint", "Handler", "Response", "Route", "act", "call_out", "page", "raw"]

Handler = Callable[[Visit], Response]
Kind = Literal["page", "act", "call_out", "raw"]
_SAFE = ("GET", "HEAD", "OPTIONS")
_LARGEST_ID = 2**31 - 1


class DayConvertor(Convertor[date]):
    """A date in a path: `/restaurant/{on:day}`. The 31st of February is no page of ours."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def convert(self, value: str) -> date:
        """Read it; the surface answers 404 to the ValueError of a date that is none."""
        return date.fromisoformat(value)

    def to_string(self, value: date) -> str:
        """Write it."""
        return value.isoformat()


register_url_convertor("day", DayConvertor())


class ForeignOrigin(NotAllowed):
    """Another site tried to act in this person's name."""

    sentence = _("Cette demande vient d’un autre site. Revenez à la page et recommencez.")


class ChoiceGone(Refusal):
    """What was chosen in a form is not there, or not any more."""

    sentence = _("Ce que vous avez choisi n’existe pas, ou n’existe plus. Revenez à la page et recommencez.")


class MethodNotAllowed(Refusal):
    """The address exists, but not for this."""

    status = 405
    sentence = _("Cette adresse ne s’utilise pas ainsi.")


def page(
    path: str, handler: Handler, *, roles: Iterable[str] = ANYONE, name: str | None = None, shared: bool = False
) -> Route:
    """Show something: GET, in a session that cannot write. `shared`: the same for everybody, so drawn for many."""
    return _route(path, Endpoint("page", handler, roles=roles, shared=shared), ("GET",), name)


def act(
    path: str,
    handler: Handler,
    *,
    form: type[BaseModel] | None = None,
    again: Handler | None = None,
    roles: Iterable[str] = ANYONE,
    name: str | None = None,
    once: bool = False,
) -> Route:
    """Do something: POST, in a session that writes; refused, it is undone and `again` draws the page anew.

    `once`: what it makes has no key of its own, so the one its page carries is kept; sent again, it does nothing more.
    """
    return _route(path, Endpoint("act", handler, form=form, again=again, roles=roles, once=once), ("POST",), name)


def call_out(
    path: str,
    *,
    before: Callable[[Visit], Any],
    outside: Callable[[House, Any], Any],
    after: Callable[[Visit, Any, Any], Response],
    form: type[BaseModel] | None = None,
    again: Handler | None = None,
    roles: Iterable[str] = ANYONE,
    methods: Iterable[str] = ("GET", "POST"),
    name: str | None = None,
) -> Route:
    """Write, then call the network with no session open, then write again. A Response from `before` ends it there."""
    endpoint = Endpoint("call_out", before, outside=outside, after=after, form=form, again=again, roles=roles)
    return _route(path, endpoint, tuple(methods), name)


def raw(
    path: str,
    handler: Callable[[Visit], Any],
    *,
    outside: Callable[[House, Any], Any] | None = None,
    after: Callable[[Visit, Any, Any], Response] | None = None,
    methods: Iterable[str] = ("POST",),
    name: str | None = None,
) -> Route:
    """Take the bytes of a machine (`visit.body`): stored and committed by `handler` before anything else is done.

    No browser is behind it: its origin is not checked, so the handler checks a signature or a token.
    """
    return _route(path, Endpoint("raw", handler, outside=outside, after=after), tuple(methods), name)


def _route(path: str, endpoint: "Endpoint", methods: tuple[str, ...], name: str | None) -> Route:
    return Route(path, endpoint, methods=methods, name=name or getattr(endpoint.handler, "__qualname__", path))


def is_from_here(headers: Headers) -> bool:
    """Tell whether a browser says that the request comes from one of our own pages."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2] == headers.get("host")


class Endpoint:
    """One route of a surface, as an ASGI application."""

    def __init__(
        self,
        kind: Kind,
        handler: Callable[[Visit], Any],
        *,
        form: type[BaseModel] | None = None,
        again: Handler | None = None,
        outside: Callable[[House, Any], Any] | None = None,
        after: Callable[[Visit, Any, Any], Response] | None = None,
        roles: Iterable[str] = ANYONE,
        shared: bool = False,
        once: bool = False,
    ) -> None:
        self.kind, self.handler, self.form, self.again, self.shared = kind, handler, form, again, shared
        self.once = once
        self.outside, self.after, self.roles = outside, after, frozenset(roles)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope)
        house: House = scope["house"]
        visit: Visit | None = None
        try:
            sent = await self._read(request, receive, house)
            visit = Visit(request, house, scope["surface"], house.clock(), sent)
            response = await self._answer(visit)
        except Exception as error:
            response = await _in_thread(house, draw_error, request, error)
        await response(scope, receive, send)

    async def _read(self, request: Request, receive: Receive, house: House) -> Sent:
        if "\0" in request.scope["path"] or b"%00" in request.scope["query_string"]:
            raise Unreadable
        if request.method in _SAFE:
            return NOTHING
        limit = house.config.max_body_bytes
        if self.kind == "raw":
            return Sent(await reading.read_body(receive, request.headers, limit), {}, {})
        if not is_from_here(request.headers):
            raise ForeignOrigin
        return await reading.read_sent(receive, request.headers, limit)

    async def _answer(self, visit: Visit) -> Response:
        house = visit.house
        if self.kind == "page":
            shown: Response = await _in_thread(house, self._show, visit)
            return shown
        if visit.request.method == "HEAD":  # looking must not do
            return Response()
        result = await _in_thread(house, self._do, visit)
        if self.after is None or isinstance(result, Response):
            return visit.finish(result)
        return await self._call_out(visit, result)

    async def _call_out(self, visit: Visit, prepared: Any) -> Response:
        outside, house = self.outside, visit.house
        loop = asyncio.get_running_loop()
        try:
            told = await loop.run_in_executor(house.outside, outside, house, prepared) if outside else None
        except Refusal as refusal:
            work: tuple[Any, ...] = (self._refused, visit, refusal)
        else:
            work = (self._conclude, visit, prepared, told)
        response: Response = await _in_thread(house, *work)
        return response

    # -- in the thread -----------------------------------------------------------------------------------------------

    def _show(self, visit: Visit) -> Response:
        key = visit.shelf_key() if self.shared else None
        if key is None:
            return self._draw(visit)
        return visit.house.shelf.show(key, visit.at, visit.request.headers, lambda: self._draw(visit))

    def _draw(self, visit: Visit) -> Response:
        with visit.house.database.read() as session:
            return visit.finish(self._within(visit, session, self.handler))

    def _do(self, visit: Visit) -> Any:
        """Write; whatever is refused has undone everything before the page is drawn again."""
        try:
            form = self._parse(visit)
            with visit.house.database.write() as session:
                if self.once:
                    return self._within(visit, session, self._do_once, form)
                return self._within(visit, session, self.handler, form)
        except _REFUSALS as error:
            return self._refused(visit, as_refusal(error))
        except IntegrityError as error:
            return self._refused(visit, as_gone(error))
        finally:
            visit.leave()

    def _do_once(self, visit: Visit) -> Response:
        submission = str(visit.sent.typed.get("submission", ""))
        if not submission:
            return self.handler(visit)  # type: ignore[no-any-return]
        # What was typed is part of the key: who goes back, changes a field and sends means another act.
        key = fingerprint(f"{visit.request.url.path} {sorted(visit.sent.typed.items())!r}")
        led_to = sessions.begin_act(visit.session, key, visit.at)
        if led_to is not None:
            return RedirectResponse(led_to, 303)
        response: Response = self.handler(visit)
        sessions.end_act(visit.session, key, response.headers.get("location", visit.request.url.path))
        return response

    def _conclude(self, visit: Visit, prepared: Any, told: Any) -> Response:
        after = self.after
        assert after is not None
        try:
            with visit.house.database.write() as session:
                response = self._within(visit, session, lambda v: after(v, prepared, told), visit.form)
            return visit.finish(response)
        except _REFUSALS as error:
            return self._refused(visit, as_refusal(error))
        except IntegrityError as error:
            return self._refused(visit, as_gone(error))

    def _parse(self, visit: Visit) -> BaseModel | None:
        visit.typed = reading.tidy(self.form, visit.sent.typed)
        reading.check_text(self.form, visit.sent.typed)
        if self.form is None or visit.request.method in _SAFE:
            return None
        return reading.parse(self.form, visit.sent.typed, visit.sent.uploads)

    def _within(
        self, visit: Visit, session: Session, handler: Callable[[Visit], Any], form: BaseModel | None = None
    ) -> Any:
        visit.enter(session)
        self._check_roles(visit)
        if visit.path:
            _check_path(visit)
        if form is not None:
            visit.form = form
        if visit.who and visit.token and self.kind != "page":
            sessions.touch(session, visit.token, visit.who, visit.at, device=visit.device)
        return handler(visit)

    def _check_roles(self, visit: Visit) -> None:
        if not self.roles:
            return
        if visit.who is None:
            raise SignInNeeded
        if visit.who.role not in self.roles:
            raise NotAllowed

    def _refused(self, visit: Visit, refusal: Refusal) -> Response:
        if isinstance(refusal, Counted):
            with visit.house.database.write() as session:
                refusal.remember(session)
        if self.again is None or isinstance(refusal, SignInNeeded | NotAllowed | NotFound):
            return draw_refusal(visit, refusal)
        explain(visit, refusal)
        try:
            with visit.house.database.read() as session:
                response: Response = self._within(visit, session, self.again)
        except Refusal as second:
            return draw_refusal(visit, second)
        except _UNHELD:  # what was typed names a row by a number that no row can have
            return draw_refusal(visit, refusal)
        if response.status_code == 200:
            response.status_code = refusal.status
        return visit.finish(response)


# What the database or a number of ours cannot hold.
_UNHELD = (DataError, OverflowError)
_REFUSALS = (Refusal, ValidationError, *_UNHELD)


async def _in_thread(house: House, work: Callable[..., Any], *arguments: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(house.threads, work, *arguments)


def as_refusal(error: Exception) -> Refusal:
    """Say in our own words what pydantic refused, or what the database could not hold."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, ValidationError):
        return reading.explain(error)
    log.warning("a value reached the database that it cannot hold", exc_info=error)
    return Unreadable()


def as_gone(error: IntegrityError) -> Refusal:
    """Say that a row which a form names is not there; any other broken constraint is a mistake of ours and raised."""
    if not is_foreign_key_violation(error):
        raise error
    log.warning("a form named a row that is not there", exc_info=error)
    return ChoiceGone()


def _check_path(visit: Visit) -> None:
    """No row has a number that large, and the database would not take it."""
    if any(isinstance(value, int) and not -1 < value <= _LARGEST_ID for value in visit.path.values()):
        raise NotFound


def explain(visit: Visit, refusal: Refusal) -> None:
    """Put a refusal where the templates look for it: beside its field, else over the page."""
    if isinstance(refusal, UnreadableForm):
        visit.errors = refusal.fields_in(visit.language)
    elif isinstance(refusal, Unreadable):
        visit.errors = refusal.fields
    elif refusal.field:
        visit.errors = {refusal.field: [refusal.say_in(visit.language)]}
    visit.problem = None if visit.errors else refusal.say_in(visit.language)


# -- error pages -----------------------------------------------------------------------------------------------------


def draw_error(request: Request, error: Exception) -> Response:
    """Answer for whatever was raised: a refusal in its words, a mistake of ours with an apology and a log entry."""
    house: House = request.scope["house"]
    surface: SurfacePlace = request.scope["surface"]
    visit = Visit(request, house, surface, house.clock())
    if isinstance(error, _REFUSALS):
        return draw_refusal(visit, as_refusal(error))
    log.error("%s %s failed", request.method, request.scope["path"], exc_info=error)
    return _draw(visit, 500, None)


def draw_refusal(visit: Visit, refusal: Refusal) -> Response:
    """Say no in the surface's look; who has not signed in is sent to do so."""
    if isinstance(refusal, SignInNeeded) and visit.surface.name != "agent":
        return visit.finish(visit.redirect(visit.surface.sign_in))
    explain(visit, refusal)
    said = visit.problem or " ".join(sentence for ones in visit.errors.values() for sentence in ones)
    return _draw(visit, refusal.status, said)


def _draw(visit: Visit, status: int, problem: str | None) -> Response:
    visit.errors, visit.problem = {}, problem
    if visit.surface.name == "agent":
        return Response(problem or "error", status, media_type="text/plain")
    template = "web/fragment.html" if visit.fragment else "web/error.html"
    try:
        with visit.house.database.read() as session:
            visit.enter(session)
            return visit.finish(visit.render(template, status, status=status, problem=problem))
    except Exception:
        log.exception("the page that says no could not be drawn")
        return HTMLResponse(_BARE % (problem or str(_SORRY)), status)


_SORRY = _("Quelque chose n’a pas marché chez nous. Rien n’a été perdu. Réessayez dans un instant.")
_BARE = '<!doctype html><html lang="fr"><meta charset="utf-8"><title>Espace citoyen</title><p>%s</p></html>'


class Missing(Endpoint):
    """The page for an address that no route knows."""

    def __init__(self) -> None:
        super().__init__("page", _raise_not_found)


def _raise_not_found(_visit: Visit) -> Response:
    raise NotFound


class Elsewhere(Endpoint):
    """The page for a method that an address does not know."""

    def __init__(self) -> None:
        super().__init__("page", _raise_method)


def _raise_method(_visit: Visit) -> Response:
    raise MethodNotAllowed
