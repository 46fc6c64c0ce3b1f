"""What a room is to the rest of the house, and the page behind a booking's secret link, the same for all three."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session
from starlette.routing import BaseRoute

from citizen_space.bookings.models import Booking
from citizen_space.kit.jobs import Job
from citizen_space.kit.names import RoomName
from citizen_space.payments.models import Payment
from citizen_space.web.visit import Front


@dataclass(frozen=True)
class Contact:
    """How to reach who books."""

    name: str
    email: str
    phone: str = ""


@dataclass(frozen=True)
class Booked:
    """What booking gives: the hold, and what is to be paid for it; None where nothing is due."""

    booking: Booking
    payment: Payment | None


@dataclass(frozen=True)
class Room:
    """One of the three activities, as the storeys above see it."""

    name: RoomName
    public: Sequence[BaseRoute]
    till: Sequence[BaseRoute]
    office: Sequence[BaseRoute]
    jobs: Sequence[Job]
    confirm: Callable[[Session, Booking, datetime], None]
    release: Callable[[Session, Booking, datetime], None]
    front: Callable[[Session, datetime, str], Front]
    prefix: str = field(default="")  # where its public pages stand
