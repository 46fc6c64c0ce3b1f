"""Nothing is cooked twice: two taps, two screens. The controls show what happens without lock and constraint."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session, select

from citizen_space.kit.db import Database
from citizen_space.kit.errors import Refusal
from citizen_space.kit.ids import new_key
from citizen_space.kitchen import queries, service
from citizen_space.kitchen.models import Chit, ChitItem, ChitMove, ChitState
from citizen_space.orders import rules as order_rules
from citizen_space.orders import service as orders
from citizen_space.orders.models import LineState, OrderLine
from citizen_space.orders.queries import list_lines
from tests.kitchen.pass_ import COOK, RUNNER, lay, order_dishes

pytestmark = pytest.mark.race
SCREENS = 8


def lay_soup(database: Database, at: datetime) -> tuple[int, int]:
    """An order with one soup that waits. Gives order and line."""
    with database.write() as session:
        order = lay(session, at)
        (soup,) = order_dishes(session, order, {"soupe": 1}, at=at)
        return order.id or 0, soup.id or 0


def at_once(database: Database, act: Callable[[Session], Any], screens: int = SCREENS) -> list[str]:
    """Do it at that many screens in the same moment."""
    start = Barrier(screens)

    def one(_number: int) -> str:
        start.wait()
        try:
            with database.write() as session:
                act(session)
        except Refusal as refusal:
            return type(refusal).__name__
        except sa.exc.IntegrityError as error:
            return "refused" if "kitchen_chit" in str(error) else "other"
        return "done"

    with ThreadPoolExecutor(screens) as pool:
        return list(pool.map(one, range(screens)))


def portions(database: Database, line_id: int) -> int:
    """How many the kitchen was told to make."""
    with database.read() as session:
        return queries.count_sent(session, [line_id]).get(line_id, 0)


def fire(at: datetime, order_id: int) -> Callable[[Session], Any]:
    return lambda session: service.fire(session, order_id, 1, actor=RUNNER, key=new_key(), at=at)


def test_two_tills_that_send_the_same_course_send_it_once(fresh_database: Database, at: datetime) -> None:
    order_id, line_id = lay_soup(fresh_database, at)
    said = at_once(fresh_database, fire(at, order_id))
    assert said.count("done") == 1
    assert set(said) == {"done", "NothingToSend"}
    assert portions(fresh_database, line_id) == 1


def look_together(monkeypatch: pytest.MonkeyPatch, database: Database) -> None:
    """Take the lock away: both have seen that nothing was sent before either sends."""
    both = Barrier(2)
    count = queries.count_sent

    def waiting(session: Session, order_id: int, course: int, *, at: datetime) -> list[OrderLine]:
        return [line for line in order_rules.live_lines(list_lines(session, order_id)) if (line.course or 1) == course]

    def count_together(session: Session, line_ids: list[int]) -> dict[int, int]:
        found = count(session, line_ids)
        if database.dialect == "postgresql":
            with suppress(BrokenBarrierError):
                both.wait(5)
        else:
            found = {}
        return found

    monkeypatch.setattr(orders, "fire_course", waiting)
    monkeypatch.setattr(queries, "count_sent", count_together)


def test_without_the_lock_the_constraint_still_holds(
    fresh_database: Database, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id, line_id = lay_soup(fresh_database, at)
    with monkeypatch.context() as patch:
        look_together(patch, fresh_database)
        said = at_once(fresh_database, fire(at, order_id), 2)
    assert sorted(said) == ["done", "refused"]
    assert portions(fresh_database, line_id) == 1


def test_control_without_the_constraint_it_is_cooked_twice(
    fresh_database: Database, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id, line_id = lay_soup(fresh_database, at)
    drop_unique(fresh_database, ChitItem)
    with monkeypatch.context() as patch:
        look_together(patch, fresh_database)
        said = at_once(fresh_database, fire(at, order_id), 2)
    assert said == ["done", "done"]
    assert portions(fresh_database, line_id) == 2


# -- two cooks at two screens ------------------------------------------------------------------------------------------


def sent(database: Database, at: datetime) -> int:
    """A chit that nobody has begun."""
    order_id, _line_id = lay_soup(database, at)
    with database.write() as session:
        service.fire(session, order_id, 1, actor=RUNNER, key=new_key(), at=at)
        return queries.list_chits(session, order_id)[0].id or 0


def begin(at: datetime, chit_id: int) -> Callable[[Session], Any]:
    return lambda session: service.move(
        session, chit_id, ChitState.STARTED, number=0, actor=COOK, submission=new_key(), at=at
    )


def steps(database: Database) -> int:
    with database.read() as session:
        return len(session.exec(select(ChitMove)).all())


def test_cooks_at_every_screen_begin_a_chit_once(fresh_database: Database, at: datetime) -> None:
    chit_id = sent(fresh_database, at)
    said = at_once(fresh_database, begin(at, chit_id))
    assert said.count("done") == 1
    assert set(said) == {"done", "ChitMoved"}
    assert steps(fresh_database) == 1


def see_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each sees the chit as it was when its page was drawn, whatever the other has done since."""

    def as_drawn(session: Session, _model: type[Chit], chit_id: int) -> Chit:
        chit = session.get_one(Chit, chit_id)
        sa.orm.attributes.set_committed_value(chit, "state", ChitState.NEW)
        sa.orm.attributes.set_committed_value(chit, "moves", 0)
        return chit

    monkeypatch.setattr(service, "lock_row", as_drawn)


def test_without_the_lock_a_step_is_still_taken_once(
    fresh_database: Database, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    chit_id = sent(fresh_database, at)
    see_as_it_was(monkeypatch)
    assert sorted(at_once(fresh_database, begin(at, chit_id), 2)) == ["ChitMoved", "done"]
    assert steps(fresh_database) == 1


def test_control_without_the_constraint_two_cooks_begin_it(
    fresh_database: Database, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    chit_id = sent(fresh_database, at)
    drop_unique(fresh_database, ChitMove)
    see_as_it_was(monkeypatch)
    assert at_once(fresh_database, begin(at, chit_id), 2) == ["done", "done"]
    assert steps(fresh_database) == 2


def drop_unique(database: Database, model: type[ChitItem] | type[ChitMove]) -> None:
    """Take the constraint of several columns away."""
    table = model.__table__  # type: ignore[union-attr]
    unique = next(each for each in table.constraints if isinstance(each, sa.UniqueConstraint) and len(each.columns) > 1)
    with database.write() as session:
        if database.dialect == "postgresql":
            session.execute(sa.text(f"ALTER TABLE {table.name} DROP CONSTRAINT {unique.name}"))
            return
        made = sa.text("SELECT sql FROM sqlite_master WHERE name = :name")
        sql: str = session.execute(made, {"name": table.name}).scalar_one()
        columns = ", ".join(column.name for column in unique.columns)
        assert f"UNIQUE ({columns})" in sql
        session.execute(sa.text(f"DROP TABLE {table.name}"))
        loose = sql.replace(f"CONSTRAINT {unique.name} UNIQUE ({columns})", "CHECK (1)")
        session.execute(sa.text(loose))


def test_a_line_is_fired_and_not_served_by_being_sent(fresh_database: Database, at: datetime) -> None:
    chit_id = sent(fresh_database, at)
    with fresh_database.read() as session:
        chit = session.get_one(Chit, chit_id)
        assert {line.state for line in list_lines(session, chit.order_id)} == {LineState.FIRED}
