"""What the kit itself stores: which job ran in which slot of time."""

from datetime import datetime

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field

from citizen_space.kit.db import Table


class JobRun(Table, table=True):
    """One run of a job: the UNIQUE slot lets only one process do it."""

    __tablename__ = "kit_job_run"
    __table_args__ = (UniqueConstraint("job", "slot"),)

    id: int | None = Field(default=None, primary_key=True)
    job: str
    slot: int = Field(sa_type=BigInteger)
    started_at: datetime
    finished_at: datetime | None = None
    problem: str | None = None
