"""What is stored of the law: one row for each value and the day it begins, never changed afterwards."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from citizen_space.kit.db import Table, enum_check


class Confirmed(StrEnum):
    """How sure we are of a value."""

    TEXT = "C"
    SECONDARY = "S"
    AMBIGUOUS = "A"
    GENERAL = "G"
    UNKNOWN = "none"


class Unit(StrEnum):
    """How the text of a value is to be read."""

    EUROS = "euros"
    PERCENT = "percent"
    YES_NO = "yes_no"
    COUNT = "count"
    HOURS = "hours"
    MINUTES = "minutes"
    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"
    FACTOR = "factor"
    CENTIMETRES = "centimetres"
    TEXT = "text"
    JSON = "json"


class Parameter(Table, table=True):
    """A value of the law or of the house from one day on; a later row of the same key takes over."""

    __tablename__ = "law_parameter"
    __table_args__ = (
        enum_check("unit", Unit),
        enum_check("confirmed", Confirmed),
        CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from", name="period"),
        Index("ix_law_parameter_key", "key", "valid_from"),
        {"info": {"sealed": True}},
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str
    value: str
    """Empty when the law is silent and nobody has decided yet."""
    unit: str
    valid_from: date | None = None
    """None: in force, but nobody could say since when."""
    valid_to: date | None = None
    """Last day, when it was known from the first; otherwise it lasts until the next row begins."""
    reference: str = ""
    confirmed: str
    note: str = ""
    theme: str
    label_fr: str
    label_en: str
    stamp: str = Field(unique=True)
    """Random: tells every state of this table from every other, also after a rollback."""
    created_at: datetime
    created_by: str
