"""What a screen of the kitchen may send."""

from typing import Literal

from pydantic import Field

from citizen_space.kit.text import _
from citizen_space.web.fields import SubmissionForm

Step = Literal["new", "started", "ready", "recalled", "served", "seen"]


class MoveForm(SubmissionForm):
    """The next step of a chit, counted from what the screen showed."""

    to: Step = Field(title=_("Étape"))
    number: int = Field(ge=0, le=1000)
    # The station whose board is shown next.
    station: str = Field(default="", max_length=40)
