"""Printers by address: what they say of themselves, and the truth about what went out."""

import contextlib
import os
import pty
import socket
import threading
import time
from pathlib import Path

import pytest

from printers.devices import (
    ANSWER_SECONDS,
    CONNECT_SECONDS,
    UNKNOWN,
    DeviceDied,
    DeviceUnavailable,
    NodeDevice,
    find_usb_node,
    open_device,
)
from printers.document import Document, Text
from printers.escpos import interpret
from printers.render import render
from printers.virtual import Faults, VirtualPrinter
from tests.harness.patience import PATIENCE_SECONDS
from tests.printers.conftest import Patient
from tests.printers.house import quickly
from tests.printers.samples import receipt

JOB = render(receipt())


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


# -- tcp --------------------------------------------------------------------------------------------------------------


def test_a_network_printer_takes_the_job_and_says_that_it_is_well() -> None:
    with VirtualPrinter() as printer:
        device = open_device(printer.address)
        assert device.status().known
        device.send(JOB)
        after = device.status()
        device.close()
        assert (after.online, after.paper, after.cover, after.known) == (True, "enough", "closed", True)
        assert tuple(printer.drawn) == interpret(JOB)


@pytest.mark.parametrize(
    ("faults", "online", "paper", "cover", "trouble"),
    [
        (Faults(paper="low"), True, "low", "closed", ""),
        (Faults(paper="out"), False, "out", "closed", "plus de papier"),
        (Faults(cover_open=True), False, "enough", "open", "capot ouvert"),
    ],
)
def test_a_printer_says_what_is_wrong(faults: Faults, online: bool, paper: str, cover: str, trouble: str) -> None:
    with VirtualPrinter(faults=faults) as printer:
        device = open_device(printer.address)
        status = device.status()
        device.close()
    assert (status.online, status.paper, status.cover, status.trouble) == (online, paper, cover, trouble)
    assert status.known


@pytest.mark.parametrize("faults", [Faults(mute=True), Faults(garbage=True)])
def test_a_printer_that_says_nothing_sensible_is_not_believed_to_have_paper(
    wait_for_answers: Patient, faults: Faults
) -> None:
    wait_for_answers(ANSWER_SECONDS)
    with VirtualPrinter(faults=faults) as printer:
        device = open_device(printer.address)

        def ask() -> float:
            began = time.monotonic()
            assert device.status() == UNKNOWN
            return time.monotonic() - began

        quickly(ask, 1.5)
        device.send(JOB)
        device.close()
    assert not UNKNOWN.known
    assert UNKNOWN.paper == "unknown"


def test_nobody_listening_is_found_at_once() -> None:
    def knock() -> float:
        began = time.monotonic()
        with pytest.raises(DeviceUnavailable, match="injoignable"):
            open_device(f"tcp://127.0.0.1:{free_port()}")
        return time.monotonic() - began

    quickly(knock, 2.5)


def test_a_host_that_says_nothing_is_given_up_after_two_seconds() -> None:
    """A full waiting room drops who knocks, as a switched-off machine does: no refusal ever comes."""
    with socket.socket() as listener, contextlib.ExitStack() as crowd:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _knock in range(4):
            knocking = crowd.enter_context(socket.socket())
            knocking.setblocking(False)
            knocking.connect_ex(listener.getsockname())
        began = time.monotonic()
        with pytest.raises(DeviceUnavailable, match="injoignable"):
            open_device(f"tcp://127.0.0.1:{listener.getsockname()[1]}")
        assert CONNECT_SECONDS <= time.monotonic() - began < CONNECT_SECONDS + PATIENCE_SECONDS
    assert CONNECT_SECONDS == 2


