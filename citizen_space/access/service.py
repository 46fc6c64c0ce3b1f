"""What is done about guests: named, vetted, let in and out, and forgotten."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, delete

from citizen_space.access import queries, rules
from citizen_space.access.models import Guest, Look, Purge, Vetting
from citizen_space.access.rules import GuestName as GuestName
from citizen_space.access.rules import Identity
from citizen_space.bookings import queries as bookings
from citizen_space.bookings.models import AccessPolicy, Booking
from citizen_space.kit import crypto
from citizen_space.kit.actor import Actor
from citizen_space.kit.clock import business_day
from citizen_space.kit.db import insert_missing, lock_row
from citizen_space.kit.errors import Refusal, Unreadable
from citizen_space.kit.keys import Keys
from citizen_space.kit.text import _
from citizen_space.law import queries as law
from citizen_space.staff import service as staff

# Calls a booking off in the name of the house: cancels, refunds, frees the claims, sends the neutral mail.
TurnAway = Callable[[Session, Booking, datetime], None]


class GuestsMissing(Refusal):
    """Every guest is named where the policy asks for it."""

    status = 422
    sentence = _("Indiquez le nom de chaque personne : il en faut %(wanted)s.")


class GuestsDecided(Refusal):
    """Names that were vetted are not exchanged for others."""

    sentence = _("La liste des invités est déjà contrôlée. Appelez-nous pour la modifier.")


class VettingMoved(Refusal):
    """Somebody has decided in the meantime."""

    sentence = _("Une décision a déjà été prise pour cette personne.")


class GuestNotAdmitted(Refusal):
    """Nobody comes in who is not on the list."""

    sentence = _("Cette personne n’est pas autorisée à entrer aujourd’hui.")


class GuestNotInside(Refusal):
    """Only who came in goes out."""

    sentence = _("Cette personne n’est pas notée comme présente.")


class IdentityPurged(Refusal):
    """The identity was destroyed, as promised."""

    status = 410
    sentence = _("L’identité de cette personne a été effacée.")


def name_guests(session: Session, booking: Booking, guests: Sequence[GuestName], *, keys: Keys, at: datetime) -> None:
    """Write down the guests of a booking as its policy asks; naming them again before the vetting replaces them."""
    assert booking.id is not None
    if booking.access == AccessPolicy.OPEN:
        return
    _check_named(booking, guests)
    until = rules.purge_on(booking.ends_at, law.get_int(session, "identity_purge_days", business_day(at)))
    named = [_guest(booking, position, guest, keys, until) for position, guest in enumerate(guests, start=1)]
    if insert_missing(session, Guest, named) == len(named):
        return
    if any(guest.decided_at or guest.arrived_at for guest in queries.list_guests(session, booking.id)):
        raise GuestsDecided
    session.exec(delete(Guest).where(col(Guest.booking_id) == booking.id))
    insert_missing(session, Guest, named)


def _check_named(booking: Booking, guests: Sequence[GuestName]) -> None:
    if len(guests) != booking.party_size:
        raise GuestsMissing("guests", wanted=booking.party_size)
    problems = {
        f"guest_{position}_{name}": [_("Ce champ est à remplir.")]
        for position, guest in enumerate(guests, start=1)
        for name in rules.missing(booking.access, guest)
    }
    if problems:
        raise Unreadable(problems)


def _guest(booking: Booking, position: int, guest: GuestName, keys: Keys, purge_on: date) -> dict[str, Any]:
    return {
        "booking_id": booking.id,
        "position": position,
        "first_name": guest.first_name.strip(),
        "sealed_identity": crypto.seal_text(keys.identity_key, rules.write_identity(guest)),
        "vetting": rules.first_vetting(booking.access),
        "decided_by": "",
        "purge_on": purge_on,
    }


# -- vetting ----------------------------------------------------------------------------------------------------------


def open_identity(session: Session, guest_id: int, *, purpose: str, keys: Keys, actor: Actor, at: datetime) -> Identity:
    """Read a guest's identity and write down who did."""
    return open_identities(
        session, [queries.get_guest(session, guest_id)], purpose=purpose, keys=keys, actor=actor, at=at
    )[guest_id]


