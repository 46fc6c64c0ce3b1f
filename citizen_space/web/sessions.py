"""Sign-ins and registered tills: random tokens in cookies, their hashes in the database, revocable at once."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, bindparam, delete, select, update
from sqlmodel import Session, col
from sqlmodel import select as sqlmodel_select

from citizen_space.kit.actor import Actor, ActorKind
from citizen_space.kit.crypto import fingerprint
from citizen_space.kit.db import change, find_by, get_by_id, insert_once, lock_row
from citizen_space.kit.errors import NotFound
from citizen_space.kit.statements import Statement
from citizen_space.web.models import Device as DeviceRow
from citizen_space.web.models import DoneAct, SignIn

# A day's work and its pauses. Screens lock themselves long before; this ends what was forgotten.
LONGEST = timedelta(hours=14)
LONGEST_IDLE = timedelta(hours=4)
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who is signed in."""

    kind: Literal["worker", "staff"]
    id: int
    role: str
    name: str
    code: str
    register_id: int | None
    last_seen_at: datetime

    @property
    def actor(self) -> Actor:
        """Who they are, as sealed rows and paper may show it."""
        kind: ActorKind = self.kind
        return Actor(kind=kind, id=self.id, code=self.code)


@dataclass(frozen=True, slots=True)
class Device:
    """The registered till that this browser is."""

    id: int
    register_id: int
    code: str
    name: str
    room: str | None


def sign_in(
    session: Session,
    *,
    kind: Literal["worker", "staff"],
    subject_id: int,
    role: str,
    name: str,
    code: str,
    register_id: int | None,
    at: datetime,
    device_id: int | None = None,
) -> str:
    """Open a sign-in and give the token that proves it."""
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            token_hash=fingerprint(token),
            kind=kind,
            subject_id=subject_id,
            role=role,
            name=name,
            code=code,
            register_id=register_id,
            device_id=device_id,
            started_at=at,
            last_seen_at=at,
        )
    )
    session.flush()
    return token


def sign_out(session: Session, token: str, at: datetime) -> None:
    """End the sign-in that a token proves."""
    _end(session, col(SignIn.token_hash) == fingerprint(token), at)


def sign_out_everywhere(session: Session, *, kind: Literal["worker", "staff"], subject_id: int, at: datetime) -> None:
    """End every sign-in of a person: their rights changed, or they left."""
    _end(session, (col(SignIn.kind) == kind) & (col(SignIn.subject_id) == subject_id), at)


def _end(session: Session, which: ColumnElement[bool], at: datetime) -> None:
    session.exec(update(SignIn).where(which, col(SignIn.ended_at).is_(None)).values(ended_at=at))


# Asked at every request of the inner surfaces: built once, and on the tables rather than the mapped classes.
_IN, _TILL = SignIn.metadata.tables["web_sign_in"], DeviceRow.metadata.tables["web_device"]
_WHO = [_IN.c[name] for name in ("kind", "subject_id", "role", "name", "code", "register_id", "last_seen_at")]
_DEVICE = [_TILL.c[name] for name in ("id", "register_id", "code", "name", "room")]
_IS_TILL = (_TILL.c.token_hash == bindparam("device")) & _TILL.c.revoked_at.is_(None)
_FIND_DEVICE = Statement(select(*_DEVICE).where(_IS_TILL))
_FIND_VISITOR = Statement(
    select(*_WHO, *_DEVICE)
    .select_from(_IN.outerjoin(_TILL, _IS_TILL))
    .where(
        _IN.c.token_hash == bindparam("token"),
        _IN.c.ended_at.is_(None),
        _IN.c.started_at > bindparam("not_before"),
        _IN.c.last_seen_at > bindparam("awake_since"),
    )
)


def find_who(session: Session, token: str | None, at: datetime) -> Who | None:
    """Find who a token signs in, unless it was ended, is too old or has rested too long."""
    return find_visitor(session, token, None, at)[0]


def find_device(session: Session, token: str | None) -> Device | None:
    """Find the till that a token registers, unless it was revoked."""
    if not token:
        return None
    row = _FIND_DEVICE.first(session, device=fingerprint(token))
    return Device(*row) if row else None


