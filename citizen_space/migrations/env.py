"""Run by Alembic with the connection that `kit.db.migrate` or `kit.db.check_migrated` opened."""

from typing import Any

from alembic import context
from sqlalchemy.engine import Connection

from citizen_space.kit.db import import_models, metadata


def leave_out(_object: Any, name: str | None, kind: str, reflected: bool, _compared: Any) -> bool:
    """Indexes that only SQL can say (EXTRA_DDL) are not the models' to compare."""
    return not (kind == "index" and reflected and name is not None and name.startswith("extra_"))


import_models()
connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    include_object=leave_out,
    user_module_prefix="sqlmodel.sql.sqltypes.",
)
context.run_migrations()
