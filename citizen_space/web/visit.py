"""One visit: who asks what, when, in which language, and the one session they get."""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol, TypeVar
from urllib.parse import parse_qsl, quote, urlencode

from itsdangerous import BadSignature, URLSafeSerializer
from pydantic import BaseModel
from sqlmodel import Session
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from citizen_space.config import Config
from citizen_space.kit import clock
from citizen_space.kit.actor import PUBLIC, Actor
from citizen_space.kit.db import Database
from citizen_space.kit.errors import Refusal
from citizen_space.kit.ids import new_secret
from citizen_space.kit.keys import Keys
from citizen_space.kit.text import _, translate
from citizen_space.web import reading, sessions
from citizen_space.web.language import choose_language
from citizen_space.web.models import Device as DeviceRow
from citizen_space.web.reading import NOTHING, Sent, Upload
from citizen_space.web.sessions import Device, Who
from citizen_space.web.shelf import Shelf
from citizen_space.web.templating import Templates

COOKIE_VISIT, COOKIE_INNER, COOKIE_DEVICE = "cs_visit", "cs_inner", "cs_device"
_YEAR = 365 * 24 * 3600
# Who has just acted sees what came of it, and not what was drawn for everybody a moment before.
_OWN_EFFECT = timedelta(seconds=2)
Form = TypeVar("Form", bound=BaseModel)
SurfaceName = Literal["public", "till", "office", "agent"]
log = logging.getLogger("citizen_space.web")

__all__ = ["Device", "Front", "House", "SurfacePlace", "Upload", "Visit", "Who"]


class NotATill(Refusal):
    """This browser was never made a till."""

    status = 403
    sentence = _("Cet appareil n’est pas une caisse. Demandez au personnel de l’enregistrer.")


@dataclass(frozen=True)
class Front:
    """What a room shows of itself on the home page."""

    room: str
    title: str
    text: str
    url: str
    next_openings: list[str]


def _nobody_paid(_session: Session, _payment_id: int, _at: datetime) -> str:
    raise LookupError("this house was built without a handler of payments")


def _nobody_refuses(_session: Session, _booking_id: int, _at: datetime) -> None:
    raise LookupError("this house was built without a way to call a booking off")


class CallOff(Protocol):
    """Cancels a booking in the house's name: all is given back at a register, and the party is told."""

    def __call__(
        self,
        session: Session,
        booking_id: int,
        at: datetime,
        /,
        *,
        actor: Actor,
        reason: str,
        key: str,
        register_id: int,
    ) -> None: ...


def _nobody_calls_off(
    _session: Session, _booking_id: int, _at: datetime, *, actor: Actor, reason: str, key: str, register_id: int
) -> None:
    raise LookupError("this house was built without a way to call a booking off")


def _no_fronts(_session: Session, _at: datetime, _language: str) -> list[Front]:
    return []


def _nothing_more(_visit: "Visit") -> Mapping[str, Any]:
    return {}