def open_identities(
    session: Session, guests: Sequence[Guest], *, purpose: str, keys: Keys, actor: Actor, at: datetime
) -> dict[int, Identity]:
    """Read several identities at once, as the gate list does; each look is written down."""
    opened: dict[int, Identity] = {}
    for guest in guests:
        assert guest.id is not None
        if guest.sealed_identity is None:
            raise IdentityPurged
        session.add(Look(at=at, actor_kind=actor.kind, actor_code=actor.code, guest_id=guest.id, purpose=purpose))
        opened[guest.id] = rules.read_identity(crypto.open_text(keys.identity_key, guest.sealed_identity))
    return opened


def clear(session: Session, guest_id: int, *, actor: Actor, at: datetime) -> Guest:
    """Let a guest come."""
    return _decide(session, guest_id, Vetting.CLEARED, actor=actor, at=at)


def exempt(session: Session, guest_id: int, *, actor: Actor, at: datetime) -> Guest:
    """Let a guest come on sight of a professional card."""
    return _decide(session, guest_id, Vetting.EXEMPT, actor=actor, at=at)


def refuse(session: Session, guest_id: int, *, actor: Actor, at: datetime, turn_away: TurnAway) -> Guest:
    """Say no to a guest, without a reason: the whole booking is called off by the room, which hands in how."""
    guest = _decide(session, guest_id, Vetting.REFUSED, actor=actor, at=at)
    turn_away(session, bookings.get_booking(session, guest.booking_id), at)
    return guest


def _decide(session: Session, guest_id: int, to: Vetting, *, actor: Actor, at: datetime) -> Guest:
    guest = lock_row(session, Guest, guest_id)
    if guest.vetting == to:
        return guest
    if to not in rules.MOVES[guest.vetting]:
        raise VettingMoved
    guest.vetting, guest.decided_at, guest.decided_by = to, at, actor.code
    session.add(guest)
    # Which way it went stays in the guest's row only, and goes with it.
    staff.record(session, actor, "guest_vetted", f"guest:{guest.id}", {}, at)
    return guest


# -- at the gate ------------------------------------------------------------------------------------------------------


def arrive(session: Session, guest_id: int, *, actor: Actor, at: datetime) -> Guest:
    """Write down that a guest has come in; who went out may come back."""
    guest = lock_row(session, Guest, guest_id)
    if not rules.may_enter(guest, bookings.get_booking(session, guest.booking_id), at):
        raise GuestNotAdmitted
    if rules.is_inside(guest):
        return guest
    guest.arrived_at, guest.left_at = guest.arrived_at or at, None
    session.add(guest)
    staff.record(session, actor, "guest_in", f"guest:{guest.id}", {}, at)
    return guest


def leave(session: Session, guest_id: int, *, actor: Actor, at: datetime) -> Guest:
    """Write down that a guest has gone out."""
    guest = lock_row(session, Guest, guest_id)
    if guest.arrived_at is None:
        raise GuestNotInside
    if guest.left_at is None:
        guest.left_at = max(at, guest.arrived_at)
        session.add(guest)
        staff.record(session, actor, "guest_out", f"guest:{guest.id}", {}, at)
    return guest


def purge(session: Session, *, on: date, at: datetime) -> int:
    """Destroy the identities whose time is over; the trace says how many, never whose."""
    due = (
        update(Guest)
        .where(col(Guest.purge_on) <= on, col(Guest.sealed_identity).is_not(None))
        .values(sealed_identity=None, first_name="", purged_at=at)
        .returning(col(Guest.id))
    )
    destroyed = len(session.execute(due).all())
    if destroyed:
        session.add(Purge(at=at, upto_on=on, identities=destroyed))
    return destroyed
