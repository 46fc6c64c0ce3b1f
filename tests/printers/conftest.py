"""How long these tests wait for a printer."""

from collections.abc import Callable

import pytest

from printers.devices import AskedDevice
from tests.harness.patience import PATIENCE_SECONDS

Patient = Callable[[float], None]


@pytest.fixture(autouse=True)
def wait_for_answers(monkeypatch: pytest.MonkeyPatch) -> Patient:
    """Wait for whatever a printer says, however slow this machine is; a test of mute printers says how long."""

    def patient(seconds: float) -> None:
        monkeypatch.setattr(AskedDevice.status, "__defaults__", (seconds,))

    patient(PATIENCE_SECONDS)
    monkeypatch.setattr("printers.devices.ANSWER_SECONDS", PATIENCE_SECONDS)
    monkeypatch.setattr("printers.agent.PATIENCE_AFTER_JOB", PATIENCE_SECONDS)
    return patient