def find_visitor(
    session: Session, token: str | None, device_token: str | None, at: datetime
) -> tuple[Who | None, Device | None]:
    """Find who it is and on which till, in one statement."""
    if not token:
        return None, find_device(session, device_token)
    row = _FIND_VISITOR.first(
        session,
        token=fingerprint(token),
        device=fingerprint(device_token or ""),
        not_before=at - LONGEST,
        awake_since=at - LONGEST_IDLE,
    )
    if row is None:
        return None, find_device(session, device_token)
    who, device = row[: len(_WHO)], row[len(_WHO) :]
    return Who(*who), Device(*device) if device[0] is not None else None


def begin_act(session: Session, key: str, at: datetime) -> str | None:
    """Take the key of an act; where it led when it was done before, None when it is to be done now.

    Of two at once the second waits here for the end of the first.
    """
    if insert_once(session, DoneAct(key=key, done_at=at)):
        return None
    return get_by_id(session, DoneAct, key).location


def end_act(session: Session, key: str, location: str) -> None:
    """Note where an act led."""
    change(session, get_by_id(session, DoneAct, key), location=location)


def forget_acts(session: Session, before: datetime) -> None:
    """Forget acts that nobody sends again any more."""
    session.exec(delete(DoneAct).where(col(DoneAct.done_at) < before))


def touch(session: Session, token: str, who: Who, at: datetime, *, device: Device | None = None) -> None:
    """Note that somebody is still there, and the screen too, once a minute at most."""
    if at - who.last_seen_at < SEEN_EVERY:
        return
    session.exec(update(SignIn).where(col(SignIn.token_hash) == fingerprint(token)).values(last_seen_at=at))
    if device is not None:
        see_device(session, device.id, at)


def see_device(session: Session, device_id: int, at: datetime) -> None:
    """Note when a screen was last used."""
    session.exec(update(DeviceRow).where(col(DeviceRow.id) == device_id).values(last_seen_at=at))


def list_open(session: Session, at: datetime) -> Sequence[SignIn]:
    """List who is signed in, on whichever screen, the last seen first."""
    return session.exec(
        sqlmodel_select(SignIn)
        .where(
            col(SignIn.ended_at).is_(None),
            col(SignIn.started_at) > at - LONGEST,
            col(SignIn.last_seen_at) > at - LONGEST_IDLE,
        )
        .order_by(col(SignIn.last_seen_at).desc(), col(SignIn.id).desc())
    ).all()


def get_open(session: Session, sign_in_id: int, at: datetime) -> SignIn:
    """Return a sign-in that is still open."""
    found = session.get(SignIn, sign_in_id)
    if found is None or found.ended_at is not None or found.last_seen_at <= at - LONGEST_IDLE:
        raise NotFound
    return found


def register_device(
    session: Session, register_id: int, code: str, name: str, at: datetime, *, room: str | None = None, by: str = ""
) -> str:
    """Make this browser a till and give the token that proves it."""
    token = secrets.token_urlsafe(32)
    session.add(
        DeviceRow(
            token_hash=fingerprint(token),
            register_id=register_id,
            code=code,
            name=name,
            room=room,
            registered_at=at,
            registered_by=by,
            last_seen_at=at,
        )
    )
    session.flush()
    return token


def list_devices(session: Session) -> Sequence[DeviceRow]:
    """List the screens that are or were tills: those in use first, then the last revoked."""
    return session.exec(
        sqlmodel_select(DeviceRow).order_by(
            col(DeviceRow.revoked_at).is_not(None), col(DeviceRow.revoked_at).desc(), col(DeviceRow.id)
        )
    ).all()


def get_device(session: Session, device_id: int) -> DeviceRow:
    """Return a screen, in use or not."""
    return get_by_id(session, DeviceRow, device_id)


def find_revoked(session: Session, token: str | None) -> DeviceRow | None:
    """Find the screen that this token registered, if it was taken out of service."""
    known = find_by(session, DeviceRow, "token_hash", fingerprint(token)) if token else None
    return known if known is not None and known.revoked_at is not None else None


def revoke_device(session: Session, device_id: int, *, by: str, reason: str, at: datetime) -> DeviceRow | None:
    """Take a screen out of service, a stolen one included, and end who is signed in on it; None if it was done."""
    device = lock_row(session, DeviceRow, device_id)
    if device.revoked_at is not None:
        return None
    device.revoked_at, device.revoked_by, device.revoked_reason = at, by, reason
    session.flush()
    _end(session, col(SignIn.device_id) == device_id, at)
    return device
