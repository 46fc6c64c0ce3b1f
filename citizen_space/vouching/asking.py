"""How a till asks staff to vouch: a reason from the list and a PIN, judged with no session open. One for every act."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Any

from citizen_space.kit.text import translate
from citizen_space.staff import service as staff
from citizen_space.vouching import rules, service
from citizen_space.vouching.forms import VouchForm
from citizen_space.vouching.models import Act
from citizen_space.vouching.rules import Voucher
from citizen_space.web.endpoint import Handler, Response, Route, call_out
from citizen_space.web.roles import HEADS_OF, ROOM_HEADS, TILL
from citizen_space.web.visit import House, Visit

Do = Callable[[Visit, Voucher], None]
Roles = Callable[[Visit], Collection[str]]


@dataclass(frozen=True)
class Tried:
    """A PIN between the two transactions."""

    guess: staff.Guess
    secret: str


def heads_of_till(visit: Visit) -> Collection[str]:
    """Those who run the room of this till: no worker vouches for another, nor a head for somebody else's room."""
    room = visit.device.room if visit.device is not None else None
    return HEADS_OF[room] if room is not None else ROOM_HEADS


def heads_of(room: str) -> Roles:
    """Those who run a room, wherever its act is done."""
    return lambda _visit: HEADS_OF[room]


def screen_of(visit: Visit) -> str:
    """The screen at which tries are counted: its register, or the address of one that is no till yet."""
    if visit.device is not None:
        return f"register:{visit.device.register_id}"
    client = visit.request.client
    return f"screen:{client.host if client else 'unknown'}"


def vouched(
    path: str,
    do: Do,
    *,
    act: Act,
    then: Handler,
    again: Handler,
    form: type[VouchForm] = VouchForm,
    by: Roles = heads_of_till,
) -> Route:
    """Do an act of a till on the word of staff, once; `then` answers, the first time and when it is sent again."""
    return call_out(
        path,
        before=partial(_begin, act),
        outside=_judge,
        after=partial(_finish, act, do, then, by),
        form=form,
        again=again,
        roles=TILL,
        methods=("POST",),
        name=do.__qualname__,
    )


def _begin(act: Act, visit: Visit) -> Tried:
    """Count the try before it is judged; a reason that is none costs no try."""
    form: VouchForm = visit.form
    rules.check_reason(act, form.reason)
    return Tried(*staff.begin_pin(visit.session, form.staff_pin, device=screen_of(visit), at=visit.at))


def _judge(house: House, tried: Tried) -> bool:
    """Hash with no session open: it takes a while on purpose, and the other tills must not wait for it."""
    return tried.guess.is_right(tried.secret, house.keys.pin_pepper)


def _finish(act: Act, do: Do, then: Handler, by: Roles, visit: Visit, tried: Tried, right: bool) -> Response:
    form: VouchForm = visit.form
    account = staff.vouch(visit.session, tried.guess, right=right, roles=by(visit), at=visit.at)
    voucher = Voucher(act, form.reason, visit.actor, staff.actor_of(account), form.submission)
    if not service.is_done(visit.session, voucher.key):
        do(visit, voucher)
    return then(visit)


def asked(visit: Visit, act: Act) -> dict[str, Any]:
    """Return what the page that asks for an override shows of it."""
    return {
        "act_name": translate(rules.ACT_NAMES[act], visit.language),
        "reasons": [(code, translate(word, visit.language)) for code, word in rules.REASONS[act].items()],
    }
