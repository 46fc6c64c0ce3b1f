"""How overrides are found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from citizen_space.fiscal.models import FiscalRegister
from citizen_space.kit.clock import day_bounds
from citizen_space.kit.db import find_by
from citizen_space.vouching.models import Override


@dataclass(frozen=True)
class Listed:
    """An override with the till it was made at."""

    override: Override
    register: FiscalRegister


def find_override(session: Session, key: str) -> Override | None:
    """Find the override that a page has already asked for."""
    return find_by(session, Override, "key", key)


def list_overrides(session: Session, on: date | None, *, limit: int = 200) -> Sequence[Listed]:
    """List the overrides of a day, or the last ones, the newest first."""
    wanted = select(Override, FiscalRegister).where(col(FiscalRegister.id) == col(Override.register_id))
    if on is not None:
        start, end = day_bounds(on)
        wanted = wanted.where(col(Override.at) >= start, col(Override.at) < end)
    rows = session.exec(wanted.order_by(col(Override.id).desc()).limit(limit)).all()
    return [Listed(override, register) for override, register in rows]
