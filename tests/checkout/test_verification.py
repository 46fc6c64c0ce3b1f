"""What is changed behind the application's back is found out, whichever table it is in."""

from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from citizen_space import verification
from citizen_space.kit.db import Database, building
from tests.checkout import shop as shops

MORE_SHARE = """
UPDATE ledger_posting SET debit_cents = CASE WHEN debit_cents > 0 THEN debit_cents + 1 ELSE 0 END,
    credit_cents = CASE WHEN credit_cents > 0 THEN credit_cents + 1 ELSE 0 END
WHERE account_code IN ('467', '658')
"""


def trade(session: Session, at: datetime) -> shops.Shop:
    """Two sales, one given back in part and by line, one in whole."""
    shop = shops.found(session, at)
    first, second = shop.sale(session), shop.sale(session)
    shop.refund(session, first.order.id or 0, amount_cents=777)
    shop.refund(session, first.order.id or 0, amount_cents=1)
    shop.refund(session, second.order.id or 0)
    shop.sale(session)
    return shop


def misfits(database: Database, shop: shops.Shop) -> list[str]:
    """Name what does not fit."""
    with database.read() as session:
        return [found.what for found in verification.verify(session, shop.keys) if not found.fits]


def unseal(connection: sa.Connection, table: str) -> None:
    """Take a table's seal off, as somebody with the database in hand can."""
    if connection.dialect.name == "sqlite":
        for act in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER seal_{table}_{act}")
    else:
        connection.exec_driver_sql(f"DROP TRIGGER seal_{table}_rows ON {table}")


@pytest.mark.parametrize(
    ("table", "act", "found"),
    [
        ("ledger_posting", "UPDATE ledger_posting SET account_code = '7062' WHERE account_code = '7061'", "accounts"),
        ("ledger_posting", "UPDATE ledger_posting SET vat_rate_bp = 550 WHERE vat_rate_bp = 2000", "accounts"),
        ("ledger_entry", "UPDATE ledger_entry SET order_id = 3 WHERE reversal_of IS NOT NULL", "accounts"),
        ("compensation_accrual", "DELETE FROM compensation_accrual WHERE order_id = 3", "accruals"),
        (
            "compensation_accrual",
            "UPDATE compensation_accrual SET amount_cents = amount_cents + 1 WHERE order_id = 3",
            "share",
        ),
        (
            "ledger_posting",
            MORE_SHARE,
            "accounts",
        ),
    ],
)
def test_a_change_is_found_out(fresh_database: Database, at: datetime, table: str, act: str, found: str) -> None:
    with fresh_database.write() as session:
        shop = trade(session, at)
    assert misfits(fresh_database, shop) == []
    with building(fresh_database.url) as connection:
        unseal(connection, table)
        changed = connection.exec_driver_sql(act)
        assert changed.rowcount
    assert found in misfits(fresh_database, shop)
