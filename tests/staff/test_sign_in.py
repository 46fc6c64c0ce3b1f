"""Guessing at codes is slowed, for the one who guesses and for nobody else."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from time import sleep
from typing import Any

import pyotp
import pytest
from sqlmodel import Session, select

from citizen_space.kit.actor import SYSTEM
from citizen_space.kit.crypto import open_text
from citizen_space.kit.db import Database
from citizen_space.kit.errors import NotAllowed
from citizen_space.kit.keys import Keys, new_keys
from citizen_space.staff import rules, service
from citizen_space.staff.models import StaffAccount, StaffAttempt, StaffAudit
from tests.harness.patience import PATIENCE_SECONDS

CODE, PIN = "tilleul-4821", "4821"


@pytest.fixture(scope="module")
def keys() -> Keys:
    return new_keys()


def open_director(session: Session, keys: Keys, at: datetime, number: str = "07") -> StaffAccount:
    return service.open_account(
        session,
        login=f"director{number}",
        name="Claire",
        role="director",
        operator_code=f"STAFF-{number}",
        code=CODE,
        pin=PIN,
        keys=keys,
        actor=SYSTEM,
        at=at,
    )


def sign_in(session: Session, keys: Keys, at: datetime, *, code: str, totp: str = "", device: str = "a") -> object:
    guess = service.begin_sign_in(session, "Director07 ", device=device, at=at)
    right = guess.is_right(code, keys.pin_pepper)
    return service.finish_sign_in(session, guess, right=right, one_time_code=totp, keys=keys, at=at)


def test_the_right_code_signs_in_and_is_written_down(session: Session, keys: Keys, at: datetime) -> None:
    account = open_director(session, keys, at)
    assert sign_in(session, keys, at, code=CODE) == account
    assert sign_in(session, keys, at, code="wrong") is None
    acts = [row.act for row in session.exec(select(StaffAudit).order_by(StaffAudit.id))]  # type: ignore[arg-type]
    assert acts == ["account_opened", "sign_in", "sign_in_refused"]


def test_nobody_is_judged_as_slowly_as_somebody(keys: Keys) -> None:
    """Whoever does not exist costs one hash too, and is never right."""
    nobody = service.Guess(None, None, ())
    assert not nobody.is_right("nobody", keys.pin_pepper)


def test_five_tries_then_a_pause_that_grows(session: Session, keys: Keys, at: datetime) -> None:
    open_director(session, keys, at)
    for _ in range(5):
        assert sign_in(session, keys, at, code="wrong") is None
    with pytest.raises(service.TooManyTries):
        sign_in(session, keys, at + timedelta(seconds=29), code=CODE)
    assert sign_in(session, keys, at + timedelta(seconds=31), code="wrong") is None
    with pytest.raises(service.TooManyTries):
        sign_in(session, keys, at + timedelta(seconds=31 + 59), code=CODE)
    assert sign_in(session, keys, at + timedelta(seconds=31 + 61), code=CODE) is not None


def test_one_colleague_does_not_lock_the_team_out(session: Session, keys: Keys, at: datetime) -> None:
    open_director(session, keys, at)
    other = open_director(session, keys, at, number="08")
    for _ in range(5):
        sign_in(session, keys, at, code="wrong")
    guess = service.begin_sign_in(session, other.login, device="a", at=at)
    right = guess.is_right(CODE, keys.pin_pepper)
    assert service.finish_sign_in(session, guess, right=right, one_time_code="", keys=keys, at=at) == other
    # And the one who is paused there may sign in at another device.
    assert sign_in(session, keys, at, code=CODE, device="b") is not None


def test_a_right_code_does_not_wash_out_the_wrong_ones_of_a_device(session: Session, keys: Keys, at: datetime) -> None:
    open_director(session, keys, at)
    for _ in range(4):
        sign_in(session, keys, at, code="wrong")
    sign_in(session, keys, at, code=CODE)
    device = session.get(StaffAttempt, "device:a")
    assert device is not None and device.tries == 4
    own = session.get(StaffAttempt, "login:director07@a")
    assert own is not None and own.tries == 0


@pytest.mark.race
def test_guesses_made_at_once_are_all_counted(database: Database, keys: Keys, at: datetime) -> None:
    """Twenty at once and no more than five are judged."""
    with database.write() as session:
        open_director(session, keys, at)

    def guess(_n: int) -> bool:
        try:
            with database.write() as session:
                service.begin_sign_in(session, "director07", device="a", at=at)
        except service.TooManyTries:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        judged = sum(pool.map(guess, range(20)))
    assert judged == 5


@pytest.mark.race
def test_counting_after_the_judgement_would_let_all_through(database: Database, at: datetime) -> None:
    """The control: when everybody looks before anybody counts, all twenty are judged."""
    limits = rules.limits(who="login:x", device="a")
    looked = Barrier(4)

    def guess(_n: int) -> bool:
        with database.read() as session:
            known = session.get(StaffAttempt, limits[0].key)
            free = known is None or known.blocked_until is None or known.blocked_until <= at
        looked.wait(timeout=PATIENCE_SECONDS)
        with database.write() as session:
            service.count_tries(session, limits, at=at)
        return free

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(guess, range(8))) > 5


# -- one-time codes ---------------------------------------------------------------------------------------------------


def test_a_one_time_code_is_asked_for_sealed_and_taken_once(session: Session, keys: Keys, at: datetime) -> None:
    account = open_director(session, keys, at)
    secret = pyotp.random_base32()
    assert account.id is not None
    service.set_one_time_codes(session, account.id, secret=secret, keys=keys, actor=SYSTEM, at=at)
    assert account.totp_secret is not None and secret not in account.totp_secret
    assert open_text(keys.identity_key, account.totp_secret) == secret
    now = pyotp.TOTP(secret).at(at)
    assert sign_in(session, keys, at, code=CODE) is None
    assert sign_in(session, keys, at, code=CODE, totp=now) == account
    assert sign_in(session, keys, at, code=CODE, totp=now) is None
    later = at + timedelta(seconds=60)
    assert sign_in(session, keys, later, code=CODE, totp=pyotp.TOTP(secret).at(later)) == account


@pytest.mark.race
def test_a_one_time_code_sent_twice_at_once_lets_one_in(
    fresh_database: Database, keys: Keys, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = pyotp.random_base32()
    with fresh_database.write() as session:
        account = open_director(session, keys, at)
        service.set_one_time_codes(session, account.id or 0, secret=secret, keys=keys, actor=SYSTEM, at=at)
    steps = rules.totp_steps

    def think(moment: datetime) -> tuple[int, int, int]:
        sleep(0.3)
        return steps(moment)

    monkeypatch.setattr(rules, "totp_steps", think)

    def enter(_n: int) -> bool:
        with fresh_database.write() as session:
            code = pyotp.TOTP(secret).at(at)
            who = service.finish_sign_in(session, guess, right=True, one_time_code=code, keys=keys, at=at)
            return who is not None

    guess = service.Guess(account.id, account.code_hash, rules.limits(who="login:director07", device="a"))
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(enter, range(2))) == [False, True]


# -- PIN on a till ----------------------------------------------------------------------------------------------------


def vouch(
    session: Session, keys: Keys, at: datetime, pin: str, roles: set[str], device: str = "register:1"
) -> StaffAccount:
    """Ask for a PIN's word as a till does, all in one session."""
    guess, secret = service.begin_pin(session, pin, device=device, at=at)
    return service.vouch(session, guess, right=guess.is_right(secret, keys.pin_pepper), roles=roles, at=at)


