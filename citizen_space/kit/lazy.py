"""Libraries that few requests need are imported by the first that does: every process starts sooner and is smaller."""

from importlib import import_module
from typing import Any


class later:
    """Stands for a module until something of it is wanted."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, wanted: str) -> Any:
        """Import the module, now that it is wanted; Python remembers it."""
        return getattr(import_module(self._name), wanted)
