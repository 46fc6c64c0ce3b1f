"""First tables."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# What the models cannot say, as each database says it: room-specific constraints, then the seals.
STATEMENTS: dict[str, list[str]] = {
    "sqlite": [
        "CREATE TRIGGER restaurant_claim_overlap_insert BEFORE INSERT ON restaurant_claim BEGIN \n    SELECT RAISE(ABORT, 'restaurant_claim_overlap') WHERE EXISTS (\n        SELECT 1 FROM restaurant_claim AS other\n        WHERE other.table_id = NEW.table_id AND other.id IS NOT NEW.id\n          AND other.starts_at < NEW.ends_at AND NEW.starts_at < other.ends_at)\n; END",
        "CREATE TRIGGER restaurant_claim_overlap_update BEFORE UPDATE OF table_id, starts_at, ends_at ON restaurant_claim BEGIN \n    SELECT RAISE(ABORT, 'restaurant_claim_overlap') WHERE EXISTS (\n        SELECT 1 FROM restaurant_claim AS other\n        WHERE other.table_id = NEW.table_id AND other.id IS NOT NEW.id\n          AND other.starts_at < NEW.ends_at AND NEW.starts_at < other.ends_at)\n; END",
        "CREATE TRIGGER seal_access_look_update BEFORE UPDATE ON access_look BEGIN SELECT RAISE(ABORT, 'sealed: access_look'); END",
        "CREATE TRIGGER seal_access_look_delete BEFORE DELETE ON access_look BEGIN SELECT RAISE(ABORT, 'sealed: access_look'); END",
        "CREATE TRIGGER seal_access_purge_update BEFORE UPDATE ON access_purge BEGIN SELECT RAISE(ABORT, 'sealed: access_purge'); END",
        "CREATE TRIGGER seal_access_purge_delete BEFORE DELETE ON access_purge BEGIN SELECT RAISE(ABORT, 'sealed: access_purge'); END",
        "CREATE TRIGGER seal_bank_file_update BEFORE UPDATE ON bank_file BEGIN SELECT RAISE(ABORT, 'sealed: bank_file'); END",
        "CREATE TRIGGER seal_bank_file_delete BEFORE DELETE ON bank_file BEGIN SELECT RAISE(ABORT, 'sealed: bank_file'); END",
        "CREATE TRIGGER seal_bank_line_update BEFORE UPDATE ON bank_line BEGIN SELECT RAISE(ABORT, 'sealed: bank_line'); END",
        "CREATE TRIGGER seal_bank_line_delete BEFORE DELETE ON bank_line BEGIN SELECT RAISE(ABORT, 'sealed: bank_line'); END",
        "CREATE TRIGGER seal_bank_statement_update BEFORE UPDATE ON bank_statement BEGIN SELECT RAISE(ABORT, 'sealed: bank_statement'); END",
        "CREATE TRIGGER seal_bank_statement_delete BEFORE DELETE ON bank_statement BEGIN SELECT RAISE(ABORT, 'sealed: bank_statement'); END",
        "CREATE TRIGGER seal_checkout_credit_note_update BEFORE UPDATE ON checkout_credit_note BEGIN SELECT RAISE(ABORT, 'sealed: checkout_credit_note'); END",
        "CREATE TRIGGER seal_checkout_credit_note_delete BEFORE DELETE ON checkout_credit_note BEGIN SELECT RAISE(ABORT, 'sealed: checkout_credit_note'); END",
        "CREATE TRIGGER seal_checkout_credit_note_copy_update BEFORE UPDATE ON checkout_credit_note_copy BEGIN SELECT RAISE(ABORT, 'sealed: checkout_credit_note_copy'); END",
        "CREATE TRIGGER seal_checkout_credit_note_copy_delete BEFORE DELETE ON checkout_credit_note_copy BEGIN SELECT RAISE(ABORT, 'sealed: checkout_credit_note_copy'); END",
        "CREATE TRIGGER seal_checkout_receipt_copy_update BEFORE UPDATE ON checkout_receipt_copy BEGIN SELECT RAISE(ABORT, 'sealed: checkout_receipt_copy'); END",
        "CREATE TRIGGER seal_checkout_receipt_copy_delete BEFORE DELETE ON checkout_receipt_copy BEGIN SELECT RAISE(ABORT, 'sealed: checkout_receipt_copy'); END",
        "CREATE TRIGGER seal_compensation_accrual_update BEFORE UPDATE ON compensation_accrual BEGIN SELECT RAISE(ABORT, 'sealed: compensation_accrual'); END",
        "CREATE TRIGGER seal_compensation_accrual_delete BEFORE DELETE ON compensation_accrual BEGIN SELECT RAISE(ABORT, 'sealed: compensation_accrual'); END",
        "CREATE TRIGGER seal_compensation_document_update BEFORE UPDATE ON compensation_document BEGIN SELECT RAISE(ABORT, 'sealed: compensation_document'); END",
        "CREATE TRIGGER seal_compensation_document_delete BEFORE DELETE ON compensation_document BEGIN SELECT RAISE(ABORT, 'sealed: compensation_document'); END",
        "CREATE TRIGGER seal_compensation_missed_share_update BEFORE UPDATE ON compensation_missed_share BEGIN SELECT RAISE(ABORT, 'sealed: compensation_missed_share'); END",
        "CREATE TRIGGER seal_compensation_missed_share_delete BEFORE DELETE ON compensation_missed_share BEGIN SELECT RAISE(ABORT, 'sealed: compensation_missed_share'); END",
        "CREATE TRIGGER seal_compensation_reversal_update BEFORE UPDATE ON compensation_reversal BEGIN SELECT RAISE(ABORT, 'sealed: compensation_reversal'); END",
        "CREATE TRIGGER seal_compensation_reversal_delete BEFORE DELETE ON compensation_reversal BEGIN SELECT RAISE(ABORT, 'sealed: compensation_reversal'); END",
        "CREATE TRIGGER seal_fiscal_archive_update BEFORE UPDATE ON fiscal_archive BEGIN SELECT RAISE(ABORT, 'sealed: fiscal_archive'); END",
        "CREATE TRIGGER seal_fiscal_archive_delete BEFORE DELETE ON fiscal_archive BEGIN SELECT RAISE(ABORT, 'sealed: fiscal_archive'); END",
        "CREATE TRIGGER seal_fiscal_closing_update BEFORE UPDATE ON fiscal_closing BEGIN SELECT RAISE(ABORT, 'sealed: fiscal_closing'); END",
        "CREATE TRIGGER seal_fiscal_closing_delete BEFORE DELETE ON fiscal_closing BEGIN SELECT RAISE(ABORT, 'sealed: fiscal_closing'); END",
        "CREATE TRIGGER seal_fiscal_row_update BEFORE UPDATE ON fiscal_row BEGIN SELECT RAISE(ABORT, 'sealed: fiscal_row'); END",
        "CREATE TRIGGER seal_fiscal_row_delete BEFORE DELETE ON fiscal_row BEGIN SELECT RAISE(ABORT, 'sealed: fiscal_row'); END",
        "CREATE TRIGGER seal_law_parameter_update BEFORE UPDATE ON law_parameter BEGIN SELECT RAISE(ABORT, 'sealed: law_parameter'); END",
        "CREATE TRIGGER seal_law_parameter_delete BEFORE DELETE ON law_parameter BEGIN SELECT RAISE(ABORT, 'sealed: law_parameter'); END",
        "CREATE TRIGGER seal_ledger_entry_update BEFORE UPDATE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'sealed: ledger_entry'); END",
        "CREATE TRIGGER seal_ledger_entry_delete BEFORE DELETE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'sealed: ledger_entry'); END",
        "CREATE TRIGGER seal_ledger_posting_update BEFORE UPDATE ON ledger_posting BEGIN SELECT RAISE(ABORT, 'sealed: ledger_posting'); END",
        "CREATE TRIGGER seal_ledger_posting_delete BEFORE DELETE ON ledger_posting BEGIN SELECT RAISE(ABORT, 'sealed: ledger_posting'); END",
        "CREATE TRIGGER seal_payments_event_update BEFORE UPDATE ON payments_event BEGIN SELECT RAISE(ABORT, 'sealed: payments_event'); END",
        "CREATE TRIGGER seal_payments_event_delete BEFORE DELETE ON payments_event BEGIN SELECT RAISE(ABORT, 'sealed: payments_event'); END",
        "CREATE TRIGGER seal_payments_event_handled_update BEFORE UPDATE ON payments_event_handled BEGIN SELECT RAISE(ABORT, 'sealed: payments_event_handled'); END",
        "CREATE TRIGGER seal_payments_event_handled_delete BEFORE DELETE ON payments_event_handled BEGIN SELECT RAISE(ABORT, 'sealed: payments_event_handled'); END",
        "CREATE TRIGGER seal_staff_audit_update BEFORE UPDATE ON staff_audit BEGIN SELECT RAISE(ABORT, 'sealed: staff_audit'); END",
        "CREATE TRIGGER seal_staff_audit_delete BEFORE DELETE ON staff_audit BEGIN SELECT RAISE(ABORT, 'sealed: staff_audit'); END",
        "CREATE TRIGGER seal_vouching_override_update BEFORE UPDATE ON vouching_override BEGIN SELECT RAISE(ABORT, 'sealed: vouching_override'); END",
        "CREATE TRIGGER seal_vouching_override_delete BEFORE DELETE ON vouching_override BEGIN SELECT RAISE(ABORT, 'sealed: vouching_override'); END",
        "CREATE TRIGGER seal_workers_correction_update BEFORE UPDATE ON workers_correction BEGIN SELECT RAISE(ABORT, 'sealed: workers_correction'); END",
        "CREATE TRIGGER seal_workers_correction_delete BEFORE DELETE ON workers_correction BEGIN SELECT RAISE(ABORT, 'sealed: workers_correction'); END",
    ],
    "postgresql": [
        "CREATE EXTENSION IF NOT EXISTS btree_gist",
        "ALTER TABLE restaurant_claim ADD CONSTRAINT ex_restaurant_claim_overlap EXCLUDE USING gist (table_id WITH =, tstzrange(starts_at, ends_at) WITH &&)",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    RAISE EXCEPTION USING MESSAGE = 'sealed: ' || TG_TABLE_NAME, ERRCODE = 'restrict_violation';\nEND $$",
        "CREATE TRIGGER seal_access_look_rows BEFORE UPDATE OR DELETE ON access_look FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER seal_access_look_truncate BEFORE TRUNCATE ON access_look FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    RAISE EXCEPTION USING MESSAGE = 'sealed: ' || TG_TABLE_NAME, ERRCODE = 'restrict_violation';\nEND $$",
        "CREATE TRIGGER seal_access_purge_rows BEFORE UPDATE OR DELETE ON access_purge FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER seal_access_purge_truncate BEFORE TRUNCATE ON access_purge FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    RAISE EXCEPTION USING MESSAGE = 'sealed: ' || TG_TABLE_NAME, ERRCODE = 'restrict_violation';\nEND $$",
        "CREATE TRIGGER seal_bank_file_rows BEFORE UPDATE OR DELETE ON bank_file FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER seal_bank_file_truncate BEFORE TRUNCATE ON bank_file FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    RAISE EXCEPTION USING MESSAGE = 'sealed: ' || TG_TABLE_NAME, ERRCODE = 'restrict_violation';\nEND $$",
        "CREATE TRIGGER seal_bank_line_rows BEFORE UPDATE OR DELETE ON bank_line FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER seal_bank_line_truncate BEFORE TRUNCATE ON bank_line FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    RAISE EXCEPTION USING MESSAGE = 'sealed: ' || TG_TABLE_NAME, ERRCODE = 'restrict_violation';\nEND $$",
        "CREATE TRIGGER seal_bank_statement_rows BEFORE UPDATE OR DELETE ON bank_statement FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER seal_bank_statement_truncate BEFORE TRUNCATE ON bank_statement FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    RAISE EXCEPTION USING MESSAGE = 'sealed: ' || TG_TABLE_NAME, ERRCODE = 'restrict_violation';\nEND $$",
        "CREATE TRIGGER seal_checkout_credit_note_rows BEFORE UPDATE OR DELETE ON checkout_credit_note FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER seal_checkout_credit_note_truncate BEFORE TRUNCATE ON checkout_credit_note FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    RAISE EXCEPTION USING MESSAGE = 'sealed: ' || TG_TABLE_NAME, ERRCODE = 'restrict_violation';\nEND $$",
        "CREATE TRIGGER seal_checkout_credit_note_copy_rows BEFORE UPDATE OR DELETE ON checkout_credit_note_copy FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER seal_checkout_credit_note_copy_truncate BEFORE TRUNCATE ON checkout_credit_note_copy FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    RAISE EXCEPTION USING MESSAGE = 'sealed: ' || TG_TABLE_NAME, ERRCODE = 'restrict_violation';\nEND $$",
        "CREATE TRIGGER seal_checkout_receipt_copy_rows BEFORE UPDATE OR DELETE ON checkout_receipt_copy FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER seal_checkout_receipt_copy_truncate BEFORE TRUNCATE ON checkout_receipt_copy FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    RAISE EXCEPTION USING MESSAGE = 'sealed: ' || TG_TABLE_NAME, ERRCODE = 'restrict_violation';\nEND $$",
        "CREATE TRIGGER seal_compensation_accrual_rows BEFORE UPDATE OR DELETE ON compensation_accrual FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER seal_compensation_accrual_truncate BEFORE TRUNCATE ON compensation_accrual FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    RAISE EXCEPTION USING MESSAGE = 'sealed: ' || TG_TABLE_NAME, ERRCODE = 'restrict_violation';\nEND $$",
        "CREATE TRIGGER seal_compensation_document_rows BEFORE UPDATE OR DELETE ON compensation_document FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER seal_compensation_document_truncate BEFORE TRUNCATE ON compensation_document FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    RAISE EXCEPTION USING MESSAGE = 'sealed: ' || TG_TABLE_NAME, ERRCODE = 'restrict_violation';\nEND $$",
        "CREATE TRIGGER seal_compensation_missed_share_rows BEFORE UPDATE OR DELETE ON compensation_missed_share FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER seal_compensation_missed_share_truncate BEFORE TRUNCATE ON compensation_missed_share FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    RAISE EXCEPTION USING MESSAGE = 'sealed: ' || TG_TABLE_NAME, ERRCODE = 'restrict_violation';\nEND $$",
        "CREATE TRIGGER seal_compensation_reversal_rows BEFORE UPDATE OR DELETE ON compensation_reversal FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER seal_compensation_reversal_truncate BEFORE TRUNCATE ON compensation_reversal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    RAISE EXCEPTION USING MESSAGE = 'sealed: ' || TG_TABLE_NAME, ERRCODE = 'restrict_violation';\nEND $$",
        "CREATE TRIGGER seal_fiscal_archive_rows BEFORE UPDATE OR DELETE ON fiscal_archive FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER seal_fiscal_archive_truncate BEFORE TRUNCATE ON fiscal_archive FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    RAISE EXCEPTION USING MESSAGE = 'sealed: ' || TG_TABLE_NAME, ERRCODE = 'restrict_violation';\nEND $$",
        "CREATE TRIGGER seal_fiscal_closing_rows BEFORE UPDATE OR DELETE ON fiscal_closing FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER seal_fiscal_closing_truncate BEFORE TRUNCATE ON fiscal_closing FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    RAISE EXCEPTION USING MESSAGE = 'sealed: ' || TG_TABLE_NAME, ERRCODE = 'restrict_violation';\nEND $$",
        "CREATE TRIGGER seal_fiscal_row_rows BEFORE UPDATE OR DELETE ON fiscal_row FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER seal_fiscal_row_truncate BEFORE TRUNCATE ON fiscal_row FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    RAISE EXCEPTION USING MESSAGE = 'sealed: ' || TG_TABLE_NAME, ERRCODE = 'restrict_violation';\nEND $$",
        "CREATE TRIGGER seal_law_parameter_rows BEFORE UPDATE OR DELETE ON law_parameter FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER seal_law_parameter_truncate BEFORE TRUNCATE ON law_parameter FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    RAISE EXCEPTION USING MESSAGE = 'sealed: ' || TG_TABLE_NAME, ERRCODE = 'restrict_violation';\nEND $$",
        "CREATE TRIGGER seal_ledger_entry_rows BEFORE UPDATE OR DELETE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER seal_ledger_entry_truncate BEFORE TRUNCATE ON ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    RAISE EXCEPTION USING MESSAGE = 'sealed: ' || TG_TABLE_NAME, ERRCODE = 'restrict_violation';\nEND $$",
        "CREATE TRIGGER seal_ledger_posting_rows BEFORE UPDATE OR DELETE ON ledger_posting FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER seal_ledger_posting_truncate BEFORE TRUNCATE ON ledger_posting FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    RAISE EXCEPTION USING MESSAGE = 'sealed: ' || TG_TABLE_NAME, ERRCODE = 'restrict_violation';\nEND $$",
        "CREATE TRIGGER seal_payments_event_rows BEFORE UPDATE OR DELETE ON payments_event FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER seal_payments_event_truncate BEFORE TRUNCATE ON payments_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    RAISE EXCEPTION USING MESSAGE = 'sealed: ' || TG_TABLE_NAME, ERRCODE = 'restrict_violation';\nEND $$",
        "CREATE TRIGGER seal_payments_event_handled_rows BEFORE UPDATE OR DELETE ON payments_event_handled FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER seal_payments_event_handled_truncate BEFORE TRUNCATE ON payments_event_handled FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    RAISE EXCEPTION USING MESSAGE = 'sealed: ' || TG_TABLE_NAME, ERRCODE = 'restrict_violation';\nEND $$",
        "CREATE TRIGGER seal_staff_audit_rows BEFORE UPDATE OR DELETE ON staff_audit FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER seal_staff_audit_truncate BEFORE TRUNCATE ON staff_audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    RAISE EXCEPTION USING MESSAGE = 'sealed: ' || TG_TABLE_NAME, ERRCODE = 'restrict_violation';\nEND $$",
        "CREATE TRIGGER seal_vouching_override_rows BEFORE UPDATE OR DELETE ON vouching_override FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER seal_vouching_override_truncate BEFORE TRUNCATE ON vouching_override FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    RAISE EXCEPTION USING MESSAGE = 'sealed: ' || TG_TABLE_NAME, ERRCODE = 'restrict_violation';\nEND $$",
        "CREATE TRIGGER seal_workers_correction_rows BEFORE UPDATE OR DELETE ON workers_correction FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER seal_workers_correction_truncate BEFORE TRUNCATE ON workers_correction FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    ],
}


def upgrade() -> None:
    """Create every table, then seal."""
    # ### commands auto generated by Alembic - please adjust! ###
    op.create_table(
        "access_look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("actor_kind", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("actor_code", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("guest_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_look")),
        info={"sealed": True},
    )
    op.create_index(op.f("ix_access_look_at"), "access_look", ["at"], unique=False)
    op.create_index(op.f("ix_access_look_guest_id"), "access_look", ["guest_id"], unique=False)
    op.create_table(
        "access_purge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("upto_on", sa.Date(), nullable=False),
        sa.Column("identities", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_purge")),
        info={"sealed": True},
    )
    op.create_table(
        "bank_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("iban", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("opened_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("length(iban) BETWEEN 15 AND 34", name=op.f("ck_bank_account_iban_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_account")),
        sa.UniqueConstraint("iban", name=op.f("uq_bank_account_iban")),
    )
    op.create_table(
        "bank_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("format", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("imported_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("imported_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "format IN ('camt.053.001.02', 'camt.053.001.04', 'camt.053.001.08', 'cfonb120')",
            name=op.f("ck_bank_file_format"),
        ),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_bank_file_sha256_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_file")),
        sa.UniqueConstraint("sha256", name=op.f("uq_bank_file_sha256")),
        info={"sealed": True},
    )
    op.create_table(
        "bookings_closure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=True),
        sa.Column("starts_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ends_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("reason_fr", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("reason_en", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_by", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.CheckConstraint(
            "room IS NULL OR room IN ('restaurant', 'venue', 'repairs')", name=op.f("ck_bookings_closure_room")
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_bookings_closure_ends_at")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings_closure")),
    )
    op.create_index(op.f("ix_bookings_closure_ends_at"), "bookings_closure", ["ends_at"], unique=False)
    op.create_table(
        "compensation_beneficiary",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("purpose_fr", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("purpose_en", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("iban", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("bic", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("account_changed_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("account_changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("length(iban) BETWEEN 15 AND 34", name=op.f("ck_compensation_beneficiary_iban_length")),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_compensation_beneficiary_name_given")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compensation_beneficiary")),
    )
    op.create_table(
        "compensation_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("media_type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("stored_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("stored_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("length(content) > 0", name=op.f("ck_compensation_document_content_given")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_compensation_document_sha256_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compensation_document")),
        sa.UniqueConstraint("sha256", name=op.f("uq_compensation_document_sha256")),
        info={"sealed": True},
    )
    op.create_table(
        "customers_customer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(length=254), nullable=False),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
        sa.Column("consented_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("last_contact_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("language IN ('fr', 'en')", name=op.f("ck_customers_customer_language")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers_customer")),
        sa.UniqueConstraint("email", name=op.f("uq_customers_customer_email")),
    )
    op.create_index(
        op.f("ix_customers_customer_last_contact_at"), "customers_customer", ["last_contact_at"], unique=False
    )
    op.create_table(
        "fiscal_archive",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("label", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("content", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("software", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fiscal_archive")),
        sa.UniqueConstraint("label", name=op.f("uq_fiscal_archive_label")),
        info={"sealed": True},
    )
    op.create_table(
        "fiscal_register",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("room", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("last_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("perpetual_cents", sa.BigInteger(), nullable=False),
        sa.Column("closed_through_on", sa.Date(), nullable=True),
        sa.Column("opened_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('till', 'online')", name=op.f("ck_fiscal_register_kind")),
        sa.CheckConstraint("last_number >= 0", name=op.f("ck_fiscal_register_last_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fiscal_register")),
        sa.UniqueConstraint("code", name=op.f("uq_fiscal_register_code")),
    )
    op.create_table(
        "kit_job_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("finished_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("problem", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit_job_run")),
        sa.UniqueConstraint("job", "slot", name=op.f("uq_kit_job_run_job_slot")),
    )
    op.create_table(
        "law_parameter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("value", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("unit", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("confirmed", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("theme", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("label_fr", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("label_en", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("stamp", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("confirmed IN ('C', 'S', 'A', 'G', 'none')", name=op.f("ck_law_parameter_confirmed")),
        sa.CheckConstraint(
            "unit IN ('euros', 'percent', 'yes_no', 'count', 'hours', 'minutes', 'days', 'months', 'years', 'factor', 'centimetres', 'text', 'json')",
            name=op.f("ck_law_parameter_unit"),
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from", name=op.f("ck_law_parameter_period")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_law_parameter")),
        sa.UniqueConstraint("stamp", name=op.f("uq_law_parameter_stamp")),
        info={"sealed": True},
    )
    op.create_index("ix_law_parameter_key", "law_parameter", ["key", "valid_from"], unique=False)
    op.create_table(
        "ledger_account",
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("label_fr", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("label_en", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('asset', 'liability', 'equity', 'income', 'expense')", name=op.f("ck_ledger_account_kind")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_ledger_account")),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("journal", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("label", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reversal_of", sa.Integer(), nullable=True),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "journal IN ('VT', 'AC', 'VI', 'BQ', 'CA', 'PA', 'OD')", name=op.f("ck_ledger_entry_journal")
        ),
        sa.ForeignKeyConstraint(["reversal_of"], ["ledger_entry.id"], name=op.f("fk_ledger_entry_reversal_of")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("source", name=op.f("uq_ledger_entry_source")),
        info={"sealed": True},
    )
    op.create_index("ix_ledger_entry_on", "ledger_entry", ["on", "id"], unique=False)
    op.create_index(op.f("ix_ledger_entry_order_id"), "ledger_entry", ["order_id"], unique=False)
    op.create_index(op.f("ix_ledger_entry_reversal_of"), "ledger_entry", ["reversal_of"], unique=False)
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("to_address", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("letter", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("about", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("html", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("attachments", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("lease", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("leased_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("sent_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("last_error", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("kind IN ('mail')", name=op.f("ck_outbox_message_kind")),
        sa.CheckConstraint("state IN ('queued', 'sent', 'failed')", name=op.f("ck_outbox_message_state")),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_outbox_message_attempts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_message_key")),
    )
    op.create_index("ix_outbox_message_created_at", "outbox_message", ["created_at"], unique=False)
    op.create_index("ix_outbox_message_state", "outbox_message", ["state", "due_at"], unique=False)
    op.create_table(
        "payments_event",
        sa.Column("event_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("provider", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("object_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("body", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("received_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_payments_event")),
        info={"sealed": True},
    )
    op.create_table(
        "payments_payout",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("provider_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("fee_cents", sa.BigInteger(), nullable=False),
        sa.Column("arrives_on", sa.Date(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("bank_reference", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("CAST(amount_cents AS BIGINT) = amount_cents", name=op.f("ck_payments_payout_amount_cents")),
        sa.CheckConstraint("CAST(fee_cents AS BIGINT) = fee_cents", name=op.f("ck_payments_payout_fee_cents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments_payout")),
        sa.UniqueConstraint("provider_id", name=op.f("uq_payments_payout_provider_id")),
    )
    op.create_index(op.f("ix_payments_payout_bank_reference"), "payments_payout", ["bank_reference"], unique=False)
    op.create_table(
        "payments_sandbox_payout",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("fee_cents", sa.BigInteger(), nullable=False),
        sa.Column("arrives_on", sa.Date(), nullable=False),
        sa.Column("bank_reference", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "CAST(amount_cents AS BIGINT) = amount_cents", name=op.f("ck_payments_sandbox_payout_amount_cents")
        ),
        sa.CheckConstraint("CAST(fee_cents AS BIGINT) = fee_cents", name=op.f("ck_payments_sandbox_payout_fee_cents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments_sandbox_payout")),
    )
    op.create_table(
        "payments_sandbox_session",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("params_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("description", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("success_url", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("cancel_url", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("declined", sa.Integer(), nullable=False),
        sa.Column("payment_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("payout_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "status IN ('open', 'complete', 'expired')", name=op.f("ck_payments_sandbox_session_status_known")
        ),
        sa.CheckConstraint(
            "CAST(amount_cents AS BIGINT) = amount_cents", name=op.f("ck_payments_sandbox_session_amount_cents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments_sandbox_session")),
        sa.UniqueConstraint("key", name=op.f("uq_payments_sandbox_session_key")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_payments_sandbox_session_payment_id")),
    )
    op.create_index(
        op.f("ix_payments_sandbox_session_payout_id"), "payments_sandbox_session", ["payout_id"], unique=False
    )
    op.create_table(
        "printing_agent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("last_seen_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("revoked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_printing_agent")),
        sa.UniqueConstraint("name", name=op.f("uq_printing_agent_name")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_printing_agent_token_hash")),
    )
    op.create_table(
        "products_category",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name_fr", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name_en", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.Column("icon", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("station", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.CheckConstraint("room IN ('restaurant', 'venue', 'repairs')", name=op.f("ck_products_category_room_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products_category")),
    )
    op.create_index(op.f("ix_products_category_room"), "products_category", ["room"], unique=False)
    op.create_table(
        "repairs_bike",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("brand", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("model", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("colour", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("frame_number", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repairs_bike")),
    )
    op.create_index(op.f("ix_repairs_bike_frame_number"), "repairs_bike", ["frame_number"], unique=False)
    op.create_table(
        "repairs_day",
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("capacity_minutes", sa.Integer(), nullable=False),
        sa.Column("taken_minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity_minutes >= 0", name=op.f("ck_repairs_day_capacity_minutes")),
        sa.CheckConstraint("taken_minutes BETWEEN 0 AND capacity_minutes", name=op.f("ck_repairs_day_taken_minutes")),
        sa.PrimaryKeyConstraint("on", name=op.f("pk_repairs_day")),
    )
    op.create_table(
        "restaurant_sitting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name_fr", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name_en", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("weekdays", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("turn_minutes", sa.Integer(), nullable=False),
        sa.Column("max_covers", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("max_covers > 0", name=op.f("ck_restaurant_sitting_max_covers")),
        sa.CheckConstraint("turn_minutes > 0", name=op.f("ck_restaurant_sitting_turn_minutes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restaurant_sitting")),
    )
    op.create_table(
        "restaurant_table",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("min_covers", sa.Integer(), nullable=False),
        sa.Column("max_covers", sa.Integer(), nullable=False),
        sa.Column("zone", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("shape", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("x", sa.Integer(), nullable=False),
        sa.Column("y", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("shape IN ('round', 'square', 'long')", name=op.f("ck_restaurant_table_shape")),
        sa.CheckConstraint("min_covers >= 1 AND max_covers >= min_covers", name=op.f("ck_restaurant_table_covers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restaurant_table")),
        sa.UniqueConstraint("code", name=op.f("uq_restaurant_table_code")),
    )
    op.create_table(
        "staff_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("operator_code", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("code_hash", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("pin_hash", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
        sa.Column("totp_secret", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=True),
        sa.Column("totp_step", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "role IN ('chef', 'stage_manager', 'workshop_head', 'gate_officer', 'finance', 'director', 'admin')",
            name=op.f("ck_staff_account_role"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_account")),
        sa.UniqueConstraint("login", name=op.f("uq_staff_account_login")),
        sa.UniqueConstraint("operator_code", name=op.f("uq_staff_account_operator_code")),
    )
    op.create_table(
        "staff_attempt",
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=160), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("blocked_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_staff_attempt_tries")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_staff_attempt")),
    )
    op.create_table(
        "staff_audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("actor_kind", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("actor_code", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("act", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("detail", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_audit")),
        info={"sealed": True},
    )
    op.create_index(op.f("ix_staff_audit_at"), "staff_audit", ["at"], unique=False)
    op.create_index(op.f("ix_staff_audit_subject"), "staff_audit", ["subject"], unique=False)
    op.create_table(
        "venue_band",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name_fr", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name_en", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue_band")),
        sa.UniqueConstraint("code", name=op.f("uq_venue_band_code")),
    )
    op.create_table(
        "venue_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title_fr", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("title_en", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("genre_fr", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("genre_en", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("text_fr", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("text_en", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("artist", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("vat_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_venue_event_minutes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue_event")),
    )
    op.create_table(
        "venue_rate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name_fr", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name_en", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("eligibility_fr", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("eligibility_en", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue_rate")),
        sa.UniqueConstraint("code", name=op.f("uq_venue_rate_code")),
    )
    op.create_table(
        "venue_section",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name_fr", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name_en", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue_section")),
        sa.UniqueConstraint("code", name=op.f("uq_venue_section_code")),
    )
    op.create_table(
        "venue_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue_series")),
        sa.UniqueConstraint("code", name=op.f("uq_venue_series_code")),
    )
    op.create_table(
        "web_device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("register_id", sa.Integer(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("room", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("registered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("registered_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("last_seen_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("revoked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("revoked_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("revoked_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_device")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_web_device_token_hash")),
    )
    op.create_table(
        "web_done_act",
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("location", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("done_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_web_done_act")),
    )
    op.create_index(op.f("ix_web_done_act_done_at"), "web_done_act", ["done_at"], unique=False)
    op.create_table(
        "workers_post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("name_fr", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("name_en", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("regime", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("regime IN ('production', 'sg_I', 'sg_II', 'sg_III')", name=op.f("ck_workers_post_regime")),
        sa.CheckConstraint("room IN ('restaurant', 'venue', 'repairs')", name=op.f("ck_workers_post_room")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers_post")),
        sa.UniqueConstraint("room", "name_fr", name=op.f("uq_workers_post_room_name_fr")),
    )
    op.create_table(
        "workers_worker",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_name", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("last_name", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("operator_code", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("pin_hash", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("language IN ('fr', 'en')", name=op.f("ck_workers_worker_language")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers_worker")),
        sa.UniqueConstraint("operator_code", name=op.f("uq_workers_worker_operator_code")),
    )
    op.create_table(
        "bank_statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("opening_cents", sa.BigInteger(), nullable=False),
        sa.Column("movement_cents", sa.BigInteger(), nullable=False),
        sa.Column("closing_cents", sa.BigInteger(), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("known_count", sa.Integer(), nullable=False),
        sa.Column("imported_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("known_count BETWEEN 0 AND line_count", name=op.f("ck_bank_statement_known_among_lines")),
        sa.CheckConstraint("opening_cents + movement_cents = closing_cents", name=op.f("ck_bank_statement_adds_up")),
        sa.CheckConstraint("to_on >= from_on", name=op.f("ck_bank_statement_dates_in_order")),
        sa.ForeignKeyConstraint(["account_id"], ["bank_account.id"], name=op.f("fk_bank_statement_account_id")),
        sa.ForeignKeyConstraint(["file_id"], ["bank_file.id"], name=op.f("fk_bank_statement_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_statement")),
        sa.UniqueConstraint("file_id", "position", name=op.f("uq_bank_statement_file_id_position")),
        info={"sealed": True},
    )
    op.create_index("ix_bank_statement_period", "bank_statement", ["account_id", "to_on", "id"], unique=False)
    op.create_table(
        "bookings_booking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("secret", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("room", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("starts_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ends_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("party_size", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("hold_expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
        sa.Column("browser_key", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("submission", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("policy", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("access", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("label", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("confirmed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("arrived_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("cancelled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("cancelled_by", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("kept_cents", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("access IN ('open', 'named', 'vetted')", name=op.f("ck_bookings_booking_access")),
        sa.CheckConstraint("room IN ('restaurant', 'venue', 'repairs')", name=op.f("ck_bookings_booking_room")),
        sa.CheckConstraint(
            "status <> 'held' OR hold_expires_at IS NOT NULL", name=op.f("ck_bookings_booking_held_until")
        ),
        sa.CheckConstraint(
            "status IN ('held', 'confirmed', 'arrived', 'completed', 'cancelled', 'no_show', 'lapsed')",
            name=op.f("ck_bookings_booking_status"),
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_bookings_booking_ends_at")),
        sa.CheckConstraint("party_size > 0", name=op.f("ck_bookings_booking_party_size")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers_customer.id"], name=op.f("fk_bookings_booking_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings_booking")),
        sa.UniqueConstraint("reference", name=op.f("uq_bookings_booking_reference")),
        sa.UniqueConstraint("secret", name=op.f("uq_bookings_booking_secret")),
        sa.UniqueConstraint("submission", name=op.f("uq_bookings_booking_submission")),
    )
    op.create_index(op.f("ix_bookings_booking_browser_key"), "bookings_booking", ["browser_key"], unique=False)
    op.create_index(op.f("ix_bookings_booking_customer_id"), "bookings_booking", ["customer_id"], unique=False)
    op.create_index(op.f("ix_bookings_booking_order_id"), "bookings_booking", ["order_id"], unique=False)
    op.create_index("ix_bookings_booking_room_starts_at", "bookings_booking", ["room", "starts_at"], unique=False)
    op.create_index(
        "ix_bookings_booking_status_hold_expires_at", "bookings_booking", ["status", "hold_expires_at"], unique=False
    )
    op.create_table(
        "compensation_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("rate_bp", sa.Integer(), nullable=False),
        sa.Column("base", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("document_name", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("document_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("proposed_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("proposed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("approved_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("approved_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("base IN ('net', 'gross')", name=op.f("ck_compensation_rule_base")),
        sa.CheckConstraint("room IN ('repairs', 'restaurant', 'venue')", name=op.f("ck_compensation_rule_room_known")),
        sa.CheckConstraint(
            "(approved_at IS NULL) = (approved_by IS NULL)", name=op.f("ck_compensation_rule_approval_whole")
        ),
        sa.CheckConstraint(
            "approved_at IS NULL OR (document_id IS NOT NULL AND document_hash IS NOT NULL AND length(document_hash) = 64 AND length(legal_basis) > 0)",
            name=op.f("ck_compensation_rule_approved_needs_document"),
        ),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> proposed_by", name=op.f("ck_compensation_rule_two_persons")
        ),
        sa.CheckConstraint("rate_bp BETWEEN 1 AND 10000", name=op.f("ck_compensation_rule_rate_range")),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_compensation_rule_dates_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["compensation_document.id"], name=op.f("fk_compensation_rule_document_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compensation_rule")),
    )
    op.create_index(
        "ix_compensation_rule_in_force",
        "compensation_rule",
        ["room", "valid_from"],
        unique=True,
        sqlite_where=sa.text("approved_at IS NOT NULL"),
        postgresql_where=sa.text("approved_at IS NOT NULL"),
    )
    op.create_table(
        "compensation_transfer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("upto_on", sa.Date(), nullable=False),
        sa.Column("beneficiary_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("iban", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("bic", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("account_changed_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("prepared_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("prepared_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("approved_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("approved_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("exported_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("exported_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("pain_version", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("file_text", sa.Text(), nullable=True),
        sa.Column("file_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("executed_on", sa.Date(), nullable=True),
        sa.Column("executed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("ended_by", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "status <> 'executed' OR executed_on IS NOT NULL", name=op.f("ck_compensation_transfer_executed_has_day")
        ),
        sa.CheckConstraint(
            "status IN ('prepared', 'approved', 'exported', 'executed', 'returned', 'cancelled')",
            name=op.f("ck_compensation_transfer_status"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('approved', 'exported', 'executed', 'returned') OR approved_by IS NOT NULL",
            name=op.f("ck_compensation_transfer_approved_before_leaving"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('exported', 'executed', 'returned') OR (exported_at IS NOT NULL AND file_text IS NOT NULL AND file_hash IS NOT NULL)",
            name=op.f("ck_compensation_transfer_exported_has_file"),
        ),
        sa.CheckConstraint(
            "(approved_at IS NULL) = (approved_by IS NULL)", name=op.f("ck_compensation_transfer_approval_whole")
        ),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_compensation_transfer_amount_positive")),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> account_changed_by",
            name=op.f("ck_compensation_transfer_not_who_changed_account"),
        ),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> prepared_by", name=op.f("ck_compensation_transfer_two_persons")
        ),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"], ["compensation_beneficiary.id"], name=op.f("fk_compensation_transfer_beneficiary_id")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entry.id"], name=op.f("fk_compensation_transfer_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compensation_transfer")),
        sa.UniqueConstraint("reference", name=op.f("uq_compensation_transfer_reference")),
    )
    op.create_index(
        op.f("ix_compensation_transfer_beneficiary_id"), "compensation_transfer", ["beneficiary_id"], unique=False
    )
    op.create_table(
        "fiscal_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("register_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("format_version", sa.Integer(), nullable=False),
        sa.Column("key_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("content", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("previous_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("signature", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("gross_cents", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('sale', 'refund', 'void', 'note', 'duplicate', 'deposit', 'no_sale', 'opening', 'closing', 'sign_in_refused', 'training', 'parameter', 'version', 'integrity', 'restore', 'clock', 'key', 'archive', 'movement', 'override')",
            name=op.f("ck_fiscal_row_kind"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_fiscal_row_number")),
        sa.ForeignKeyConstraint(["register_id"], ["fiscal_register.id"], name=op.f("fk_fiscal_row_register_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fiscal_row")),
        sa.UniqueConstraint("hash", name=op.f("uq_fiscal_row_hash")),
        sa.UniqueConstraint("register_id", "number", name=op.f("uq_fiscal_row_register_id_number")),
        info={"sealed": True},
    )
    op.create_index("ix_fiscal_row_kind", "fiscal_row", ["kind", "register_id", "number"], unique=False)
    op.create_index("ix_fiscal_row_on", "fiscal_row", ["on", "register_id"], unique=False)
    op.create_index(op.f("ix_fiscal_row_order_id"), "fiscal_row", ["order_id"], unique=False)
    op.create_table(
        "ledger_posting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("account_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("debit_cents", sa.BigInteger(), nullable=False),
        sa.Column("credit_cents", sa.BigInteger(), nullable=False),
        sa.Column("room", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("vat_rate_bp", sa.Integer(), nullable=True),
        sa.Column("beneficiary_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(debit_cents = 0) <> (credit_cents = 0)", name=op.f("ck_ledger_posting_one_side")),
        sa.CheckConstraint("debit_cents >= 0 AND credit_cents >= 0", name=op.f("ck_ledger_posting_sides")),
        sa.ForeignKeyConstraint(["account_code"], ["ledger_account.code"], name=op.f("fk_ledger_posting_account_code")),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entry.id"], name=op.f("fk_ledger_posting_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_posting")),
        info={"sealed": True},
    )
    op.create_index("ix_ledger_posting_account_code", "ledger_posting", ["account_code", "on"], unique=False)
    op.create_index(op.f("ix_ledger_posting_entry_id"), "ledger_posting", ["entry_id"], unique=False)
    op.create_table(
        "payments_event_handled",
        sa.Column("event_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("handled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["payments_event.event_id"], name=op.f("fk_payments_event_handled_event_id")
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_payments_event_handled")),
        info={"sealed": True},
    )
    op.create_table(
        "payments_sandbox_refund",
        sa.Column("id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("params_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("payment_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("payout_id", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "CAST(amount_cents AS BIGINT) = amount_cents", name=op.f("ck_payments_sandbox_refund_amount_cents")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments_sandbox_session.payment_id"], name=op.f("fk_payments_sandbox_refund_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments_sandbox_refund")),
        sa.UniqueConstraint("key", name=op.f("uq_payments_sandbox_refund_key")),
    )
    op.create_index(
        op.f("ix_payments_sandbox_refund_payment_id"), "payments_sandbox_refund", ["payment_id"], unique=False
    )
    op.create_index(
        op.f("ix_payments_sandbox_refund_payout_id"), "payments_sandbox_refund", ["payout_id"], unique=False
    )
    op.create_table(
        "printing_printer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("station", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("columns", sa.Integer(), nullable=False),
        sa.Column("code_page", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("qr", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("knife", sa.Boolean(), nullable=False),
        sa.Column("drawer_pin", sa.Integer(), nullable=False),
        sa.Column("cancel_kanji", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fallback_id", sa.Integer(), nullable=True),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("health", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("health_detail", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("health_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("qr IN ('native', 'image')", name=op.f("ck_printing_printer_qr")),
        sa.CheckConstraint("columns BETWEEN 24 AND 64", name=op.f("ck_printing_printer_columns")),
        sa.CheckConstraint("drawer_pin IN (2, 5)", name=op.f("ck_printing_printer_drawer_pin")),
        sa.ForeignKeyConstraint(["agent_id"], ["printing_agent.id"], name=op.f("fk_printing_printer_agent_id")),
        sa.ForeignKeyConstraint(["fallback_id"], ["printing_printer.id"], name=op.f("fk_printing_printer_fallback_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_printing_printer")),
        sa.UniqueConstraint("code", name=op.f("uq_printing_printer_code")),
    )
    op.create_table(
        "products_product",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name_fr", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name_en", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("description_fr", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("description_en", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("vat_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("course", sa.Integer(), nullable=True),
        sa.Column("icon", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("allergens", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("origin", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("portions_left", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("available", sa.Boolean(), nullable=False),
        sa.Column("barcode", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.CheckConstraint("room IN ('restaurant', 'venue', 'repairs')", name=op.f("ck_products_product_room_known")),
        sa.CheckConstraint("course IS NULL OR course BETWEEN 1 AND 4", name=op.f("ck_products_product_course_known")),
        sa.CheckConstraint("minutes IS NULL OR minutes > 0", name=op.f("ck_products_product_minutes_positive")),
        sa.CheckConstraint(
            "portions_left IS NULL OR portions_left >= 0", name=op.f("ck_products_product_portions_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["products_category.id"], name=op.f("fk_products_product_category_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products_product")),
        sa.UniqueConstraint("barcode", name=op.f("uq_products_product_barcode")),
        sa.UniqueConstraint("code", name=op.f("uq_products_product_code")),
    )
    op.create_index("ix_products_product_room_category_id", "products_product", ["room", "category_id"], unique=False)
    op.create_table(
        "venue_performance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("doors_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sales_end_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("doors_opened_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("doors_opened_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "status <> 'doors_open' OR doors_opened_at IS NOT NULL", name=op.f("ck_venue_performance_opened_at")
        ),
        sa.CheckConstraint(
            "status IN ('on_sale', 'doors_open', 'closed', 'cancelled')", name=op.f("ck_venue_performance_status")
        ),
        sa.CheckConstraint("doors_at <= starts_at", name=op.f("ck_venue_performance_doors_first")),
        sa.CheckConstraint("sales_end_at <= starts_at", name=op.f("ck_venue_performance_sales_end_first")),
        sa.ForeignKeyConstraint(["event_id"], ["venue_event.id"], name=op.f("fk_venue_performance_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue_performance")),
    )
    op.create_index(op.f("ix_venue_performance_event_id"), "venue_performance", ["event_id"], unique=False)
    op.create_index(op.f("ix_venue_performance_starts_at"), "venue_performance", ["starts_at"], unique=False)
    op.create_table(
        "venue_price",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("band_id", sa.Integer(), nullable=False),
        sa.Column("rate_id", sa.Integer(), nullable=False),
        sa.Column("price_cents", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "CAST(price_cents AS BIGINT) = price_cents AND price_cents >= 0", name=op.f("ck_venue_price_price_cents")
        ),
        sa.ForeignKeyConstraint(["band_id"], ["venue_band.id"], name=op.f("fk_venue_price_band_id")),
        sa.ForeignKeyConstraint(["event_id"], ["venue_event.id"], name=op.f("fk_venue_price_event_id")),
        sa.ForeignKeyConstraint(["rate_id"], ["venue_rate.id"], name=op.f("fk_venue_price_rate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue_price")),
        sa.UniqueConstraint("event_id", "band_id", "rate_id", name=op.f("uq_venue_price_event_id_band_id_rate_id")),
    )
    op.create_table(
        "venue_seat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("band_id", sa.Integer(), nullable=False),
        sa.Column("row", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("x", sa.Integer(), nullable=False),
        sa.Column("y", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('normal', 'wheelchair', 'companion')", name=op.f("ck_venue_seat_kind")),
        sa.ForeignKeyConstraint(["band_id"], ["venue_band.id"], name=op.f("fk_venue_seat_band_id")),
        sa.ForeignKeyConstraint(["section_id"], ["venue_section.id"], name=op.f("fk_venue_seat_section_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue_seat")),
        sa.UniqueConstraint("row", "number", name=op.f("uq_venue_seat_row_number")),
    )
    op.create_table(
        "web_sign_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("register_id", sa.Integer(), nullable=True),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("started_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("last_seen_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ended_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('worker', 'staff')", name=op.f("ck_web_sign_in_kind")),
        sa.ForeignKeyConstraint(["device_id"], ["web_device.id"], name=op.f("fk_web_sign_in_device_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_sign_in")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_web_sign_in_token_hash")),
    )
    op.create_index(op.f("ix_web_sign_in_device_id"), "web_sign_in", ["device_id"], unique=False)
    op.create_index(op.f("ix_web_sign_in_subject_id"), "web_sign_in", ["subject_id"], unique=False)
    op.create_table(
        "workers_attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("clocked_in_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("clocked_out_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("register_id", sa.Integer(), nullable=True),
        sa.Column("validated_by_1", sa.Integer(), nullable=True),
        sa.Column("validated_by_2", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "reason IN ('work', 'training', 'closed_by_house', 'court', 'medical', 'visit', 'unpaid')",
            name=op.f("ck_workers_attendance_reason"),
        ),
        sa.CheckConstraint(
            "clocked_out_at IS NULL OR clocked_out_at >= clocked_in_at",
            name=op.f("ck_workers_attendance_clocked_out_at"),
        ),
        sa.CheckConstraint("validated_by_1 <> validated_by_2", name=op.f("ck_workers_attendance_validated_by_two")),
        sa.CheckConstraint(
            "validated_by_1 IS NULL OR clocked_out_at IS NOT NULL",
            name=op.f("ck_workers_attendance_validated_when_ended"),
        ),
        sa.CheckConstraint(
            "validated_by_2 IS NULL OR validated_by_1 IS NOT NULL",
            name=op.f("ck_workers_attendance_validated_in_order"),
        ),
        sa.ForeignKeyConstraint(["post_id"], ["workers_post.id"], name=op.f("fk_workers_attendance_post_id")),
        sa.ForeignKeyConstraint(
            ["validated_by_1"], ["staff_account.id"], name=op.f("fk_workers_attendance_validated_by_1")
        ),
        sa.ForeignKeyConstraint(
            ["validated_by_2"], ["staff_account.id"], name=op.f("fk_workers_attendance_validated_by_2")
        ),
        sa.ForeignKeyConstraint(["worker_id"], ["workers_worker.id"], name=op.f("fk_workers_attendance_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers_attendance")),
    )
    op.create_index(
        "ix_workers_attendance_forgotten",
        "workers_attendance",
        ["clocked_in_at"],
        unique=False,
        sqlite_where=sa.text("flagged = 1 AND clocked_out_at IS NULL"),
        postgresql_where=sa.text("flagged AND clocked_out_at IS NULL"),
    )
    op.create_index(op.f("ix_workers_attendance_on"), "workers_attendance", ["on"], unique=False)
    op.create_index(op.f("ix_workers_attendance_post_id"), "workers_attendance", ["post_id"], unique=False)
    op.create_index("ix_workers_attendance_worker_id_on", "workers_attendance", ["worker_id", "on"], unique=False)
    op.create_index(
        "uq_workers_attendance_open",
        "workers_attendance",
        ["worker_id"],
        unique=True,
        sqlite_where=sa.text("clocked_out_at IS NULL AND NOT flagged"),
        postgresql_where=sa.text("clocked_out_at IS NULL AND NOT flagged"),
    )
    op.create_table(
        "workers_contract",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("weekly_minutes", sa.Integer(), nullable=False),
        sa.Column("hourly_rate_cents", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "CAST(hourly_rate_cents AS BIGINT) = hourly_rate_cents", name=op.f("ck_workers_contract_hourly_rate_cents")
        ),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_workers_contract_ends_on")),
        sa.CheckConstraint("weekly_minutes > 0", name=op.f("ck_workers_contract_weekly_minutes")),
        sa.ForeignKeyConstraint(["post_id"], ["workers_post.id"], name=op.f("fk_workers_contract_post_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["workers_worker.id"], name=op.f("fk_workers_contract_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers_contract")),
        sa.UniqueConstraint(
            "worker_id", "post_id", "starts_on", name=op.f("uq_workers_contract_worker_id_post_id_starts_on")
        ),
    )
    op.create_index(op.f("ix_workers_contract_post_id"), "workers_contract", ["post_id"], unique=False)
    op.create_index(op.f("ix_workers_contract_worker_id"), "workers_contract", ["worker_id"], unique=False)
    op.create_table(
        "workers_month",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("gross_cents", sa.BigInteger(), nullable=False),
        sa.Column("content", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("prepared_by", sa.Integer(), nullable=False),
        sa.Column("prepared_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("locked_by", sa.Integer(), nullable=True),
        sa.Column("locked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "status <> 'locked' OR (locked_by IS NOT NULL AND locked_at IS NOT NULL)",
            name=op.f("ck_workers_month_locked"),
        ),
        sa.CheckConstraint("status IN ('prepared', 'locked')", name=op.f("ck_workers_month_status")),
        sa.CheckConstraint("CAST(gross_cents AS BIGINT) = gross_cents", name=op.f("ck_workers_month_gross_cents")),
        sa.CheckConstraint("locked_by <> prepared_by", name=op.f("ck_workers_month_two_people")),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entry.id"], name=op.f("fk_workers_month_entry_id")),
        sa.ForeignKeyConstraint(["locked_by"], ["staff_account.id"], name=op.f("fk_workers_month_locked_by")),
        sa.ForeignKeyConstraint(["prepared_by"], ["staff_account.id"], name=op.f("fk_workers_month_prepared_by")),
        sa.ForeignKeyConstraint(["worker_id"], ["workers_worker.id"], name=op.f("fk_workers_month_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers_month")),
        sa.UniqueConstraint("worker_id", "first_on", name=op.f("uq_workers_month_worker_id_first_on")),
    )
    op.create_index(op.f("ix_workers_month_worker_id"), "workers_month", ["worker_id"], unique=False)
    op.create_table(
        "workers_shift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ends_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("planned_by", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_workers_shift_ends_at")),
        sa.ForeignKeyConstraint(["post_id"], ["workers_post.id"], name=op.f("fk_workers_shift_post_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["workers_worker.id"], name=op.f("fk_workers_shift_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers_shift")),
    )
    op.create_index(op.f("ix_workers_shift_post_id"), "workers_shift", ["post_id"], unique=False)
    op.create_index(op.f("ix_workers_shift_starts_at"), "workers_shift", ["starts_at"], unique=False)
    op.create_index(op.f("ix_workers_shift_worker_id"), "workers_shift", ["worker_id"], unique=False)
    op.create_table(
        "access_guest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("first_name", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("sealed_identity", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("vetting", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("decided_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("decided_by", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("purge_on", sa.Date(), nullable=False),
        sa.Column("purged_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("arrived_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("left_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "vetting IN ('pending', 'cleared', 'refused', 'exempt', 'not_needed')", name=op.f("ck_access_guest_vetting")
        ),
        sa.CheckConstraint(
            "left_at IS NULL OR (arrived_at IS NOT NULL AND left_at >= arrived_at)",
            name=op.f("ck_access_guest_left_at"),
        ),
        sa.CheckConstraint("position > 0", name=op.f("ck_access_guest_position")),
        sa.CheckConstraint("sealed_identity IS NULL OR purged_at IS NULL", name=op.f("ck_access_guest_purged_at")),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings_booking.id"], name=op.f("fk_access_guest_booking_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_guest")),
        sa.UniqueConstraint("booking_id", "position", name=op.f("uq_access_guest_booking_id_position")),
    )
    op.create_index(op.f("ix_access_guest_booking_id"), "access_guest", ["booking_id"], unique=False)
    op.create_index(
        "ix_access_guest_inside",
        "access_guest",
        ["arrived_at"],
        unique=False,
        sqlite_where=sa.text("arrived_at IS NOT NULL AND left_at IS NULL"),
        postgresql_where=sa.text("arrived_at IS NOT NULL AND left_at IS NULL"),
    )
    op.create_index(op.f("ix_access_guest_purge_on"), "access_guest", ["purge_on"], unique=False)
    op.create_index(op.f("ix_access_guest_vetting"), "access_guest", ["vetting"], unique=False)
    op.create_table(
        "bank_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("value_on", sa.Date(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("charges_cents", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("bank_reference", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("counterparty", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("content_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.CheckConstraint("CAST(amount_cents AS BIGINT) = amount_cents", name=op.f("ck_bank_line_amount_cents")),
        sa.CheckConstraint("occurrence >= 1", name=op.f("ck_bank_line_occurrence_counts")),
        sa.ForeignKeyConstraint(["account_id"], ["bank_account.id"], name=op.f("fk_bank_line_account_id")),
        sa.ForeignKeyConstraint(["statement_id"], ["bank_statement.id"], name=op.f("fk_bank_line_statement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_line")),
        sa.UniqueConstraint(
            "account_id", "content_key", "occurrence", name=op.f("uq_bank_line_account_id_content_key_occurrence")
        ),
        info={"sealed": True},
    )
    op.create_index(op.f("ix_bank_line_on"), "bank_line", ["on"], unique=False)
    op.create_index(op.f("ix_bank_line_reference"), "bank_line", ["reference"], unique=False)
    op.create_index(op.f("ix_bank_line_statement_id"), "bank_line", ["statement_id"], unique=False)
    op.create_table(
        "cash_drawer_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("register_id", sa.Integer(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("opened_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("opened_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("opening_number", sa.Integer(), nullable=False),
        sa.Column("float_cents", sa.BigInteger(), nullable=False),
        sa.Column("float_pieces", sa.JSON(), nullable=True),
        sa.Column("closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("closed_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("counted", sa.JSON(), nullable=True),
        sa.Column("expected", sa.JSON(), nullable=True),
        sa.Column("over_short_cents", sa.BigInteger(), nullable=False),
        sa.Column("z_row_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(status = 'closed') = (closed_at IS NOT NULL AND z_row_id IS NOT NULL)",
            name=op.f("ck_cash_drawer_session_closed_complete"),
        ),
        sa.CheckConstraint("status IN ('open', 'closed')", name=op.f("ck_cash_drawer_session_status")),
        sa.CheckConstraint(
            "CAST(float_cents AS BIGINT) = float_cents", name=op.f("ck_cash_drawer_session_float_cents")
        ),
        sa.CheckConstraint("float_cents >= 0", name=op.f("ck_cash_drawer_session_float_not_negative")),
        sa.ForeignKeyConstraint(
            ["register_id"], ["fiscal_register.id"], name=op.f("fk_cash_drawer_session_register_id")
        ),
        sa.ForeignKeyConstraint(["z_row_id"], ["fiscal_row.id"], name=op.f("fk_cash_drawer_session_z_row_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_drawer_session")),
    )
    op.create_index(op.f("ix_cash_drawer_session_register_id"), "cash_drawer_session", ["register_id"], unique=False)
    op.create_index(
        "uq_cash_drawer_session_open",
        "cash_drawer_session",
        ["register_id"],
        unique=True,
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_table(
        "compensation_rule_part",
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.CheckConstraint("weight > 0", name=op.f("ck_compensation_rule_part_weight_positive")),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"], ["compensation_beneficiary.id"], name=op.f("fk_compensation_rule_part_beneficiary_id")
        ),
        sa.ForeignKeyConstraint(["rule_id"], ["compensation_rule.id"], name=op.f("fk_compensation_rule_part_rule_id")),
        sa.PrimaryKeyConstraint("rule_id", "beneficiary_id", name=op.f("pk_compensation_rule_part")),
    )
    op.create_table(
        "fiscal_closing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("register_id", sa.Integer(), nullable=False),
        sa.Column("period", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("label", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("sales_cents", sa.BigInteger(), nullable=False),
        sa.Column("refunds_cents", sa.BigInteger(), nullable=False),
        sa.Column("total_cents", sa.BigInteger(), nullable=False),
        sa.Column("deposits_cents", sa.BigInteger(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("totals", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("perpetual_cents", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("period IN ('day', 'month', 'year')", name=op.f("ck_fiscal_closing_period")),
        sa.ForeignKeyConstraint(["register_id"], ["fiscal_register.id"], name=op.f("fk_fiscal_closing_register_id")),
        sa.ForeignKeyConstraint(["row_id"], ["fiscal_row.id"], name=op.f("fk_fiscal_closing_row_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fiscal_closing")),
        sa.UniqueConstraint("register_id", "period", "label", name=op.f("uq_fiscal_closing_register_id_period_label")),
        sa.UniqueConstraint("row_id", name=op.f("uq_fiscal_closing_row_id")),
        info={"sealed": True},
    )
    op.create_table(
        "orders_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("room", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("label", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("covers", sa.Integer(), nullable=True),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("register_id", sa.Integer(), nullable=True),
        sa.Column("operator_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("opened_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("settled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("gross_cents", sa.BigInteger(), nullable=True),
        sa.Column("refunded_cents", sa.BigInteger(), nullable=False),
        sa.Column("submission", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("settlement", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("trail_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("kind IN ('sale', 'deposit')", name=op.f("ck_orders_order_kind")),
        sa.CheckConstraint("room IN ('restaurant', 'venue', 'repairs')", name=op.f("ck_orders_order_room_known")),
        sa.CheckConstraint(
            "status IN ('open', 'cancelled') OR (settled_at IS NOT NULL AND gross_cents IS NOT NULL)",
            name=op.f("ck_orders_order_settled_complete"),
        ),
        sa.CheckConstraint(
            "status IN ('open', 'settled', 'part_refunded', 'refunded', 'cancelled')",
            name=op.f("ck_orders_order_status"),
        ),
        sa.CheckConstraint("covers IS NULL OR covers >= 0", name=op.f("ck_orders_order_covers_not_negative")),
        sa.CheckConstraint(
            "gross_cents IS NULL OR refunded_cents <= gross_cents", name=op.f("ck_orders_order_refunded_within")
        ),
        sa.CheckConstraint("refunded_cents >= 0", name=op.f("ck_orders_order_refunded_not_negative")),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings_booking.id"], name=op.f("fk_orders_order_booking_id")),
        sa.ForeignKeyConstraint(["register_id"], ["fiscal_register.id"], name=op.f("fk_orders_order_register_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_order")),
        sa.UniqueConstraint("reference", name=op.f("uq_orders_order_reference")),
        sa.UniqueConstraint("settlement", name=op.f("uq_orders_order_settlement")),
        sa.UniqueConstraint("submission", name=op.f("uq_orders_order_submission")),
        sa.UniqueConstraint("trail_code", name=op.f("uq_orders_order_trail_code")),
    )
    op.create_index(op.f("ix_orders_order_booking_id"), "orders_order", ["booking_id"], unique=False)
    op.create_index(
        "ix_orders_order_register_id_settled_at", "orders_order", ["register_id", "settled_at"], unique=False
    )
    op.create_index("ix_orders_order_room_status", "orders_order", ["room", "status"], unique=False)
    op.create_index(op.f("ix_orders_order_settled_at"), "orders_order", ["settled_at"], unique=False)
    op.create_table(
        "printing_job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("printer_id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("title", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("document", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("lease", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("leased_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("detail", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("meant_for_id", sa.Integer(), nullable=True),
        sa.Column("copy_number", sa.Integer(), nullable=False),
        sa.Column("copy_of", sa.Integer(), nullable=True),
        sa.Column("printed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'printed', 'unknown', 'failed', 'expired')",
            name=op.f("ck_printing_job_state"),
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_printing_job_attempts")),
        sa.CheckConstraint("copy_number >= 0", name=op.f("ck_printing_job_copy_number")),
        sa.ForeignKeyConstraint(["copy_of"], ["printing_job.id"], name=op.f("fk_printing_job_copy_of")),
        sa.ForeignKeyConstraint(["meant_for_id"], ["printing_printer.id"], name=op.f("fk_printing_job_meant_for_id")),
        sa.ForeignKeyConstraint(["printer_id"], ["printing_printer.id"], name=op.f("fk_printing_job_printer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_printing_job")),
        sa.UniqueConstraint("key", name=op.f("uq_printing_job_key")),
    )
    op.create_index("ix_printing_job_created_at", "printing_job", ["created_at"], unique=False)
    op.create_index("ix_printing_job_state", "printing_job", ["state", "printer_id", "id"], unique=False)
    op.create_table(
        "products_option",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("group_fr", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("group_en", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name_fr", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name_en", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("extra_cents", sa.BigInteger(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.CheckConstraint("CAST(extra_cents AS BIGINT) = extra_cents", name=op.f("ck_products_option_extra_cents")),
        sa.ForeignKeyConstraint(["product_id"], ["products_product.id"], name=op.f("fk_products_option_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products_option")),
    )
    op.create_index(op.f("ix_products_option_product_id"), "products_option", ["product_id"], unique=False)
    op.create_table(
        "products_price",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("price_cents", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("CAST(price_cents AS BIGINT) = price_cents", name=op.f("ck_products_price_price_cents")),
        sa.CheckConstraint("price_cents >= 0", name=op.f("ck_products_price_price_not_negative")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_products_price_dates_in_order")),
        sa.ForeignKeyConstraint(["product_id"], ["products_product.id"], name=op.f("fk_products_price_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products_price")),
        sa.UniqueConstraint("product_id", "valid_from", name=op.f("uq_products_price_product_id_valid_from")),
    )
    op.create_index(
        "uq_products_price_open",
        "products_price",
        ["product_id"],
        unique=True,
        sqlite_where=sa.text("valid_to IS NULL"),
        postgresql_where=sa.text("valid_to IS NULL"),
    )
    op.create_table(
        "repairs_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_repairs_claim_minutes")),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings_booking.id"], name=op.f("fk_repairs_claim_booking_id")),
        sa.ForeignKeyConstraint(["on"], ["repairs_day.on"], name=op.f("fk_repairs_claim_on")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repairs_claim")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_repairs_claim_booking_id")),
    )
    op.create_index(op.f("ix_repairs_claim_on"), "repairs_claim", ["on"], unique=False)
    op.create_table(
        "venue_admission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("performance_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("rate_id", sa.Integer(), nullable=False),
        sa.Column("price_cents", sa.BigInteger(), nullable=False),
        sa.Column("refunded_cents", sa.BigInteger(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("issued_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("cancelled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("cancelled_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("admitted_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("status <> 'valid' OR number IS NOT NULL", name=op.f("ck_venue_admission_numbered")),
        sa.CheckConstraint("status IN ('reserved', 'valid', 'cancelled')", name=op.f("ck_venue_admission_status")),
        sa.CheckConstraint(
            "CAST(price_cents AS BIGINT) = price_cents AND price_cents >= 0",
            name=op.f("ck_venue_admission_price_cents"),
        ),
        sa.CheckConstraint(
            "CAST(refunded_cents AS BIGINT) = refunded_cents AND refunded_cents >= 0",
            name=op.f("ck_venue_admission_refunded_cents"),
        ),
        sa.CheckConstraint("admitted_at IS NULL OR number IS NOT NULL", name=op.f("ck_venue_admission_admitted")),
        sa.CheckConstraint("refunded_cents <= price_cents", name=op.f("ck_venue_admission_refunded_within")),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings_booking.id"], name=op.f("fk_venue_admission_booking_id")),
        sa.ForeignKeyConstraint(
            ["performance_id"], ["venue_performance.id"], name=op.f("fk_venue_admission_performance_id")
        ),
        sa.ForeignKeyConstraint(["rate_id"], ["venue_rate.id"], name=op.f("fk_venue_admission_rate_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["venue_seat.id"], name=op.f("fk_venue_admission_seat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue_admission")),
        sa.UniqueConstraint("number", name=op.f("uq_venue_admission_number")),
        sa.UniqueConstraint("reference", name=op.f("uq_venue_admission_reference")),
    )
    op.create_index(op.f("ix_venue_admission_booking_id"), "venue_admission", ["booking_id"], unique=False)
    op.create_index(
        "ix_venue_admission_performance_id_status", "venue_admission", ["performance_id", "status"], unique=False
    )
    op.create_table(
        "venue_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("performance_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("blocked", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.CheckConstraint("blocked IS NULL OR blocked IN ('killed', 'house')", name=op.f("ck_venue_claim_blocked")),
        sa.CheckConstraint("(booking_id IS NULL) = (blocked IS NOT NULL)", name=op.f("ck_venue_claim_somebody")),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings_booking.id"], name=op.f("fk_venue_claim_booking_id")),
        sa.ForeignKeyConstraint(
            ["performance_id"], ["venue_performance.id"], name=op.f("fk_venue_claim_performance_id")
        ),
        sa.ForeignKeyConstraint(["seat_id"], ["venue_seat.id"], name=op.f("fk_venue_claim_seat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue_claim")),
        sa.UniqueConstraint("performance_id", "seat_id", name="uq_venue_claim_seat"),
    )
    op.create_index(op.f("ix_venue_claim_booking_id"), "venue_claim", ["booking_id"], unique=False)
    op.create_table(
        "vouching_override",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("act", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("asked_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("vouched_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("register_id", sa.Integer(), nullable=False),
        sa.Column("fiscal_row_id", sa.Integer(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.CheckConstraint(
            "act IN ('void', 'refund', 'no_sale', 'paid_in', 'paid_out', 'drop', 'x_report', 'discount', 'price', 'reopening')",
            name=op.f("ck_vouching_override_act"),
        ),
        sa.CheckConstraint(
            "CAST(amount_cents AS BIGINT) = amount_cents", name=op.f("ck_vouching_override_amount_cents")
        ),
        sa.ForeignKeyConstraint(["fiscal_row_id"], ["fiscal_row.id"], name=op.f("fk_vouching_override_fiscal_row_id")),
        sa.ForeignKeyConstraint(["register_id"], ["fiscal_register.id"], name=op.f("fk_vouching_override_register_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vouching_override")),
        sa.UniqueConstraint("key", name=op.f("uq_vouching_override_key")),
        info={"sealed": True},
    )
    op.create_index("ix_vouching_override_at", "vouching_override", ["at"], unique=False)
    op.create_index(op.f("ix_vouching_override_subject"), "vouching_override", ["subject"], unique=False)
    op.create_table(
        "workers_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attendance_id", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("actor_code", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("before", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("after", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("why", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["attendance_id"], ["workers_attendance.id"], name=op.f("fk_workers_correction_attendance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers_correction")),
        info={"sealed": True},
    )
    op.create_index(op.f("ix_workers_correction_attendance_id"), "workers_correction", ["attendance_id"], unique=False)
    op.create_table(
        "workers_dispute",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attendance_id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("says", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=False),
        sa.Column("opened_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("answered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("answered_by", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.CheckConstraint("status IN ('open', 'answered')", name=op.f("ck_workers_dispute_status")),
        sa.ForeignKeyConstraint(
            ["attendance_id"], ["workers_attendance.id"], name=op.f("fk_workers_dispute_attendance_id")
        ),
        sa.ForeignKeyConstraint(["worker_id"], ["workers_worker.id"], name=op.f("fk_workers_dispute_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers_dispute")),
    )
    op.create_index(op.f("ix_workers_dispute_attendance_id"), "workers_dispute", ["attendance_id"], unique=False)
    op.create_index(op.f("ix_workers_dispute_worker_id"), "workers_dispute", ["worker_id"], unique=False)
    op.create_index(
        "uq_workers_dispute_open",
        "workers_dispute",
        ["attendance_id"],
        unique=True,
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_table(
        "bank_match",
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("matched_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("matched_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("kind IN ('transfer', 'payout', 'returned')", name=op.f("ck_bank_match_kind")),
        sa.ForeignKeyConstraint(["line_id"], ["bank_line.id"], name=op.f("fk_bank_match_line_id")),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_bank_match")),
        sa.UniqueConstraint("kind", "target_id", name=op.f("uq_bank_match_kind_target_id")),
    )
    op.create_table(
        "cash_movement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("drawer_session_id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("actor_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("submission", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("kind IN ('paid_in', 'paid_out', 'drop')", name=op.f("ck_cash_movement_kind")),
        sa.CheckConstraint("CAST(amount_cents AS BIGINT) = amount_cents", name=op.f("ck_cash_movement_amount_cents")),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_cash_movement_amount_positive")),
        sa.ForeignKeyConstraint(
            ["drawer_session_id"], ["cash_drawer_session.id"], name=op.f("fk_cash_movement_drawer_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_movement")),
        sa.UniqueConstraint("submission", name=op.f("uq_cash_movement_submission")),
    )
    op.create_index(op.f("ix_cash_movement_drawer_session_id"), "cash_movement", ["drawer_session_id"], unique=False)
    op.create_table(
        "checkout_credit_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("share_cents", sa.BigInteger(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("actor_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("fiscal_row_id", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "CAST(amount_cents AS BIGINT) = amount_cents", name=op.f("ck_checkout_credit_note_amount_cents")
        ),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_checkout_credit_note_amount_positive")),
        sa.ForeignKeyConstraint(
            ["fiscal_row_id"], ["fiscal_row.id"], name=op.f("fk_checkout_credit_note_fiscal_row_id")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders_order.id"], name=op.f("fk_checkout_credit_note_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkout_credit_note")),
        sa.UniqueConstraint("fiscal_row_id", name=op.f("uq_checkout_credit_note_fiscal_row_id")),
        sa.UniqueConstraint("key", name=op.f("uq_checkout_credit_note_key")),
        info={"sealed": True},
    )
    op.create_index(op.f("ix_checkout_credit_note_order_id"), "checkout_credit_note", ["order_id"], unique=False)
    op.create_table(
        "checkout_receipt_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("actor_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders_order.id"], name=op.f("fk_checkout_receipt_copy_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkout_receipt_copy")),
        sa.UniqueConstraint("order_id", "number", name=op.f("uq_checkout_receipt_copy_order_id_number")),
        info={"sealed": True},
    )
    op.create_table(
        "compensation_accrual",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=False),
        sa.Column("room", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("base_cents", sa.BigInteger(), nullable=False),
        sa.Column("gross_cents", sa.BigInteger(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "room IN ('repairs', 'restaurant', 'venue')", name=op.f("ck_compensation_accrual_room_known")
        ),
        sa.CheckConstraint(
            "(amount_cents > 0) = (gross_cents > 0)", name=op.f("ck_compensation_accrual_same_direction")
        ),
        sa.CheckConstraint("amount_cents <> 0", name=op.f("ck_compensation_accrual_amount_given")),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"], ["compensation_beneficiary.id"], name=op.f("fk_compensation_accrual_beneficiary_id")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entry.id"], name=op.f("fk_compensation_accrual_entry_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders_order.id"], name=op.f("fk_compensation_accrual_order_id")),
        sa.ForeignKeyConstraint(["rule_id"], ["compensation_rule.id"], name=op.f("fk_compensation_accrual_rule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compensation_accrual")),
        sa.UniqueConstraint("source", "beneficiary_id", name=op.f("uq_compensation_accrual_source_beneficiary_id")),
        info={"sealed": True},
    )
    op.create_index(op.f("ix_compensation_accrual_order_id"), "compensation_accrual", ["order_id"], unique=False)
    op.create_index("ix_compensation_accrual_owed", "compensation_accrual", ["beneficiary_id", "on"], unique=False)
    op.create_index("ix_compensation_accrual_shown", "compensation_accrual", ["on", "room"], unique=False)
    op.create_table(
        "compensation_missed_share",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("room", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("net_cents", sa.BigInteger(), nullable=False),
        sa.Column("gross_cents", sa.BigInteger(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "room IN ('repairs', 'restaurant', 'venue')", name=op.f("ck_compensation_missed_share_room_known")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders_order.id"], name=op.f("fk_compensation_missed_share_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compensation_missed_share")),
        sa.UniqueConstraint("source", name=op.f("uq_compensation_missed_share_source")),
        info={"sealed": True},
    )
    op.create_index(op.f("ix_compensation_missed_share_on"), "compensation_missed_share", ["on"], unique=False)
    op.create_index(
        op.f("ix_compensation_missed_share_order_id"), "compensation_missed_share", ["order_id"], unique=False
    )
    op.create_table(
        "compensation_reversal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("gross_cents", sa.BigInteger(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("amount_cents >= 0", name=op.f("ck_compensation_reversal_amount_not_negative")),
        sa.CheckConstraint("gross_cents > 0", name=op.f("ck_compensation_reversal_gross_positive")),
        sa.ForeignKeyConstraint(["order_id"], ["orders_order.id"], name=op.f("fk_compensation_reversal_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compensation_reversal")),
        sa.UniqueConstraint("source", name=op.f("uq_compensation_reversal_source")),
        info={"sealed": True},
    )
    op.create_index(op.f("ix_compensation_reversal_order_id"), "compensation_reversal", ["order_id"], unique=False)
    op.create_table(
        "kitchen_chit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("station", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("course", sa.Integer(), nullable=True),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("sent_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sent_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("kind IN ('order', 'cancel')", name=op.f("ck_kitchen_chit_kind")),
        sa.CheckConstraint(
            "state IN ('new', 'started', 'ready', 'recalled', 'served', 'seen')", name=op.f("ck_kitchen_chit_state")
        ),
        sa.CheckConstraint("course IS NULL OR course BETWEEN 1 AND 4", name=op.f("ck_kitchen_chit_course_known")),
        sa.CheckConstraint("moves >= 0", name=op.f("ck_kitchen_chit_moves_not_negative")),
        sa.ForeignKeyConstraint(["order_id"], ["orders_order.id"], name=op.f("fk_kitchen_chit_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kitchen_chit")),
        sa.UniqueConstraint("key", name=op.f("uq_kitchen_chit_key")),
    )
    op.create_index(op.f("ix_kitchen_chit_order_id"), "kitchen_chit", ["order_id"], unique=False)
    op.create_index("ix_kitchen_chit_state_sent_at", "kitchen_chit", ["state", "sent_at"], unique=False)
    op.create_table(
        "orders_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("label_fr", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("label_en", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price_cents", sa.BigInteger(), nullable=False),
        sa.Column("vat_rate_bp", sa.Integer(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("options_cents", sa.BigInteger(), nullable=False),
        sa.Column("discount_cents", sa.BigInteger(), nullable=False),
        sa.Column("discount_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("allergy", sa.Boolean(), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=True),
        sa.Column("course", sa.Integer(), nullable=True),
        sa.Column("station", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("printed_quantity", sa.Integer(), nullable=False),
        sa.Column("added_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("added_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("voided_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("voided_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("void_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("void_vouched_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("submission", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.CheckConstraint("(state = 'voided') = (voided_at IS NOT NULL)", name=op.f("ck_orders_line_voided_complete")),
        sa.CheckConstraint("state IN ('held', 'fired', 'served', 'voided')", name=op.f("ck_orders_line_state")),
        sa.CheckConstraint(
            "CAST(discount_cents AS BIGINT) = discount_cents", name=op.f("ck_orders_line_discount_cents")
        ),
        sa.CheckConstraint("CAST(options_cents AS BIGINT) = options_cents", name=op.f("ck_orders_line_options_cents")),
        sa.CheckConstraint(
            "CAST(unit_price_cents AS BIGINT) = unit_price_cents", name=op.f("ck_orders_line_unit_price_cents")
        ),
        sa.CheckConstraint(
            "discount_cents BETWEEN 0 AND quantity * (unit_price_cents + options_cents)",
            name=op.f("ck_orders_line_discount_within"),
        ),
        sa.CheckConstraint("printed_quantity >= 0", name=op.f("ck_orders_line_printed_quantity_not_negative")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_orders_line_quantity_positive")),
        sa.CheckConstraint("unit_price_cents >= 0", name=op.f("ck_orders_line_unit_price_not_negative")),
        sa.CheckConstraint("vat_rate_bp BETWEEN 0 AND 10000", name=op.f("ck_orders_line_vat_rate_known")),
        sa.ForeignKeyConstraint(["order_id"], ["orders_order.id"], name=op.f("fk_orders_line_order_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products_product.id"], name=op.f("fk_orders_line_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders_line")),
        sa.UniqueConstraint("submission", name=op.f("uq_orders_line_submission")),
    )
    op.create_index(op.f("ix_orders_line_order_id"), "orders_line", ["order_id"], unique=False)
    op.create_index(op.f("ix_orders_line_subject"), "orders_line", ["subject"], unique=False)
    op.create_table(
        "payments_payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("tender", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("change_cents", sa.BigInteger(), nullable=False),
        sa.Column("refunded_cents", sa.BigInteger(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("provider", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("provider_session", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("provider_payment", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("checkout_url", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("register_id", sa.Integer(), nullable=True),
        sa.Column("drawer_session_id", sa.Integer(), nullable=True),
        sa.Column("submission", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("received_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "change_cents >= 0 AND (change_cents = 0 OR tender = 'cash')",
            name=op.f("ck_payments_payment_change_on_cash_only"),
        ),
        sa.CheckConstraint(
            "status <> 'received' OR received_at IS NOT NULL", name=op.f("ck_payments_payment_received_complete")
        ),
        sa.CheckConstraint(
            "status IN ('pending', 'received', 'failed', 'expired', 'cancelled')",
            name=op.f("ck_payments_payment_status"),
        ),
        sa.CheckConstraint(
            "tender IN ('card', 'card_online', 'cash', 'meal_voucher', 'cheque', 'deposit')",
            name=op.f("ck_payments_payment_tender"),
        ),
        sa.CheckConstraint(
            "CAST(amount_cents AS BIGINT) = amount_cents", name=op.f("ck_payments_payment_amount_cents")
        ),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_payments_payment_amount_positive")),
        sa.CheckConstraint(
            "refunded_cents BETWEEN 0 AND amount_cents", name=op.f("ck_payments_payment_refunded_within")
        ),
        sa.ForeignKeyConstraint(
            ["drawer_session_id"], ["cash_drawer_session.id"], name=op.f("fk_payments_payment_drawer_session_id")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders_order.id"], name=op.f("fk_payments_payment_order_id")),
        sa.ForeignKeyConstraint(["register_id"], ["fiscal_register.id"], name=op.f("fk_payments_payment_register_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments_payment")),
        sa.UniqueConstraint("provider_payment", name=op.f("uq_payments_payment_provider_payment")),
        sa.UniqueConstraint("provider_session", name=op.f("uq_payments_payment_provider_session")),
        sa.UniqueConstraint("submission", name=op.f("uq_payments_payment_submission")),
    )
    op.create_index(
        op.f("ix_payments_payment_drawer_session_id"), "payments_payment", ["drawer_session_id"], unique=False
    )
    op.create_index(op.f("ix_payments_payment_order_id"), "payments_payment", ["order_id"], unique=False)
    op.create_index(
        "ix_payments_payment_pending",
        "payments_payment",
        ["expires_at"],
        unique=False,
        sqlite_where=sa.text("status = 'pending'"),
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_table(
        "repairs_work_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("first_name", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
        sa.Column("bike_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("first_job_id", sa.Integer(), nullable=True),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("claim_code", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("tag_code", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("wish", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("condition", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("accessories", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("submission", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("taken_in_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("ready_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("handed_over_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "status <> 'handed_over' OR handed_over_at IS NOT NULL",
            name=op.f("ck_repairs_work_order_handed_over_complete"),
        ),
        sa.CheckConstraint(
            "status IN ('booked', 'taken_in', 'quoted', 'approved', 'in_progress', 'waiting_for_parts', 'ready', 'handed_over', 'declined', 'cancelled')",
            name=op.f("ck_repairs_work_order_status"),
        ),
        sa.ForeignKeyConstraint(["bike_id"], ["repairs_bike.id"], name=op.f("fk_repairs_work_order_bike_id")),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings_booking.id"], name=op.f("fk_repairs_work_order_booking_id")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers_customer.id"], name=op.f("fk_repairs_work_order_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["first_job_id"], ["repairs_work_order.id"], name=op.f("fk_repairs_work_order_first_job_id")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders_order.id"], name=op.f("fk_repairs_work_order_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repairs_work_order")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_repairs_work_order_booking_id")),
        sa.UniqueConstraint("claim_code", name=op.f("uq_repairs_work_order_claim_code")),
        sa.UniqueConstraint("order_id", name=op.f("uq_repairs_work_order_order_id")),
        sa.UniqueConstraint("submission", name=op.f("uq_repairs_work_order_submission")),
        sa.UniqueConstraint("tag_code", name=op.f("uq_repairs_work_order_tag_code")),
    )
    op.create_index(op.f("ix_repairs_work_order_bike_id"), "repairs_work_order", ["bike_id"], unique=False)
    op.create_index(op.f("ix_repairs_work_order_customer_id"), "repairs_work_order", ["customer_id"], unique=False)
    op.create_index(op.f("ix_repairs_work_order_first_job_id"), "repairs_work_order", ["first_job_id"], unique=False)
    op.create_index("ix_repairs_work_order_status", "repairs_work_order", ["status"], unique=False)
    op.create_table(
        "restaurant_tab",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("table_codes", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("covers", sa.Integer(), nullable=False),
        sa.Column("seated_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("note_asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("left_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings_booking.id"], name=op.f("fk_restaurant_tab_booking_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders_order.id"], name=op.f("fk_restaurant_tab_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restaurant_tab")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_restaurant_tab_booking_id")),
        sa.UniqueConstraint("order_id", name=op.f("uq_restaurant_tab_order_id")),
    )
    op.create_index(op.f("ix_restaurant_tab_left_at"), "restaurant_tab", ["left_at"], unique=False)
    op.create_table(
        "venue_scan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("performance_id", sa.Integer(), nullable=False),
        sa.Column("admission_id", sa.Integer(), nullable=True),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("result", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("nonce", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("operator_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("first_in_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("undone_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("undone_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("undo_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_by = '')", name=op.f("ck_venue_scan_undone")),
        sa.CheckConstraint(
            "result IN ('admitted', 'invalid', 'wrong_performance', 'not_paid', 'cancelled', 'doors_closed', 'already_in')",
            name=op.f("ck_venue_scan_result"),
        ),
        sa.CheckConstraint("undone_at IS NULL OR result = 'admitted'", name=op.f("ck_venue_scan_undone_admission")),
        sa.ForeignKeyConstraint(["admission_id"], ["venue_admission.id"], name=op.f("fk_venue_scan_admission_id")),
        sa.ForeignKeyConstraint(
            ["performance_id"], ["venue_performance.id"], name=op.f("fk_venue_scan_performance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue_scan")),
        sa.UniqueConstraint("nonce", name=op.f("uq_venue_scan_nonce")),
    )
    op.create_index(op.f("ix_venue_scan_admission_id"), "venue_scan", ["admission_id"], unique=False)
    op.create_index("ix_venue_scan_performance_id_id", "venue_scan", ["performance_id", "id"], unique=False)
    op.create_table(
        "checkout_credit_note_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("credit_note_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("actor_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["credit_note_id"], ["checkout_credit_note.id"], name=op.f("fk_checkout_credit_note_copy_credit_note_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkout_credit_note_copy")),
        sa.UniqueConstraint(
            "credit_note_id", "number", name=op.f("uq_checkout_credit_note_copy_credit_note_id_number")
        ),
        info={"sealed": True},
    )
    op.create_table(
        "compensation_transfer_item",
        sa.Column("transfer_id", sa.Integer(), nullable=False),
        sa.Column("accrual_id", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["accrual_id"], ["compensation_accrual.id"], name=op.f("fk_compensation_transfer_item_accrual_id")
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["compensation_transfer.id"], name=op.f("fk_compensation_transfer_item_transfer_id")
        ),
        sa.PrimaryKeyConstraint("transfer_id", "accrual_id", name=op.f("pk_compensation_transfer_item")),
    )
    op.create_index(
        "ix_compensation_transfer_item_once",
        "compensation_transfer_item",
        ["accrual_id"],
        unique=True,
        sqlite_where=sa.text("active"),
        postgresql_where=sa.text("active"),
    )
    op.create_table(
        "kitchen_chit_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chit_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("already", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('order', 'cancel')", name=op.f("ck_kitchen_chit_item_kind")),
        sa.CheckConstraint("already >= 0", name=op.f("ck_kitchen_chit_item_already_not_negative")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_kitchen_chit_item_quantity_positive")),
        sa.ForeignKeyConstraint(["chit_id"], ["kitchen_chit.id"], name=op.f("fk_kitchen_chit_item_chit_id")),
        sa.ForeignKeyConstraint(["line_id"], ["orders_line.id"], name=op.f("fk_kitchen_chit_item_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kitchen_chit_item")),
        sa.UniqueConstraint("line_id", "kind", "already", name=op.f("uq_kitchen_chit_item_line_id_kind_already")),
    )
    op.create_index(op.f("ix_kitchen_chit_item_chit_id"), "kitchen_chit_item", ["chit_id"], unique=False)
    op.create_table(
        "kitchen_chit_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chit_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("operator_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("submission", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint(
            "state IN ('new', 'started', 'ready', 'recalled', 'served', 'seen')",
            name=op.f("ck_kitchen_chit_move_state"),
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_kitchen_chit_move_number_positive")),
        sa.ForeignKeyConstraint(["chit_id"], ["kitchen_chit.id"], name=op.f("fk_kitchen_chit_move_chit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kitchen_chit_move")),
        sa.UniqueConstraint("chit_id", "number", name=op.f("uq_kitchen_chit_move_chit_id_number")),
        sa.UniqueConstraint("submission", name=op.f("uq_kitchen_chit_move_submission")),
    )
    op.create_table(
        "payments_refund",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("provider_refund", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("register_id", sa.Integer(), nullable=True),
        sa.Column("drawer_session_id", sa.Integer(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_error", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("succeeded_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "status IN ('pending', 'sent', 'succeeded', 'failed')", name=op.f("ck_payments_refund_status")
        ),
        sa.CheckConstraint("CAST(amount_cents AS BIGINT) = amount_cents", name=op.f("ck_payments_refund_amount_cents")),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_payments_refund_amount_positive")),
        sa.ForeignKeyConstraint(
            ["drawer_session_id"], ["cash_drawer_session.id"], name=op.f("fk_payments_refund_drawer_session_id")
        ),
        sa.ForeignKeyConstraint(["payment_id"], ["payments_payment.id"], name=op.f("fk_payments_refund_payment_id")),
        sa.ForeignKeyConstraint(["register_id"], ["fiscal_register.id"], name=op.f("fk_payments_refund_register_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments_refund")),
        sa.UniqueConstraint("key", name=op.f("uq_payments_refund_key")),
        sa.UniqueConstraint("provider_refund", name=op.f("uq_payments_refund_provider_refund")),
    )
    op.create_index(
        op.f("ix_payments_refund_drawer_session_id"), "payments_refund", ["drawer_session_id"], unique=False
    )
    op.create_index(op.f("ix_payments_refund_payment_id"), "payments_refund", ["payment_id"], unique=False)
    op.create_index(
        "ix_payments_refund_waiting",
        "payments_refund",
        ["created_at"],
        unique=False,
        sqlite_where=sa.text("status IN ('pending', 'sent')"),
        postgresql_where=sa.text("status IN ('pending', 'sent')"),
    )
    op.create_table(
        "repairs_quote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("work_order_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("secret", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("status", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("created_by", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("sent_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("answered_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("answered_by", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.CheckConstraint(
            "status <> 'answered' OR answered_at IS NOT NULL", name=op.f("ck_repairs_quote_answered_complete")
        ),
        sa.CheckConstraint("status IN ('draft', 'sent', 'answered', 'replaced')", name=op.f("ck_repairs_quote_status")),
        sa.ForeignKeyConstraint(
            ["work_order_id"], ["repairs_work_order.id"], name=op.f("fk_repairs_quote_work_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repairs_quote")),
        sa.UniqueConstraint("secret", name=op.f("uq_repairs_quote_secret")),
        sa.UniqueConstraint("work_order_id", "version", name=op.f("uq_repairs_quote_work_order_id_version")),
    )
    op.create_index(op.f("ix_repairs_quote_work_order_id"), "repairs_quote", ["work_order_id"], unique=False)
    op.create_table(
        "repairs_wish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("work_order_id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("label_fr", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("label_en", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("price_cents", sa.BigInteger(), nullable=False),
        sa.Column("vat_rate_bp", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint("CAST(price_cents AS BIGINT) = price_cents", name=op.f("ck_repairs_wish_price_cents")),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_repairs_wish_minutes")),
        sa.ForeignKeyConstraint(["product_id"], ["products_product.id"], name=op.f("fk_repairs_wish_product_id")),
        sa.ForeignKeyConstraint(
            ["work_order_id"], ["repairs_work_order.id"], name=op.f("fk_repairs_wish_work_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repairs_wish")),
    )
    op.create_index(op.f("ix_repairs_wish_work_order_id"), "repairs_wish", ["work_order_id"], unique=False)
    op.create_table(
        "repairs_work_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("work_order_id", sa.Integer(), nullable=False),
        sa.Column("operator_code", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("started_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("stopped_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "stopped_at IS NULL OR stopped_at >= started_at", name=op.f("ck_repairs_work_session_stopped_at")
        ),
        sa.ForeignKeyConstraint(
            ["work_order_id"], ["repairs_work_order.id"], name=op.f("fk_repairs_work_session_work_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repairs_work_session")),
    )
    op.create_index(
        op.f("ix_repairs_work_session_work_order_id"), "repairs_work_session", ["work_order_id"], unique=False
    )
    op.create_index(
        "uq_repairs_work_session_open",
        "repairs_work_session",
        ["operator_code"],
        unique=True,
        sqlite_where=sa.text("stopped_at IS NULL"),
        postgresql_where=sa.text("stopped_at IS NULL"),
    )
    op.create_table(
        "restaurant_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("table_id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=True),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("tab_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ends_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("covers", sa.Integer(), nullable=False),
        sa.CheckConstraint("covers >= 1", name=op.f("ck_restaurant_claim_covers")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_restaurant_claim_lasts")),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings_booking.id"], name=op.f("fk_restaurant_claim_booking_id")),
        sa.ForeignKeyConstraint(["sitting_id"], ["restaurant_sitting.id"], name=op.f("fk_restaurant_claim_sitting_id")),
        sa.ForeignKeyConstraint(["tab_id"], ["restaurant_tab.id"], name=op.f("fk_restaurant_claim_tab_id")),
        sa.ForeignKeyConstraint(["table_id"], ["restaurant_table.id"], name=op.f("fk_restaurant_claim_table_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restaurant_claim")),
    )
    op.create_index(op.f("ix_restaurant_claim_booking_id"), "restaurant_claim", ["booking_id"], unique=False)
    op.create_index("ix_restaurant_claim_starts", "restaurant_claim", ["starts_at"], unique=False)
    op.create_index(op.f("ix_restaurant_claim_tab_id"), "restaurant_claim", ["tab_id"], unique=False)
    op.create_index("ix_restaurant_claim_table_time", "restaurant_claim", ["table_id", "starts_at"], unique=False)
    op.create_table(
        "restaurant_firing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tab_id", sa.Integer(), nullable=False),
        sa.Column("course", sa.Integer(), nullable=False),
        sa.Column("fired_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("operator_code", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("submission", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["tab_id"], ["restaurant_tab.id"], name=op.f("fk_restaurant_firing_tab_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restaurant_firing")),
        sa.UniqueConstraint("submission", name=op.f("uq_restaurant_firing_submission")),
    )
    op.create_index(op.f("ix_restaurant_firing_tab_id"), "restaurant_firing", ["tab_id"], unique=False)
    op.create_table(
        "payments_payout_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payout_id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=True),
        sa.Column("refund_id", sa.Integer(), nullable=True),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("fee_cents", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "CAST(amount_cents AS BIGINT) = amount_cents", name=op.f("ck_payments_payout_item_amount_cents")
        ),
        sa.CheckConstraint("CAST(fee_cents AS BIGINT) = fee_cents", name=op.f("ck_payments_payout_item_fee_cents")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments_payment.id"], name=op.f("fk_payments_payout_item_payment_id")
        ),
        sa.ForeignKeyConstraint(["payout_id"], ["payments_payout.id"], name=op.f("fk_payments_payout_item_payout_id")),
        sa.ForeignKeyConstraint(["refund_id"], ["payments_refund.id"], name=op.f("fk_payments_payout_item_refund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments_payout_item")),
        sa.UniqueConstraint("provider_id", name=op.f("uq_payments_payout_item_provider_id")),
    )
    op.create_index(op.f("ix_payments_payout_item_payment_id"), "payments_payout_item", ["payment_id"], unique=False)
    op.create_index(op.f("ix_payments_payout_item_payout_id"), "payments_payout_item", ["payout_id"], unique=False)
    op.create_index(op.f("ix_payments_payout_item_refund_id"), "payments_payout_item", ["refund_id"], unique=False)
    op.create_table(
        "repairs_quote_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("quote_id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("product_id", sa.Integer(), nullable=True),
        sa.Column("label_fr", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("label_en", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price_cents", sa.BigInteger(), nullable=False),
        sa.Column("vat_rate_bp", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("second_hand", sa.Boolean(), nullable=False),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.CheckConstraint("answer IN ('pending', 'accepted', 'refused')", name=op.f("ck_repairs_quote_line_answer")),
        sa.CheckConstraint("kind IN ('labour', 'part')", name=op.f("ck_repairs_quote_line_kind")),
        sa.CheckConstraint(
            "CAST(unit_price_cents AS BIGINT) = unit_price_cents", name=op.f("ck_repairs_quote_line_unit_price_cents")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_repairs_quote_line_quantity")),
        sa.CheckConstraint("unit_price_cents >= 0", name=op.f("ck_repairs_quote_line_unit_price_not_negative")),
        sa.ForeignKeyConstraint(["product_id"], ["products_product.id"], name=op.f("fk_repairs_quote_line_product_id")),
        sa.ForeignKeyConstraint(["quote_id"], ["repairs_quote.id"], name=op.f("fk_repairs_quote_line_quote_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repairs_quote_line")),
    )
    op.create_index(op.f("ix_repairs_quote_line_quote_id"), "repairs_quote_line", ["quote_id"], unique=False)
    # ### end Alembic commands ###
    for statement in STATEMENTS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Refuse: what was sealed is never undone."""
    raise NotImplementedError("restore the backup made before the migration")