def test_a_pin_vouches_for_the_roles_that_may(session: Session, keys: Keys, at: datetime) -> None:
    account = open_director(session, keys, at)
    assert vouch(session, keys, at, "07" + PIN, {"director"}) == account
    for pin, roles in (
        ("07" + PIN, {"chef"}),
        ("070000", {"director"}),
        ("99" + PIN, {"director"}),
        ("x", {"director"}),
    ):
        with pytest.raises(service.WrongStaffPin):
            vouch(session, keys, at, pin, roles)


def test_a_pin_is_counted_before_it_is_judged(database: Database, keys: Keys, at: datetime) -> None:
    with database.write() as session:
        open_director(session, keys, at)
    for _ in range(5):
        with database.write() as session:
            service.begin_pin(session, "070000", device="register:1", at=at)
    with database.write() as session, pytest.raises(service.TooManyTries):
        service.begin_pin(session, "07" + PIN, device="register:1", at=at)
    with database.write() as session:
        assert vouch(session, keys, at, "07" + PIN, {"director"}, device="register:2").id == 1


def test_an_account_that_was_closed_meanwhile_vouches_for_nothing(session: Session, keys: Keys, at: datetime) -> None:
    account = open_director(session, keys, at)
    guess, _secret = service.begin_pin(session, "07" + PIN, device="register:1", at=at)
    account.active = False
    with pytest.raises(service.WrongStaffPin):
        service.vouch(session, guess, right=True, roles={"director"}, at=at)


def test_two_people_never_share_the_digits_before_a_pin(session: Session, keys: Keys, at: datetime) -> None:
    open_director(session, keys, at)
    with pytest.raises(service.NumberTaken):
        service.open_account(
            session,
            login="other",
            name="Other",
            role="chef",
            operator_code="CHEF-07",
            code=CODE,
            pin="1234",
            keys=keys,
            actor=SYSTEM,
            at=at,
        )


def test_an_account_taken_up_again_does_not_share_the_digits_either(session: Session, keys: Keys, at: datetime) -> None:
    first = open_director(session, keys, at)
    facts: dict[str, Any] = {"name": "Claire", "role": "director", "actor": SYSTEM, "at": at}
    service.change_account(session, first.id or 0, active=False, **facts)
    second = service.open_account(
        session, login="other", name="Other", role="chef", operator_code="CHEF-07", code=CODE, pin="1234",
        keys=keys, actor=SYSTEM, at=at,
    )  # fmt: skip
    with pytest.raises(service.NumberTaken):
        service.change_account(session, first.id or 0, active=True, **facts)
    assert vouch(session, keys, at, "071234", {"chef"}).id == second.id


def test_nobody_changes_their_own_rights(session: Session, keys: Keys, at: datetime) -> None:
    account = open_director(session, keys, at)
    assert account.id is not None
    with pytest.raises(NotAllowed):
        service.change_account(
            session, account.id, name="C", role="admin", active=True, actor=service.actor_of(account), at=at
        )


def test_codes_are_kept_only_as_hashes(session: Session, keys: Keys, at: datetime) -> None:
    account = open_director(session, keys, at)
    assert CODE not in account.code_hash and account.code_hash.startswith("$argon2id$")
    assert account.pin_hash is not None and PIN not in account.pin_hash.rpartition("$")[0]
