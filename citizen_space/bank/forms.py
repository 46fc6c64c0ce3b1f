"""What finance may send about the bank."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from citizen_space.kit.text import _


class ImportForm(BaseModel):
    """A file of the bank."""

    file: bytes = Field(title=_("Fichier du relevé"))


class MatchForm(BaseModel):
    """What a person says a line is: 'transfer:12'."""

    target: str = Field(title=_("Correspond à"), pattern=r"^(transfer|payout|returned):[0-9]{1,9}$")

    @property
    def kind(self) -> str:
        """Which kind of thing."""
        return self.target.partition(":")[0]

    @property
    def target_id(self) -> int:
        """Which one."""
        return int(self.target.partition(":")[2])


class TrialForm(BaseModel):
    """A statement to try with."""

    format: Literal["camt.053.001.02", "camt.053.001.08"] = Field(default="camt.053.001.08", title=_("Format"))
    on: date | None = Field(default=None, title=_("Jour du relevé"))