@dataclass
class House:
    """What every request shares; made once by app.py."""

    database: Database
    config: Config
    keys: Keys
    templates: Templates
    payments: Any = None
    mail: Any = None
    on_paid: Callable[[Session, int, datetime], str] = _nobody_paid
    # Calls a booking off in the house's name, in full and without a reason: a guest was not admitted.
    on_refused: Callable[[Session, int, datetime], None] = _nobody_refuses
    # The same, decided by staff who give a sale back: with their reason, at the register they choose.
    call_off: CallOff = _nobody_calls_off
    fronts: Callable[[Session, datetime, str], list[Front]] = _no_fronts
    # What the base templates show of the storeys above the web: the house's name, the office's menu.
    furnish: Callable[["Visit"], Mapping[str, Any]] = _nothing_more
    clock: Callable[[], datetime] = clock.now
    cookies: URLSafeSerializer = field(init=False)
    threads: ThreadPoolExecutor = field(init=False)
    outside: ThreadPoolExecutor = field(init=False)
    shelf: Shelf = field(init=False)
    # What every page tells and may be a moment old, by its name, with when it was asked.
    told: dict[str, tuple[datetime, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cookies = URLSafeSerializer(self.keys.cookie_secret.hex(), salt="visit")
        self.shelf = Shelf(self.database)
        self.threads = ThreadPoolExecutor(self.config.threads, thread_name_prefix="house")
        # Calls to the outside wait on their own: a slow card processor must not empty the pool of threads.
        self.outside = ThreadPoolExecutor(16, thread_name_prefix="outside")

    def close(self) -> None:
        """Let the threads go and close the database."""
        self.threads.shutdown(wait=True)
        self.outside.shutdown(wait=False, cancel_futures=True)
        self.database.dispose()


@dataclass(frozen=True)
class SurfacePlace:
    """Which surface a request came to, and where that surface stands."""

    name: SurfaceName
    prefix: str
    sign_in: str


class Visit:
    """What a handler gets. `render` and `redirect` make its answer."""

    __slots__ = (
        "_cookies",
        "_memory",
        "_remembered",
        "_session",
        "at",
        "device",
        "errors",
        "form",
        "house",
        "language",
        "notice",
        "path",
        "problem",
        "query",
        "request",
        "sent",
        "surface",
        "token",
        "typed",
        "who",
    )

    def __init__(self, request: Request, house: House, surface: SurfacePlace, at: datetime, sent: Sent = NOTHING):
        self.request, self.house, self.surface, self.at, self.sent = request, house, surface, at, sent
        self.path: dict[str, Any] = request.path_params
        self.query: QueryParams = request.query_params
        self.typed: Mapping[str, Any] = {}
        self.form: Any = None
        self.errors: dict[str, list[str]] = {}
        self.problem: str | None = None
        self.who: Who | None = None
        self.device: Device | None = None
        self._session: Session | None = None
        self._cookies: dict[str, tuple[str, str, int | None]] = {}
        self.token: str | None = None
        self._recall()

    # -- what was remembered in the browser --------------------------------------------------------------------------

    def _recall(self) -> None:
        self._memory: dict[str, Any] = self._read_memory()
        self._remembered = dict(self._memory)
        asked = self.query.get("lang")
        self.language = choose_language(asked, self._memory.get("language"), self.request.headers)
        if asked == self.language:
            self._memory["language"] = asked
        self.notice: str | None = self._memory.pop("notice", None) if self.request.method == "GET" else None

    def _read_memory(self) -> dict[str, Any]:
        cookie = self.request.cookies.get(COOKIE_VISIT)
        if not cookie:
            return {}
        try:
            memory = self.house.cookies.loads(cookie)
        except BadSignature:
            return {}
        return memory if isinstance(memory, dict) else {}

    @property
    def browser_key(self) -> str:
        """A random name of this browser, by which it finds its own abandoned hold again."""
        key: str = self._memory.setdefault("browser_key", new_secret())
        return key

    @property
    def known_browser_key(self) -> str:
        """This browser's name if it was given one; empty for who has never booked anything."""
        key: str = self._memory.get("browser_key", "")
        return key

    def keep_apart(self, until: datetime) -> None:
        """Draw every page for this browser alone until then: it holds a place, or has just changed something."""
        self._memory["apart_until"] = max(int(until.timestamp()) + 1, self._memory.get("apart_until", 0))

    def shelf_key(self) -> tuple[str, str] | None:
        """Under which name this page may be shared; None when it says something to this visitor alone."""
        asks = self.request.scope
        plain = asks["method"] == "GET" and not asks["query_string"] and not self.fragment
        if not plain or self.surface.name != "public" or self._memory != self._remembered:
            return None
        if self._memory.get("apart_until", 0) > self.at.timestamp():
            return None
        return asks["path"], self.language

    # -- the session -------------------------------------------------------------------------------------------------

    @property
    def session(self) -> Session:
        """The one session of this request."""
        if self._session is None:
            raise RuntimeError("no session is open here: nothing may be read or written while the network is called")
        return self._session

    def enter(self, session: Session) -> None:
        """Work in this session from now on; on the inner surfaces, find out who asks."""
        self._session = session
        if self.surface.name in ("till", "office"):
            self._recognise(session)

    def _recognise(self, session: Session) -> None:
        cookies = self.request.cookies
        self.token = cookies.get(COOKIE_INNER)
        who, self.device = sessions.find_visitor(session, self.token, cookies.get(COOKIE_DEVICE), self.at)
        self.who = who if who is not None and self._is_in_place(who) else None

    def _is_in_place(self, who: Who) -> bool:
        """A PIN opens the till it was typed on and nothing else: the office asks for a code and perhaps one more."""
        if self.surface.name == "office" or who.register_id is None:
            return who.register_id is None
        return self.device is not None and self.device.register_id == who.register_id

    def leave(self) -> None:
        """Forget the session: it is closed."""
        self._session = None

    @property
    def actor(self) -> Actor:
        """Who acts: the person signed in, else the public."""
        return self.who.actor if self.who else PUBLIC

    @property
    def register_id(self) -> int:
        """The register of this till. Raises NotATill in any other browser."""
        if self.device is None:
            raise NotATill
        return self.device.register_id

    # -- what was sent -----------------------------------------------------------------------------------------------

    @property
    def body(self) -> bytes:
        """The bytes as they came: what a signature is checked against."""
        return self.sent.body

    @property
    def uploads(self) -> Mapping[str, Upload]:
        """The files that came with the form."""
        return self.sent.uploads

    def ask(self, form: type[Form]) -> Form:
        """Read the address's `?query` as a form."""
        return reading.parse(form, dict(self.query))

    @property
    def fragment(self) -> bool:
        """True when a script asks for a piece of the page only."""
        return self.request.headers.get("hx-request") == "true"

    # -- the answer --------------------------------------------------------------------------------------------------

    def url(self, path: str) -> str:
        """Put a path of this surface where the surface stands."""
        return self.surface.prefix + path if path.startswith("/") else path

    def render(self, template: str, status_code: int = 200, **context: Any) -> Response:
        """Draw a page or a piece of one."""
        found = self.house.templates.get(template, self.language)
        return HTMLResponse(found.render({**self._context(), **self.house.furnish(self), **context}), status_code)

    def _context(self) -> dict[str, Any]:
        return {
            "who": self.who,
            "device": self.device,
            "surface": self.surface.name,
            "errors": self.errors,
            "typed": self.typed,
            "problem": self.problem,
            "notice": self.notice,
            "now": self.at,
            "url": self.url,
            "current_path": self.request.scope["path"],
            "switch_language_url": self._switch_language_url(),
        }

    def _switch_language_url(self) -> str:
        query = self.request.scope["query_string"]
        kept = [pair for pair in parse_qsl(query.decode("latin-1")) if pair[0] != "lang"] if query else []
        other = "en" if self.language == "fr" else "fr"
        # Quoted and with one slash: "//elsewhere" and "/\\elsewhere" are addresses of other houses.
        path = quote("/" + self.request.scope["path"].lstrip("/"))
        here = path if self.request.method in ("GET", "HEAD") else self.url("/")
        return f"{here}?{urlencode([*kept, ('lang', other)])}"

    def redirect(self, path: str, notice: str | None = None) -> Response:
        """Send the browser on after an act, with a word for the next page in the reader's language."""
        if notice:
            self._memory["notice"] = translate(notice, self.language)
        if self.surface.name == "public" and self.request.method == "POST":
            self.keep_apart(self.at + _OWN_EFFECT)
        if self.fragment:
            return Response(status_code=204, headers={"HX-Redirect": self.url(path)})
        return RedirectResponse(self.url(path), status_code=303)

    # -- cookies -----------------------------------------------------------------------------------------------------

    def sign_in(
        self,
        *,
        kind: Literal["worker", "staff"],
        subject_id: int,
        role: str,
        name: str,
        code: str,
        register_id: int | None = None,
    ) -> None:
        """Sign somebody in on this surface: ends the sign-in before, opens one, gives its cookie."""
        if self.token:
            sessions.sign_out(self.session, self.token, self.at)
        token = sessions.sign_in(
            self.session,
            kind=kind,
            subject_id=subject_id,
            role=role,
            name=name,
            code=code,
            register_id=register_id,
            device_id=self.device.id if self.device is not None and register_id is not None else None,
            at=self.at,
        )
        if self.device is not None and register_id is not None:
            sessions.see_device(self.session, self.device.id, self.at)
        self.set_inner_cookie(token)

    def sign_out(self) -> None:
        """Sign out whoever is signed in here."""
        if self.token:
            sessions.sign_out(self.session, self.token, self.at)
        self.who = None
        self._cookies[COOKIE_INNER] = ("", self.surface.prefix or "/", 0)

    def set_inner_cookie(self, token: str) -> None:
        """Give this surface's cookie of a sign-in; till and office each have their own."""
        self._cookies[COOKIE_INNER] = (token, self.surface.prefix or "/", None)

    @property
    def revoked_device(self) -> DeviceRow | None:
        """The till that this browser was until staff took it out of service."""
        return sessions.find_revoked(self.session, self.request.cookies.get(COOKIE_DEVICE))

    def register_device(self, register_id: int, code: str, name: str, *, room: str | None = None, by: str = "") -> None:
        """Make this browser a till; the one that it was before is none any more."""
        if self.device is not None:
            sessions.revoke_device(self.session, self.device.id, by=by, reason="moved", at=self.at)
        token = sessions.register_device(self.session, register_id, code, name, self.at, room=room, by=by)
        self._cookies[COOKIE_DEVICE] = (token, "/", 5 * _YEAR)

    def finish(self, response: Response) -> Response:
        """Put the cookies that changed on an answer."""
        if self._memory != self._remembered:
            self._cookies[COOKIE_VISIT] = (str(self.house.cookies.dumps(self._memory)), "/", _YEAR)
        secure = self.request.scope["scheme"] == "https"
        for name, (value, path, max_age) in self._cookies.items():
            response.set_cookie(name, value, max_age=max_age, path=path, secure=secure, httponly=True, samesite="lax")
        response.headers.setdefault("cache-control", "no-cache" if self.surface.name == "public" else "no-store")
        return response
