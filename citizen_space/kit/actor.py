"""Who did it, in the words that may be printed and sealed."""

from dataclasses import dataclass
from typing import Literal

ActorKind = Literal["public", "worker", "staff", "system"]


@dataclass(frozen=True)
class Actor:
    """Somebody who acts: `code` is all that paper and sealed rows ever show of them."""

    kind: ActorKind
    id: int | None
    code: str


PUBLIC = Actor(kind="public", id=None, code="WEB")
SYSTEM = Actor(kind="system", id=None, code="SYSTEM")
