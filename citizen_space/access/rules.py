"""What is true of guests: what each access policy asks for, when a list is complete, when an identity is destroyed."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from citizen_space.access.models import Guest, Vetting
from citizen_space.bookings.models import AccessPolicy, Booking
from citizen_space.bookings.rules import LIVE
from citizen_space.kit.clock import business_day

MAY_ENTER: frozenset[str] = frozenset({Vetting.CLEARED, Vetting.EXEMPT, Vetting.NOT_NEEDED})

# From each state the ones staff may give: a refusal stands, since the booking falls with it.
MOVES: dict[str, frozenset[str]] = {
    Vetting.PENDING: frozenset({Vetting.CLEARED, Vetting.REFUSED, Vetting.EXEMPT}),
    Vetting.CLEARED: frozenset({Vetting.REFUSED}),
    Vetting.EXEMPT: frozenset({Vetting.CLEARED, Vetting.REFUSED}),
    Vetting.NOT_NEEDED: frozenset({Vetting.REFUSED}),
    Vetting.REFUSED: frozenset(),
}


@dataclass(frozen=True)
class GuestName:
    """A person as the party's booker names them."""

    first_name: str
    last_name: str = ""
    born_on: date | None = None
    born_in: str = ""


@dataclass(frozen=True)
class Identity:
    """What is sealed of a person."""

    last_name: str
    born_on: str
    born_in: str


def write_identity(guest: GuestName) -> str:
    """Write a person's identity as the text that is sealed."""
    born_on = guest.born_on.isoformat() if guest.born_on else ""
    return json.dumps(asdict(Identity(guest.last_name.strip(), born_on, guest.born_in.strip())), ensure_ascii=False)


def read_identity(text: str) -> Identity:
    """Read what was sealed."""
    return Identity(**json.loads(text))


def first_vetting(access: str) -> Vetting:
    """Say in which state a guest begins."""
    return Vetting.PENDING if access == AccessPolicy.VETTED else Vetting.NOT_NEEDED


def missing(access: str, guest: GuestName) -> list[str]:
    """Name what a policy asks for and a guest lacks."""
    asked = {AccessPolicy.OPEN: [], AccessPolicy.NAMED: ["first_name", "last_name"]}.get(
        AccessPolicy(access), ["first_name", "last_name", "born_on"]
    )
    return [name for name in asked if not getattr(guest, name)]


def is_complete(access: str, party_size: int, guests: Sequence[Guest]) -> bool:
    """Tell whether everybody of a party is named, where names are asked for."""
    return access == AccessPolicy.OPEN or len(guests) == party_size


def may_all_enter(access: str, party_size: int, guests: Sequence[Guest]) -> bool:
    """Tell whether the gate may let the whole party in."""
    return is_complete(access, party_size, guests) and all(guest.vetting in MAY_ENTER for guest in guests)


def may_enter(guest: Guest, booking: Booking, at: datetime) -> bool:
    """Tell whether a guest may come in now: allowed, of a booking that stands, on its own day."""
    today = business_day(booking.starts_at) == business_day(at)
    return guest.vetting in MAY_ENTER and booking.status in LIVE and today


def purge_on(ends_at: datetime, kept_days: int) -> date:
    """Say on which day a guest's identity is destroyed."""
    return business_day(ends_at) + timedelta(days=kept_days)


def is_inside(guest: Guest) -> bool:
    """Tell whether a guest has come in and not gone out."""
    return guest.arrived_at is not None and guest.left_at is None
