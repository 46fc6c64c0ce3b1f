"""What is changed behind the application's back is found out, whichever table it is in."""

from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from citizen_space import verification
from citizen_space.bank import service as bank
from citizen_space.compensation import service as compensation
from citizen_space.kit.clock import business_day
from citizen_space.kit.db import Database, building, list_sealed
from tests.bank.make_camt import Movement, camt
from tests.checkout import shop as shops
from tests.compensation.world import ANNE, BILAL

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
    transfer = compensation.prepare(session, beneficiary_id=1, upto_on=business_day(at), actor=ANNE, at=at)
    compensation.approve(session, transfer.id or 0, actor=BILAL, at=at)
    compensation.export(session, transfer.id or 0, actor=ANNE, at=at)
    lines = [Movement(-transfer.amount_cents, transfer.reference), Movement(-1200, "LOYER-11")]
    assert bank.import_statement(session, camt(lines, opening=90_000), actor=ANNE, at=at).matched_count == 1
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
        ("compensation_accrual", "DELETE FROM compensation_accrual WHERE order_id = 4", "accruals"),
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
        ("orders_order", "UPDATE orders_order SET gross_cents = gross_cents - 100 WHERE id = 3", "orders"),
        ("orders_order", "UPDATE orders_order SET refunded_cents = 779 WHERE id = 1", "orders"),
        ("payments_payment", "DELETE FROM payments_payment WHERE order_id = 3", "payments"),
        ("payments_payment", "UPDATE payments_payment SET tender = 'cheque' WHERE order_id = 3", "payments"),
        ("payments_refund", "UPDATE payments_refund SET amount_cents = amount_cents - 1 WHERE id = 1", "refunds"),
        ("compensation_transfer", "UPDATE compensation_transfer SET amount_cents = amount_cents - 5", "transfers"),
        ("compensation_transfer", "UPDATE compensation_transfer SET iban = 'DE89370400440532013000'", "transfers"),
        ("compensation_transfer_item", "DELETE FROM compensation_transfer_item WHERE accrual_id = 1", "transfers"),
        ("bank_match", "DELETE FROM bank_match", "transfers"),
        ("bank_line", "UPDATE bank_line SET amount_cents = amount_cents + 1 WHERE amount_cents = -1200", "bank"),
        ("bank_line", "DELETE FROM bank_line WHERE amount_cents = -1200", "bank"),
        ("bank_line", "UPDATE bank_line SET label = 'autre' WHERE amount_cents = -1200", "bank"),
        (
            "bank_statement",
            "UPDATE bank_statement SET opening_cents = opening_cents + 1, closing_cents = closing_cents + 1",
            "bank",
        ),
        ("fiscal_register", "UPDATE fiscal_register SET perpetual_cents = perpetual_cents + 1", "chain R1"),
        ("fiscal_row", "DELETE FROM fiscal_row WHERE id = (SELECT max(id) FROM fiscal_row)", "chain R1"),
    ],
)
def test_a_change_is_found_out(fresh_database: Database, at: datetime, table: str, act: str, found: str) -> None:
    with fresh_database.write() as session:
        shop = trade(session, at)
    assert misfits(fresh_database, shop) == []
    with building(fresh_database.url) as connection:
        if table in list_sealed():
            unseal(connection, table)
        changed = connection.exec_driver_sql(act)
        assert changed.rowcount
    assert found in misfits(fresh_database, shop)
