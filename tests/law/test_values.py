"""Law is data: dated, read fast, never changed in the past."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select, text

from citizen_space.kit.actor import SYSTEM
from citizen_space.kit.db import Database, count_statements
from citizen_space.kit.errors import Refusal
from citizen_space.kit.keys import new_keys
from citizen_space.law import queries, sample, service
from citizen_space.law.models import Confirmed, Parameter
from citizen_space.law.rules import ParameterUnknown, ParameterUnreadable, ParameterUnset, PastIsClosed, tidy_value

TODAY = date(2026, 11, 23)

# Every row of the table of facts; what it says in words is split into keys of one value each.
KEYS = set(Path(__file__).with_name("keys.txt").read_text().split())


@pytest.fixture
def sown(session: Session, at: datetime) -> Session:
    """A session in which the law is sown."""
    service.seed(session, at)
    return session


def say(session: Session, key: str, value: str, valid_from: date | None, at: datetime) -> Parameter:
    """Say a value."""
    return service.set_parameter(
        session,
        key=key,
        value=value,
        valid_from=valid_from,
        reference="test",
        confirmed=Confirmed.TEXT,
        actor=SYSTEM,
        at=at,
    )


def test_every_row_of_the_facts_is_there_with_its_reference(sown: Session) -> None:
    rows = queries.list_parameters(sown)
    assert {row.key for row in rows} >= KEYS
    assert [row.value for row in rows if row.key == "smic_h"] == ["11.27", "11.52", "11.65", "11.88", "12.02", "12.31"]
    assert {row.confirmed for row in rows} == set(Confirmed)
    assert all(row.reference for row in rows if row.confirmed in ("C", "S"))


def test_every_seeded_value_can_be_read_as_its_unit(sown: Session) -> None:
    for row in queries.list_parameters(sown):
        if row.value:
            assert tidy_value(row.key, row.unit, row.value) == row.value


def test_sowing_twice_changes_nothing(sown: Session, at: datetime) -> None:
    assert service.seed(sown, at) == 0


@pytest.mark.parametrize(
    ("on", "cents"),
    [
        (date(2023, 1, 1), 1127),
        (date(2023, 4, 30), 1127),
        (date(2025, 7, 1), 1188),
        (date(2026, 5, 31), 1202),
        (TODAY, 1231),
    ],
)
def test_the_value_of_a_day_is_the_one_that_began_last(sown: Session, on: date, cents: int) -> None:
    assert queries.get_cents(sown, "smic_h", on) == cents


def test_values_are_read_as_what_they_are(sown: Session) -> None:
    assert queries.get_bp(sown, "vat_conservable_food", TODAY) == 550
    assert queries.get_bp(sown, "vat_show_first_n", TODAY) == 210
    assert queries.get_int(sown, "booking_lead_days", TODAY) == 4
    assert queries.get_bool(sown, "cash_accepted", TODAY) is False
    assert queries.get_cents(sown, "deposit_cents_restaurant", TODAY) == 1000
    assert queries.get_json(sown, "civil_brackets", TODAY)[1] == {"over_cents": 40000, "bp": 2500}
    assert queries.get_text(sown, "vat_cite_code", date(2026, 12, 31)) == "CGI"
    assert queries.get_text(sown, "vat_cite_code", date(2027, 1, 1)) == "CIBS"


def test_an_hour_is_an_hour_of_the_wall(sown: Session, at: datetime) -> None:
    assert queries.get_hour(sown, "repairs_opens_hour", TODAY) == time(9, 30)
    for nonsense in ("9 h 30", "24:00", "09:60", "matin"):
        with pytest.raises(ParameterUnreadable):
            say(sown, "repairs_opens_hour", nonsense, TODAY, at)
    say(sown, "repairs_opens_hour", "08:00", TODAY, at)
    assert queries.get_hour(sown, "repairs_opens_hour", TODAY) == time(8)


def test_what_is_not_known_is_refused_and_not_guessed(sown: Session) -> None:
    with pytest.raises(ParameterUnknown):
        queries.get_text(sown, "no_such_key", TODAY)
    with pytest.raises(ParameterUnset):
        queries.get_bp(sown, "revenue_share_rate", TODAY)
    with pytest.raises(ParameterUnset):
        queries.get_cents(sown, "smic_h", date(2022, 12, 31))
    with pytest.raises(ParameterUnreadable):
        queries.get_bool(sown, "smic_h", TODAY)
    assert queries.find_text(sown, "house_name", TODAY) == ""


def test_a_new_value_leaves_the_past_as_it_was(sown: Session, at: datetime) -> None:
    say(sown, "smic_h", "12,60", date(2027, 1, 1), at)
    assert queries.get_cents(sown, "smic_h", date(2026, 12, 31)) == 1231
    assert queries.get_cents(sown, "smic_h", date(2027, 1, 1)) == 1260
    assert len(queries.list_history(sown, "smic_h")) == 7


def test_said_twice_for_one_day_the_last_word_counts_and_both_stay(sown: Session, at: datetime) -> None:
    say(sown, "smic_h", "12.60", date(2027, 1, 1), at)
    say(sown, "smic_h", "12.65", date(2027, 1, 1), at)
    assert queries.get_cents(sown, "smic_h", date(2027, 1, 1)) == 1265
    assert len(queries.list_history(sown, "smic_h")) == 8


@pytest.mark.parametrize("valid_from", [None, TODAY - timedelta(days=1)])
def test_the_past_is_refused(sown: Session, at: datetime, valid_from: date | None) -> None:
    with pytest.raises(PastIsClosed):
        say(sown, "smic_h", "13.00", valid_from, at)


def test_what_nobody_had_said_may_be_said_for_any_day(sown: Session, at: datetime) -> None:
    say(sown, "house_name", "Espace citoyen", None, at)
    assert queries.get_text(sown, "house_name", date(2020, 1, 1)) == "Espace citoyen"
    with pytest.raises(PastIsClosed):
        say(sown, "house_name", "Autrement", None, at)


@pytest.mark.parametrize(
    ("key", "value"),
    [("smic_h", "abc"), ("smic_h", "-1"), ("smic_h", "1.234"), ("smic_h", "NaN"), ("smic_h", ""),
     ("cash_accepted", "oui"), ("booking_lead_days", "1.5"), ("civil_brackets", "{"), ("vat_on_site", "1e999999"),
     ("house_name", "  ")],
)  # fmt: skip
def test_an_unreadable_value_is_refused(sown: Session, at: datetime, key: str, value: str) -> None:
    with pytest.raises(Refusal):
        say(sown, key, value, TODAY, at)


def test_the_table_refuses_to_be_changed(sown: Session) -> None:
    for statement in ("UPDATE law_parameter SET value = '1'", "DELETE FROM law_parameter"):
        with pytest.raises(Exception, match="sealed: law_parameter"), sown.begin_nested():
            sown.execute(text(statement))


def test_many_questions_cost_one_small_select(fresh_database: Database, at: datetime) -> None:
    with fresh_database.write() as session:
        service.seed(session, at)
    with fresh_database.read() as session:
        queries.get_bp(session, "vat_on_site", TODAY)
    with count_statements(fresh_database) as statements, fresh_database.read() as session:
        for key in ("vat_on_site", "vat_alcohol", "vat_show", "vat_bike_repair"):
            queries.get_bp(session, key, TODAY)
    assert statements.count == 1


def test_another_session_sees_a_change_at_once_and_nobody_sees_what_was_undone(
    fresh_database: Database, at: datetime
) -> None:
    with fresh_database.write() as session:
        service.seed(session, at)

    class Undone(Exception):
        """Rolls back."""

    with pytest.raises(Undone), fresh_database.write() as session:
        say(session, "vat_alcohol", "21", TODAY, at)
        assert queries.get_bp(session, "vat_alcohol", TODAY) == 2100
        raise Undone
    with fresh_database.read() as session:
        assert queries.get_bp(session, "vat_alcohol", TODAY) == 2000
    with fresh_database.write() as session:
        say(session, "vat_alcohol", "22", TODAY, at)
    with fresh_database.read() as session:
        assert queries.get_bp(session, "vat_alcohol", TODAY) == 2200


def test_the_sample_gives_the_house_a_name_once(session: Session, at: datetime) -> None:
    keys = new_keys()
    sample.plant(session, at=at, keys=keys)
    count = len(session.exec(select(Parameter.id)).all())
    sample.plant(session, at=at + timedelta(days=30), keys=keys)
    assert len(session.exec(select(Parameter.id)).all()) == count
    assert queries.get_text(session, "house_bank_iban", TODAY).startswith("FR76")
    assert queries.get_bool(session, "vat_liable_restaurant", TODAY) is True
    assert session.exec(select(col(Parameter.created_at))).first() == datetime(2026, 11, 23, 11, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("key", "nonsense"),
    [
        ("cancellation_policy_venue", ['{"until_hours": 72}', '"abc"', "12", '[{"hours": 72, "kept_bp": 0}]', "[[]]"]),
        (
            "cancellation_policy_venue",
            ['[{"until_hours": "72", "kept_bp": 0}]', '[{"until_hours": 72, "kept_bp": -1}]'],
        ),
        (
            "cancellation_policy_venue",
            ['[{"until_hours": 0, "kept_bp": 20000}]', '[{"until_hours": 0.5, "kept_bp": 0}]'],
        ),
        ("pmr_seats", ["[]", '{"base": 2}', '{"base": 2, "up_to": 50, "per": true}']),
        ("access_policy_restaurant", ["nommé", "Vetted"]),
    ],
)
def test_what_the_house_could_not_work_with_is_refused(
    sown: Session, at: datetime, key: str, nonsense: list[str]
) -> None:
    for text_of in nonsense:
        with pytest.raises(ParameterUnreadable):
            say(sown, key, text_of, TODAY, at)


def test_a_structured_value_keeps_the_shape_it_had(sown: Session, at: datetime) -> None:
    say(sown, "cancellation_policy_venue", '[{"until_hours": 48, "kept_bp": 2500}]', TODAY, at)
    say(sown, "cancellation_policy_venue", "[]", TODAY, at)
    say(sown, "cancellation_policy_venue", '[{"until_hours": 12, "kept_bp": 0}]', TODAY, at)
    say(sown, "overtime_pct", '[{"up_to_hours": 6, "bp": 2500}, {"up_to_hours": null, "bp": 5000}]', TODAY, at)
    say(sown, "access_policy_restaurant", "open", TODAY, at)
