"""What is true of tables: the fewest empty chairs, nobody left standing, never two parties at one table."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from citizen_space.restaurant import rules
from citizen_space.restaurant.models import Sitting, Table

NOON = datetime(2026, 11, 30, 11, 30, tzinfo=UTC)


def table(code: str, least: int, most: int, zone: str = "") -> Table:
    return Table(id=int(code), code=code, min_covers=least, max_covers=most, zone=zone)


def window(start_minutes: int, minutes: int) -> rules.Window:
    starts_at = NOON + timedelta(minutes=start_minutes)
    return rules.Window(starts_at, starts_at + timedelta(minutes=minutes))


def test_the_smallest_table_that_suits_is_given() -> None:
    tables = [table("1", 1, 2), table("2", 2, 4), table("3", 4, 8)]
    assert [t.code for t in rules.best_fit(2, tables) or ()] == ["1"]
    assert [t.code for t in rules.best_fit(3, tables) or ()] == ["2"]
    assert [t.code for t in rules.best_fit(7, tables) or ()] == ["3"]


def test_a_large_party_joins_tables_of_one_zone_only() -> None:
    apart = [table("1", 2, 4, "a"), table("2", 2, 4, "b")]
    together = [table("1", 2, 4, "a"), table("2", 2, 4, "a")]
    assert rules.best_fit(6, apart) is None
    assert [t.code for t in rules.best_fit(6, together) or ()] == ["1", "2"]


def test_two_at_a_table_for_eight_only_when_nothing_else_is_free() -> None:
    large, small = table("1", 4, 8), table("2", 1, 2)
    assert [t.code for t in rules.best_fit(2, [large, small]) or ()] == ["2"]
    assert [t.code for t in rules.best_fit(2, [large]) or ()] == ["1"]


def test_windows_that_touch_do_not_meet() -> None:
    assert not window(0, 60).meets(window(60, 60))
    assert window(0, 61).meets(window(60, 60))


def test_a_sitting_keeps_its_wall_time_across_the_clock_change() -> None:
    sitting = Sitting(
        id=1, name_fr="", name_en="", weekdays="0123456", starts=time(12, 30), turn_minutes=90, max_covers=10,
        valid_from=date(2026, 1, 1),
    )  # fmt: skip
    summer, winter = rules.window_of(sitting, date(2026, 10, 24)), rules.window_of(sitting, date(2026, 10, 25))
    assert (summer.starts_at.hour, winter.starts_at.hour) == (10, 11)
    assert winter.ends_at - winter.starts_at == timedelta(minutes=90)


tables_of = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 6), st.sampled_from(["", "a", "b"])), min_size=1, max_size=8
).map(lambda rows: [table(str(n), least, least + more, zone) for n, (least, more, zone) in enumerate(rows, 1)])


@given(tables_of, st.integers(1, 20))
def test_who_is_seated_has_a_chair_each(tables: list[Table], party_size: int) -> None:
    chosen = rules.best_fit(party_size, tables)
    if chosen is None:
        assert party_size > max(t.max_covers for t in tables)
        return
    shares = rules.share_covers(party_size, chosen)
    assert sum(shares) == party_size
    assert all(1 <= share <= max(1, t.max_covers) for share, t in zip(shares, chosen, strict=True))


@given(tables_of, st.lists(st.tuples(st.integers(1, 8), st.integers(0, 300), st.integers(15, 120)), max_size=12))
def test_a_table_is_free_exactly_when_no_claim_meets(tables: list[Table], rows: list[tuple[int, int, int]]) -> None:
    taken = [rules.Taken(table_id, window(start, minutes), 1, None) for table_id, start, minutes in rows]
    asked = window(100, 90)
    free = {t.id for t in rules.free_tables(tables, taken, asked)}
    for one in tables:
        assert (one.id in free) == (not any(c.table_id == one.id and c.window.meets(asked) for c in taken))
