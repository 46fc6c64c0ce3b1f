"""What staff may send about bookings."""

from datetime import date, datetime, time
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from citizen_space.kit.clock import moment
from citizen_space.kit.names import RoomName
from citizen_space.kit.text import _

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2999, 12, 31))]


class CloseForm(BaseModel):
    """A time in which nobody is taken."""

    room: RoomName | None = Field(default=None, title=_("Lieu"))
    first_on: Day = Field(title=_("Premier jour"))
    starts: time = Field(default=time(0, 0), title=_("À partir de"))
    last_on: Day = Field(title=_("Dernier jour"))
    ends: time = Field(default=time(23, 59), title=_("Jusqu’à"))
    reason_fr: Words = Field(default="", title=_("Motif en français"))
    reason_en: Words = Field(default="", title=_("Motif en anglais"))

    @property
    def starts_at(self) -> datetime:
        """The instant it begins."""
        return moment(self.first_on, self.starts)

    @property
    def ends_at(self) -> datetime:
        """The instant it ends."""
        return moment(self.last_on, self.ends)
