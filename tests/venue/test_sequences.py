"""Whatever is booked, paid, cancelled and let lapse, in whatever order: no seat is sold twice, no number is missing."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from citizen_space.bookings import service as bookings
from citizen_space.kit import db
from citizen_space.kit.db import Database
from citizen_space.kit.errors import Refusal
from citizen_space.room import Booked
from citizen_space.venue import queries, service
from citizen_space.venue.models import Admission, SeatClaim
from tests.harness.databases import rolled_back
from tests.venue.world import book, cancel, found, pay

SEATS = ["B5", "B6", "B7"]
ACTS = st.one_of(
    st.tuples(st.just("book"), st.lists(st.sampled_from(SEATS), min_size=1, max_size=3, unique=True)),
    st.tuples(st.sampled_from(["pay", "cancel"]), st.integers(0, 7)),
    st.tuples(st.just("wait"), st.integers(1, 20)),
)


class Play:
    """A hall in which anybody does anything."""

    def __init__(self, session: Session, at: datetime) -> None:
        self.session, self.at = session, at
        self.tonight = found(session, at)
        self.booked: list[Booked] = []

    def act(self, what: str, how: object) -> None:
        """Do one thing; what is refused has changed nothing."""
        try:
            with db.savepoint(self.session):
                getattr(self, what)(how)
        except Refusal:
            self.session.expire_all()

    def book(self, labels: list[str]) -> None:
        self.booked.append(book(self.session, self.at, labels))

    def pay(self, which: int) -> None:
        if self.booked:
            pay(self.session, self.booked[which % len(self.booked)], self.at)

    def cancel(self, which: int) -> None:
        if self.booked:
            cancel(self.session, booking_id=self.booked[which % len(self.booked)].booking.id or 0, at=self.at)

    def wait(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)
        for booking in bookings.lapse_expired(self.session, self.at):
            service.release(self.session, booking, self.at)

    def check(self) -> None:
        """Every valid ticket has its seat to itself; numbers run from one; the books agree."""
        tickets = self.session.exec(select(Admission)).all()
        valid = [one.seat_id for one in tickets if one.status == "valid"]
        claimed = {claim.seat_id for claim in self.session.exec(select(SeatClaim))}
        assert len(valid) == len(set(valid)), "a seat was sold twice"
        assert set(valid) <= claimed, "a sold seat is on sale"
        numbers = sorted(one.number for one in tickets if one.number is not None)
        assert numbers == list(range(1, len(numbers) + 1)), "a number is missing"
        assert queries.get_statement(self.session, self.tonight).difference_cents == 0


@settings(max_examples=25)
@given(acts=st.lists(ACTS, min_size=1, max_size=14))
def test_nothing_oversells(database: Database, at: datetime, acts: list[tuple[str, object]]) -> None:
    with rolled_back(database) as session:
        play = Play(session, at)
        for what, how in acts:
            play.act(what, how)
            play.check()