@pytest.mark.parametrize("at", [1, 2, 100, len(JOB) // 2, len(JOB) - 1, len(JOB)])
def test_a_printer_that_dies_in_the_middle_never_passes_for_done(at: int) -> None:
    with VirtualPrinter(faults=Faults(die_at=at)) as printer:
        device = open_device(printer.address)
        assert device.status().known
        with pytest.raises((DeviceDied, DeviceUnavailable)):
            device.send(JOB)
            device.status()
        device.close()
        assert printer.jobs == []


def test_a_mute_printer_that_dies_is_noticed_at_the_goodbye() -> None:
    with VirtualPrinter(faults=Faults(mute=True, die_at=50)) as printer:
        device = open_device(printer.address)
        with pytest.raises(DeviceDied):
            device.send(JOB)
            device.close()
        device.close()


def test_a_printer_that_takes_nothing_is_given_up_with_the_count_of_what_went_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("printers.devices.SEND_SECONDS", 0.3)
    monkeypatch.setattr("printers.devices.ANSWER_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        device = open_device(f"tcp://127.0.0.1:{listener.getsockname()[1]}")
        with pytest.raises(DeviceDied) as died:
            device.send(b"a" * 50_000_000)
        assert 0 < died.value.sent < 50_000_000
        device.close()


# -- serial, usb, file, virtual ---------------------------------------------------------------------------------------


def test_a_serial_printer_is_spoken_to_at_its_speed() -> None:
    ours, theirs = pty.openpty()
    heard = bytearray()

    def printer() -> None:
        while not heard.endswith(JOB[-3:]):
            heard.extend(os.read(ours, 512))
            if heard.endswith((b"\x10\x04\x01", b"\x10\x04\x04")):
                os.write(ours, b"\x12")

    thread = threading.Thread(target=printer, daemon=True)
    device = open_device(f"serial://{os.ttyname(theirs)}?baud=9600&flow=xonxoff")
    thread.start()
    status = device.status()
    device.send(JOB)
    thread.join(PATIENCE_SECONDS)
    device.close()
    device.close()
    os.close(ours)
    os.close(theirs)
    assert status.known
    assert status.paper == "enough"
    assert bytes(heard) == b"\x10\x04\x01\x10\x04\x04" + JOB


def test_a_serial_line_that_takes_nothing_is_given_up(
    monkeypatch: pytest.MonkeyPatch, wait_for_answers: Patient
) -> None:
    monkeypatch.setattr("printers.devices.SEND_SECONDS", 0.3)
    monkeypatch.setattr("printers.devices.ANSWER_SECONDS", 0.1)
    wait_for_answers(0.1)
    ours, theirs = pty.openpty()
    device = open_device(f"serial://{os.ttyname(theirs)}")
    assert device.status() == UNKNOWN
    with pytest.raises(DeviceDied) as died:
        device.send(b"a" * 1_000_000)
    assert 0 < died.value.sent < 1_000_000
    device.close()
    os.close(ours)
    os.close(theirs)


@pytest.mark.parametrize(
    "address",
    [
        "serial:///dev/null",
        "serial:///dev/nothing-here",
        "serial:///dev/null?baud=12345",
        "usb://04b8:ffff",
        "file:///proc/nothing/here",
        "tcp://127.0.0.1:1",
        "lpt://1",
        "",
    ],
)
def test_a_wrong_address_is_said_to_be_unavailable(address: str) -> None:
    with pytest.raises(DeviceUnavailable):
        open_device(address)


def test_a_usb_printer_is_found_by_maker_and_model(tmp_path: Path) -> None:
    for number, model in enumerate(("0e15", "0e20")):
        interface = tmp_path / f"devices/usb{number}/1-{number}:1.0"
        (interface / f"usbmisc/lp{number}").mkdir(parents=True)
        (interface / f"usbmisc/lp{number}/device").symlink_to(interface)
        (interface.parent / "idVendor").write_text("04b8\n")
        (interface.parent / "idProduct").write_text(f"{model}\n")
        classes = tmp_path / "class"
        classes.mkdir(exist_ok=True)
        (classes / f"lp{number}").symlink_to(interface / f"usbmisc/lp{number}")
    assert find_usb_node("04B8:0e20", tmp_path / "class", tmp_path / "nodes") == tmp_path / "nodes/lp1"
    with pytest.raises(DeviceUnavailable, match="non branchée"):
        find_usb_node("04b8:0e99", tmp_path / "class")


def test_a_device_node_is_written_to() -> None:
    device = open_device("file:///dev/null")
    assert isinstance(device, NodeDevice)
    device.send(JOB)
    device.close()


def test_a_file_collects_jobs(tmp_path: Path) -> None:
    for _ in range(2):
        device = open_device(f"file://{tmp_path}/jobs.bin")
        assert not device.status().known
        device.send(JOB)
        device.close()
    assert (tmp_path / "jobs.bin").read_bytes() == JOB + JOB


def test_a_virtual_printer_leaves_bytes_and_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device = open_device("virtual://cuisine", folder=tmp_path / "paper")
    assert device.status().known
    device.send(JOB)
    device.send(b"\x1bZ")
    device.close()
    first, second = sorted((tmp_path / "paper").glob("cuisine-*.bin"))
    assert first.read_bytes() == JOB
    assert first.with_suffix(".svg").read_text().startswith("<svg")
    assert first.with_suffix(".png").read_bytes().startswith(b"\x89PNG")
    assert "unknown command" in second.with_suffix(".txt").read_text()
    monkeypatch.setenv("PRINTERS_FOLDER", str(tmp_path / "other"))
    open_device("virtual://bar").send(JOB)
    assert len(list((tmp_path / "other").iterdir())) == 3


# -- the virtual printer itself ---------------------------------------------------------------------------------------


def test_the_virtual_printer_keeps_its_settings_between_jobs_and_reads_ours_right(tmp_path: Path) -> None:
    """What another program leaves behind is really there, and really does not matter."""
    accents = render(Document("test", (Text("é è ç œ €"),)))
    with VirtualPrinter(folder=tmp_path) as printer:
        for data in (accents, b"\x1bt\x00\x1bE\x01\x1d!\x11\n", accents):
            device = open_device(printer.address)
            device.send(data)
            device.status()
            device.close()
    first, last = (element for element in printer.drawn if "œ" in getattr(element, "text", ""))
    assert first == last
    assert printer.errors == []
    assert len(list(tmp_path.glob("*.png"))) == 3


def test_asking_a_virtual_printer_makes_no_paper(tmp_path: Path) -> None:
    with VirtualPrinter(folder=tmp_path) as printer:
        device = open_device(printer.address)
        device.status()
        device.close()
        time.sleep(0.2)
        assert (printer.jobs, list(tmp_path.iterdir())) == ([], [])


def test_nonsense_is_noticed_and_the_next_job_is_right() -> None:
    with VirtualPrinter() as printer:
        for data in (b"\x1b\x01garbage", JOB):
            device = open_device(printer.address)
            device.send(data)
            device.status()
            device.close()
        assert len(printer.errors) == 1
        assert tuple(printer.drawn)[-len(interpret(JOB)) :] == interpret(JOB)
