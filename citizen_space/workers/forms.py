"""What people may send about work."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from citizen_space.kit.clock import moment
from citizen_space.kit.money import parse_cents
from citizen_space.kit.names import RoomName
from citizen_space.kit.text import _
from citizen_space.web.fields import Pin, RowId
from citizen_space.workers.models import Reason, Regime

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Says = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z]{1,3}[0-9]{1,4}$")]
# Years that our dates and instants can be reckoned with.
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2999, 12, 31))]


class _Form(BaseModel):
    model_config = ConfigDict(extra="ignore")


class DisputeForm(_Form):
    """A worker says that a line is wrong."""

    attendance_id: RowId = Field(title=_("Ligne"))
    says: Says = Field(title=_("Ce qui ne va pas"))


class AnswerForm(_Form):
    """Staff answer."""

    answer: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=300)] = Field(
        title=_("Réponse")
    )


class _Hours(_Form):
    on: Day = Field(title=_("Jour"))
    starts: time = Field(title=_("Début"))
    ends: time = Field(title=_("Fin"))

    @property
    def starts_at(self) -> datetime:
        """The instant it begins."""
        return moment(self.on, self.starts)

    @property
    def ends_at(self) -> datetime:
        """The instant it ends: the next day when the hour is earlier."""
        return moment(self.on if self.ends > self.starts else self.on + timedelta(days=1), self.ends)


class CorrectForm(_Hours):
    """What an attendance really was."""

    reason: Reason = Field(title=_("Nature"))
    why: Says = Field(title=_("Pourquoi cette correction"))


class AddHoursForm(CorrectForm):
    """Hours that nobody clocked."""

    worker_id: RowId = Field(title=_("Travailleur"))
    post_id: RowId = Field(title=_("Poste"))


class ValidateForm(_Form):
    """Which lines are right."""

    lines: list[RowId] = Field(title=_("Lignes"), min_length=1, max_length=500)


class PlanForm(_Hours):
    """A shift to plan."""

    worker_id: RowId = Field(title=_("Travailleur"))
    post_id: RowId = Field(title=_("Poste"))


class TakeOnForm(_Form):
    """A new worker."""

    first_name: Name = Field(title=_("Prénom"))
    last_name: Name = Field(title=_("Nom"))
    operator_code: Code = Field(title=_("Code opérateur"))
    pin: Pin = Field(title=_("Code secret"))
    language: Literal["fr", "en"] = Field(default="fr", title=_("Langue"))


class ChangeWorkerForm(_Form):
    """What changes of a worker."""

    active: bool = Field(default=False, title=_("Travaille ici"))
    pin: Pin | None = Field(default=None, title=_("Nouveau code secret"))


class AgreeForm(_Form):
    """The terms of a contract."""

    post_id: RowId = Field(title=_("Poste"))
    starts_on: Day = Field(title=_("Premier jour"))
    ends_on: Day | None = Field(default=None, title=_("Dernier jour"))
    weekly_hours: int = Field(title=_("Heures par semaine"), ge=1, le=48)
    hourly_rate: int = Field(title=_("Rémunération horaire"), ge=1, le=100_000)

    @field_validator("hourly_rate", mode="before")
    @classmethod
    def _read_rate(cls, typed: object) -> int:
        try:
            return parse_cents(str(typed))
        except ValueError:
            raise ValueError(_("Rémunération horaire : écrivez un montant, par exemple 5,54.")) from None

    @model_validator(mode="after")
    def _in_order(self) -> "AgreeForm":
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise ValueError(_("Le dernier jour vient avant le premier."))
        return self


class OpenPostForm(_Form):
    """A post to open."""

    room: RoomName = Field(title=_("Activité"))
    name_fr: Word = Field(title=_("Nom en français"))
    name_en: Word = Field(title=_("Nom en anglais"))
    regime: Regime = Field(title=_("Régime"))


class LockForm(_Form):
    """A month is closed for good, so its name is typed."""

    confirm: Annotated[str, StringConstraints(strip_whitespace=True, max_length=10)] = Field(title=_("Mois"))
