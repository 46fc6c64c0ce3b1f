"""What people may send about payments."""

from typing import Literal

from pydantic import BaseModel, Field

from citizen_space.kit.text import _


class DecisionForm(BaseModel):
    """What the person at the sandbox's page decides."""

    choice: Literal["accept", "decline", "abandon"] = Field(title=_("Choix"))
