"""The names of the three rooms, as they are written in every `room` column."""

from typing import Literal

RoomName = Literal["restaurant", "venue", "repairs"]

ROOM_NAMES: tuple[RoomName, ...] = ("restaurant", "venue", "repairs")
