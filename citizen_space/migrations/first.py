"""Writes the first migration from the models: `make migration-first`, until the first release is out."""

import json
from pathlib import Path

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from citizen_space.kit.db import extra_ddl, import_models, metadata

_PATH = Path(__file__).parent / "versions" / "2026_11_23_0001_first_tables.py"
_HEAD = '''"""First tables."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# What the models cannot say, as each database says it: room-specific constraints, then the seals.
STATEMENTS: dict[str, list[str]] = {statements}


def upgrade() -> None:
    """Create every table, then seal."""
    {upgrades}
    for statement in STATEMENTS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    """Refuse: what was sealed is never undone."""
    raise NotImplementedError("restore the backup made before the migration")
'''


def write() -> Path:
    """Compare the models with an empty database and write all that is missing."""
    import_models()
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"user_module_prefix": "sqlmodel.sql.sqltypes."})
        script = produce_migrations(context, metadata)
        assert script.upgrade_ops is not None
        upgrades = render_python_code(script.upgrade_ops, migration_context=context)
    engine.dispose()
    statements = {dialect: extra_ddl(dialect) for dialect in ("sqlite", "postgresql")}
    text = _HEAD.replace("{statements}", json.dumps(statements, indent=4, ensure_ascii=False))
    _PATH.parent.mkdir(exist_ok=True)
    _PATH.write_text(text.replace("{upgrades}", upgrades.strip()))
    return _PATH


if __name__ == "__main__":
    print(write())
