"""What people may send with an override."""

from typing import Annotated

from pydantic import Field, StringConstraints

from citizen_space.kit.text import _
from citizen_space.web.fields import StaffPin, SubmissionForm


class VouchForm(SubmissionForm):
    """Why, and the word of staff."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=30)] = Field(
        title=_("Motif")
    )
    staff_pin: StaffPin = Field(title=_("Code personnel"))
