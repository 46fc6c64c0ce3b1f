"""Statements handed to the driver behave as SQLAlchemy's: types, errors, listeners, what the session knows."""

import traceback
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from citizen_space.customers.models import Customer
from citizen_space.kit.db import (
    Database,
    change,
    count_statements,
    get_by_id,
    insert_missing,
    insert_once,
    insert_row,
    insert_rows,
    is_foreign_key_violation,
    is_unique_violation,
    savepoint,
)
from citizen_space.kit.errors import NotFound
from citizen_space.kit.statements import JointLoader, Loader, Statement
from citizen_space.orders.models import Order, OrderLine

_AT = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # the night the clocks go back
_OF_ORDER = select(OrderLine).where(OrderLine.order_id == sa.bindparam("order_id")).order_by(sa.text("id"))
LINES = Loader(OrderLine, _OF_ORDER)


def _order(name: str = "one", **facts: object) -> Order:
    return Order.model_validate(
        {"reference": name.upper(), "room": "venue", "opened_at": _AT, "on": date(2026, 10, 25)}
        | {"submission": name, "trail_code": f"trail-{name}"}
        | facts
    )


def _line(order: Order, **facts: object) -> OrderLine:
    made = {"order_id": order.id, "label_fr": "Café", "unit_price_cents": 250, "vat_rate_bp": 1000, "added_at": _AT}
    return OrderLine.model_validate(made | facts)


def test_what_is_written_is_read_back_in_pythons_types(session: Session) -> None:
    order = insert_row(session, _order())
    chosen = [{"name_fr": "Sans sucre", "extra_cents": 0}]
    line = insert_row(session, _line(order, options=chosen, allergy=True, note="œ é €"))
    session.expunge_all()
    (found,) = LINES.all(session, order_id=order.id)
    assert (found.options, found.allergy, found.note, found.added_at) == (chosen, True, "œ é €", _AT)
    assert found is not line and session.get(OrderLine, line.id) is found
    assert sa.inspect(found).persistent and not session.dirty


def test_the_rows_read_are_what_sqlalchemy_reads(session: Session) -> None:
    insert_row(session, _order())
    clause = sa.select(*Order.metadata.tables["orders_order"].c)
    assert Statement(clause).all(session) == [tuple(row) for row in session.connection().execute(clause)]


def test_what_the_session_knows_stays_unless_it_is_asked_again(session: Session) -> None:
    order = insert_row(session, _order())
    line = insert_row(session, _line(order))
    session.connection().execute(sa.text("UPDATE orders_line SET note = 'autre'"))
    assert LINES.first(session, order_id=order.id) is line and line.note == ""
    assert LINES.first(session, again=True, order_id=order.id) is line
    assert line.note == "autre"


def test_what_waits_in_the_session_is_flushed_first(session: Session) -> None:
    order = insert_row(session, _order())
    order.label = "Table 4"
    session.add(_line(order))
    assert len(LINES.all(session, order_id=order.id)) == 1
    assert Statement(sa.select(sa.column("label")).select_from(sa.table("orders_order"))).value(session) == "Table 4"


def test_an_object_that_was_loaded_is_written_when_it_changes(session: Session) -> None:
    order = insert_row(session, _order())
    insert_row(session, _line(order))
    session.expunge_all()
    found = LINES.first(session, order_id=order.id)
    assert found is not None
    found.quantity = 3
    session.flush()
    assert session.exec(select(OrderLine.quantity)).one() == 3


def test_an_outer_join_gives_none(session: Session) -> None:
    order = insert_row(session, _order())
    joined = JointLoader(
        (Order, OrderLine),
        sa.select(Order, OrderLine).join(OrderLine, col(OrderLine.order_id) == col(Order.id), isouter=True),
    )
    assert joined.all(session) == [(order, None)]
    line = insert_row(session, _line(order))
    assert joined.first(session) == (order, line)


def test_refusals_of_the_database_are_sqlalchemys(session: Session) -> None:
    order = insert_row(session, _order())
    with pytest.raises(IntegrityError) as twice, savepoint(session):
        insert_row(session, _order(reference="OTHER"))
    with pytest.raises(IntegrityError) as no_such_order, savepoint(session):
        insert_rows(session, OrderLine, [_values(order, order_id=10**6)])
        session.connection().execute(sa.text("SELECT 1"))
    assert is_unique_violation(twice.value)
    assert is_foreign_key_violation(no_such_order.value)
    assert get_by_id(session, Order, order.id) is order, "the session is alive"


def _values(order: Order, **facts: object) -> dict[str, object]:
    return _line(order).model_dump(exclude={"id"}) | facts


def test_many_rows_are_written_at_once(session: Session) -> None:
    order = insert_row(session, _order())
    insert_rows(session, OrderLine, [_values(order, submission=f"tap-{number}") for number in range(5)])
    assert [line.submission for line in LINES.all(session, order_id=order.id)] == [f"tap-{n}" for n in range(5)]
    insert_rows(session, OrderLine, [])


def test_only_what_is_missing_is_written_and_counted(session: Session) -> None:
    order = insert_row(session, _order())
    insert_row(session, _line(order, submission="tap-1"))
    rows = [_values(order, submission=f"tap-{number}") for number in range(3)]
    assert insert_missing(session, OrderLine, rows) == 2
    assert insert_missing(session, OrderLine, []) == 0
    assert not insert_once(session, _line(order, submission="tap-2"))


def test_a_change_is_written_and_told(session: Session) -> None:
    order = insert_row(session, _order())
    change(session, order, label="Table 9", settled_at=_AT)
    assert (order.label, order.settled_at) == ("Table 9", _AT) and not session.dirty
    session.expunge_all()
    assert get_by_id(session, Order, order.id).label == "Table 9"


def test_a_row_that_is_not_there(session: Session) -> None:
    with pytest.raises(NotFound):
        get_by_id(session, Order, 10**6)
    assert LINES.first(session, order_id=10**6) is None
    assert Statement(sa.update(Order).values(label="x")).run(session) == 0


def test_whoever_counts_statements_counts_these(database: Database) -> None:
    with count_statements(database) as counted, database.write() as session:
        order = insert_row(session, _order())
        insert_rows(session, OrderLine, [_values(order), _values(order)])
        LINES.all(session, order_id=order.id)
    assert [statement.split()[0] for statement in counted.sent] == ["INSERT", "INSERT", "SELECT"]


def test_a_session_that_only_reads_cannot_write_this_way_either(database: Database) -> None:
    with pytest.raises(sa.exc.DBAPIError), database.read() as session:
        insert_row(session, _order())


def test_a_refusal_does_not_say_what_was_written(database: Database) -> None:
    """What fails is logged, with what caused it, and a log is no place for a name."""
    facts = {"name": "Anne Martin", "email": "anne@exemple.fr", "created_at": _AT, "last_contact_at": _AT}
    for broken in ({"name": None}, {}):
        with pytest.raises(sa.exc.DBAPIError) as failed, database.write() as session:
            for _turn in range(2):
                insert_rows(session, Customer, [{**_EMPTY, **facts, **broken}])
        told = "".join(traceback.format_exception(failed.value))
        assert "Martin" not in told and "anne@" not in told


_EMPTY = {"phone": "", "language": "fr"}
