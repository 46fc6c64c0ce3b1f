"""Guests: sealed at rest, looked at by name, let in by state, forgotten in time."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from citizen_space.access import printouts, queries, rules, service
from citizen_space.access.models import Guest, Look, Purge
from citizen_space.access.rules import GuestName
from citizen_space.bookings import service as bookings
from citizen_space.bookings.models import Booking
from citizen_space.kit.actor import Actor
from citizen_space.kit.clock import business_day
from citizen_space.kit.db import Database
from citizen_space.kit.errors import Unreadable
from citizen_space.kit.keys import new_keys
from citizen_space.law import sample as law
from citizen_space.staff.models import StaffAudit
from printers.preview import preview_text
from tests.bookings.factories import make_booking

KEYS = new_keys()
OFFICER = Actor("staff", 5, "STAFF-05")
ADA = GuestName("Ada", "Kowalczykova", date(1981, 4, 7), "Lens")
BOB = GuestName("Bob", "Vandermeersch", date(1979, 12, 30), "Douai")


def make_party(session: Session, at: datetime, **facts: object) -> tuple[Booking, list[Guest]]:
    law.plant(session, at=at, keys=KEYS)
    booking = make_booking(session, at, **facts)
    return booking, make_guests(session, booking, [ADA, BOB], at)


def make_guests(session: Session, booking: Booking, names: list[GuestName], at: datetime) -> list[Guest]:
    service.name_guests(session, booking, names, keys=KEYS, at=at)
    return list(queries.list_guests(session, booking.id or 0))


def test_names_are_asked_for_as_the_policy_says(session: Session, at: datetime) -> None:
    law.plant(session, at=at, keys=KEYS)
    vetted = make_booking(session, at)
    with pytest.raises(service.GuestsMissing):
        service.name_guests(session, vetted, [ADA], keys=KEYS, at=at)
    with pytest.raises(Unreadable) as refused:
        service.name_guests(session, vetted, [ADA, GuestName("Bob")], keys=KEYS, at=at)
    assert set(refused.value.fields) == {"guest_2_last_name", "guest_2_born_on"}
    named = make_booking(session, at, access="named")
    guests = make_guests(session, named, [GuestName("Ada", "K"), GuestName("Bob", "V")], at)
    assert [guest.vetting for guest in guests] == ["not_needed", "not_needed"]
    assert rules.may_all_enter(named.access, 2, guests)
    assert make_guests(session, make_booking(session, at, access="open"), [], at) == []


def test_names_may_be_given_again_until_somebody_has_looked_into_them(session: Session, at: datetime) -> None:
    booking, guests = make_party(session, at)
    again = make_guests(session, booking, [BOB, ADA], at)
    assert [guest.first_name for guest in again] == ["Bob", "Ada"]
    service.clear(session, again[0].id or 0, actor=OFFICER, at=at)
    with pytest.raises(service.GuestsDecided):
        service.name_guests(session, booking, [ADA, BOB], keys=KEYS, at=at)
    assert guests


def test_identities_cannot_be_read_in_the_database(database: Database, at: datetime) -> None:
    with database.write() as session:
        _booking, guests = make_party(session, at)
        service.open_identity(session, guests[0].id or 0, purpose="vetting", keys=KEYS, actor=OFFICER, at=at)
        service.clear(session, guests[0].id or 0, actor=OFFICER, at=at)
        session.add(guests[1])
    if database.dialect == "sqlite":
        path = Path(database.url.removeprefix("sqlite:///"))
        stored = b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))
    else:
        with database.read() as session:
            tables = (
                session.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
            )
            rows = [session.execute(text(f'SELECT t::text FROM "{name}" t')).scalars().all() for name in tables]
        stored = "\n".join(row for table in rows for row in table).encode()
    assert b"Ada" in stored, "the control: first names are found where they are stored"
    for hidden in (b"Kowalczykova", b"Vandermeersch", b"1981-04-07", b"Lens", b"Douai"):
        assert hidden not in stored, hidden


def test_every_look_is_written_down_and_stays(session: Session, at: datetime) -> None:
    _booking, guests = make_party(session, at)
    identity = service.open_identity(session, guests[0].id or 0, purpose="vetting", keys=KEYS, actor=OFFICER, at=at)
    assert identity == rules.Identity("Kowalczykova", "1981-04-07", "Lens")
    look = session.exec(select(Look)).one()
    assert (look.actor_code, look.guest_id, look.purpose) == ("STAFF-05", guests[0].id, "vetting")
    with pytest.raises(Exception, match="sealed"), session.begin_nested():
        session.execute(text("DELETE FROM access_look"))


def test_a_refusal_calls_the_booking_off_and_keeps_no_reason(session: Session, at: datetime) -> None:
    booking, guests = make_party(session, at)
    turned_away: list[int] = []

    def turn_away(session: Session, booking: Booking, at: datetime) -> None:
        bookings.cancel(session, booking, at=at, actor=OFFICER, paid_cents=2000, in_full=True)
        assert booking.id is not None
        turned_away.append(booking.id)

    guest = service.refuse(session, guests[0].id or 0, actor=OFFICER, at=at, turn_away=turn_away)
    assert turned_away == [booking.id] and booking.status == "cancelled" and booking.kept_cents == 0
    assert guest.vetting == "refused"
    with pytest.raises(service.VettingMoved):
        service.clear(session, guest.id or 0, actor=OFFICER, at=at)
    session.flush()
    audit = session.exec(select(StaffAudit).where(StaffAudit.act == "guest_vetted")).all()
    assert [(row.subject, row.detail) for row in audit] == [(f"guest:{guest.id}", "{}")]
    assert queries.list_to_vet(session, from_on=business_day(at)) == []


def test_the_gate_lets_in_who_may_come(session: Session, at: datetime) -> None:
    booking, (ada, bob) = make_party(session, at)
    on = business_day(booking.starts_at)
    with pytest.raises(service.GuestNotAdmitted):
        service.arrive(session, ada.id or 0, actor=OFFICER, at=at)
    assert queries.count_to_vet(session, from_on=business_day(at)) == 2
    service.clear(session, ada.id or 0, actor=OFFICER, at=at)
    service.exempt(session, bob.id or 0, actor=OFFICER, at=at)
    assert rules.may_all_enter(booking.access, booking.party_size, queries.list_guests(session, booking.id or 0))
    with pytest.raises(service.GuestNotInside):
        service.leave(session, ada.id or 0, actor=OFFICER, at=at)
    came = booking.starts_at
    service.arrive(session, ada.id or 0, actor=OFFICER, at=came)
    service.arrive(session, ada.id or 0, actor=OFFICER, at=came + timedelta(minutes=9))
    assert [guest.id for guest, _booking in queries.list_inside(session)] == [ada.id] and ada.arrived_at == came
    service.leave(session, ada.id or 0, actor=OFFICER, at=came + timedelta(hours=1))
    assert queries.list_inside(session) == []
    (party,) = queries.list_gate(session, on)
    assert [guest.first_name for guest in party.guests] == ["Ada", "Bob"]


def test_who_is_not_on_the_days_list_stays_outside(session: Session, at: datetime) -> None:
    booking, (ada, _bob) = make_party(session, at)
    service.clear(session, ada.id or 0, actor=OFFICER, at=at)
    with pytest.raises(service.GuestNotAdmitted):
        service.arrive(session, ada.id or 0, actor=OFFICER, at=booking.starts_at - timedelta(days=1))
    bookings.cancel(session, booking, at=at, actor=OFFICER)
    with pytest.raises(service.GuestNotAdmitted):
        service.arrive(session, ada.id or 0, actor=OFFICER, at=booking.starts_at)


def test_the_printed_list_has_no_family_name(session: Session, at: datetime) -> None:
    booking, _guests = make_party(session, at)
    on = business_day(booking.starts_at)
    drawn = preview_text(printouts.gate_list(on, queries.list_gate(session, on)))
    assert booking.reference in drawn and "Kowalczykova" not in drawn.title()


def test_identities_are_destroyed_in_time_and_the_trace_counts_them(session: Session, at: datetime) -> None:
    booking, guests = make_party(session, at)
    due = guests[0].purge_on
    assert due == business_day(booking.ends_at) + timedelta(days=7)
    assert service.purge(session, on=due - timedelta(days=1), at=at) == 0
    assert service.purge(session, on=due, at=at) == 2
    assert service.purge(session, on=due, at=at) == 0
    session.expire_all()
    assert all(guest.sealed_identity is None and guest.first_name == "" for guest in session.exec(select(Guest)))
    trace = session.exec(select(Purge)).one()
    assert (trace.identities, trace.upto_on) == (2, due)
    with pytest.raises(service.IdentityPurged):
        service.open_identity(session, guests[0].id or 0, purpose="gate", keys=KEYS, actor=OFFICER, at=at)
