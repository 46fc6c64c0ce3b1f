"""What staff do: sign in, vouch with a PIN on a till, keep accounts; and every act is written down."""

import hmac
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import pyotp
from sqlmodel import Session

from citizen_space.kit import crypto
from citizen_space.kit.actor import Actor
from citizen_space.kit.clock import local
from citizen_space.kit.db import insert_once, lock, lock_row
from citizen_space.kit.errors import Counted, NotAllowed, Refusal, TooMany
from citizen_space.kit.keys import Keys
from citizen_space.kit.text import _
from citizen_space.staff import queries, rules
from citizen_space.staff.models import StaffAccount, StaffAttempt, StaffAudit


class WrongStaffPin(Counted):
    """The PIN is nobody's, or not of somebody who may. That it was tried is written after the roll-back."""

    status = 403
    sentence = _("Ce code personnel ne permet pas cette opération.")

    def __init__(self, field: str | None, *, limits: Sequence[rules.Limit], at: datetime) -> None:
        super().__init__(field)
        self.limits = limits
        self._at = at

    def remember(self, session: Session) -> None:
        """Write it down in a transaction of its own; the try was counted before it was judged."""
        record(session, Actor("system", None, "PIN"), "vouch_refused", self.limits[0].key, {}, self._at)


class TooManyTries(TooMany):
    """Wait, then try again; nobody else has to."""

    sentence = _("Trop d’essais. Réessayez à %(again)s.")


class LoginTaken(Refusal):
    """Two people cannot have one login or one operator code."""

    sentence = _("Cet identifiant ou ce code est déjà pris.")


class NumberTaken(Refusal):
    """The two digits that are typed before a PIN belong to one person."""

    sentence = _("Un autre compte a déjà un code opérateur qui finit par ces deux chiffres.")


@dataclass(frozen=True)
class Guess:
    """A try that is already counted and not yet judged, so that judging it needs no database."""

    subject_id: int | None
    code_hash: str | None
    limits: tuple[rules.Limit, ...]

    def is_right(self, typed: str, pepper: bytes) -> bool:
        """Judge it, in the same time whether or not there is such a person."""
        fits = crypto.check_secret(self.code_hash or _nobody(pepper), typed, pepper)
        return fits and self.subject_id is not None


@lru_cache(maxsize=4)
def _nobody(pepper: bytes) -> str:
    return crypto.hash_secret("nobody", pepper)


# -- guesses ----------------------------------------------------------------------------------------------------------


def check_pause(session: Session, limits: Sequence[rules.Limit], *, at: datetime) -> None:
    """Refuse while a pause is on, under the lock that counting takes too."""
    lock(session, *(f"attempt:{limit.key}" for limit in limits))
    for limit in limits:
        known = session.get(StaffAttempt, limit.key)
        if known is not None and known.blocked_until is not None and known.blocked_until > at:
            raise TooManyTries(again=f"{local(known.blocked_until):%H:%M:%S}")


def count_tries(session: Session, limits: Sequence[rules.Limit], *, at: datetime) -> None:
    """Count one try under each key before it is judged: those made at once are all counted."""
    lock(session, *(f"attempt:{limit.key}" for limit in limits))
    for limit in limits:
        known = session.get(StaffAttempt, limit.key) or StaffAttempt(key=limit.key, tries=0, last_at=at)
        known.tries = rules.count_try(limit, tries=known.tries, last_at=known.last_at, at=at)
        known.last_at = at
        known.blocked_until = rules.pause_until(limit, known.tries, at)
        session.add(known)


def reserve_try(session: Session, limits: Sequence[rules.Limit], *, at: datetime) -> None:
    """Take one of the tries that are left, or refuse."""
    check_pause(session, limits, at=at)
    count_tries(session, limits, at=at)


def forgive_tries(session: Session, limits: Sequence[rules.Limit]) -> None:
    """Forget the tries of somebody who got in; of the device only this one, lest a right code wash out the wrong."""
    lock(session, *(f"attempt:{limit.key}" for limit in limits))
    for limit in limits:
        known = session.get(StaffAttempt, limit.key)
        if known is not None:
            known.tries = max(known.tries - 1, 0) if limit.key.startswith("device:") else 0
            known.blocked_until = None
            session.add(known)


# -- signing in -------------------------------------------------------------------------------------------------------


def begin_sign_in(session: Session, login: str, *, device: str, at: datetime) -> Guess:
    """Count a try at an account's code, and hand it over to be judged outside the transaction."""
    account = queries.find_by_login(session, login)
    counted = rules.limits(who=f"login:{login.strip().lower()[:60]}", device=device)
    reserve_try(session, counted, at=at)
    return Guess(account.id if account else None, account.code_hash if account else None, counted)


def finish_sign_in(
    session: Session, guess: Guess, *, right: bool, one_time_code: str, keys: Keys, at: datetime
) -> StaffAccount | None:
    """Let the account in, or write down that it was not."""
    # Locked: of two who send the same one-time code at once, the second finds it taken.
    account = lock_row(session, StaffAccount, guess.subject_id) if guess.subject_id is not None else None
    if account is None or not right or not account.active or not _take_totp(account, one_time_code, keys, at):
        record(session, Actor("system", None, "SIGN-IN"), "sign_in_refused", guess.limits[0].key, {}, at)
        return None
    forgive_tries(session, guess.limits)
    session.add(account)
    record(session, actor_of(account), "sign_in", f"staff:{account.id}", {}, at)
    return account


def _take_totp(account: StaffAccount, typed: str, keys: Keys, at: datetime) -> bool:
    if account.totp_secret is None:
        return True
    generator = pyotp.TOTP(crypto.open_text(keys.identity_key, account.totp_secret))
    for step in rules.totp_steps(at):
        if step > account.totp_step and hmac.compare_digest(generator.generate_otp(step), typed.strip()):
            account.totp_step = step
            return True
    return False


def begin_pin(session: Session, pin: str, *, device: str, at: datetime) -> tuple[Guess, str]:
    """Count a try at a PIN (two digits of the operator code, then the secret ones), and hand over what to judge."""
    number, secret = rules.split_pin(pin) or ("", "")
    account = queries.find_by_number(session, number) if number else None
    counted = rules.limits(who=f"staff-pin:{number}", device=device)
    reserve_try(session, counted, at=at)
    return Guess(account.id if account else None, account.pin_hash if account else None, counted), secret


def finish_pin(session: Session, guess: Guess, *, right: bool, at: datetime) -> StaffAccount | None:
    """Let a member of staff work on a till, or nobody."""
    account = session.get(StaffAccount, guess.subject_id) if guess.subject_id is not None else None
    if account is None or not right or not account.active:
        return None
    forgive_tries(session, guess.limits)
    record(session, actor_of(account), "till_sign_in", f"staff:{account.id}", {}, at)
    return account


def vouch(
    session: Session, guess: Guess, *, right: bool, roles: Collection[str], at: datetime, field: str = "staff_pin"
) -> StaffAccount:
    """Take the word of a member of staff whose PIN was judged, for an act that one of these roles may vouch for."""
    account = session.get(StaffAccount, guess.subject_id) if guess.subject_id is not None else None
    if account is None or not right or not account.active or account.role not in roles:
        raise WrongStaffPin(field, limits=guess.limits, at=at)
    forgive_tries(session, guess.limits)
    return account


# -- accounts ---------------------------------------------------------------------------------------------------------


def actor_of(account: StaffAccount) -> Actor:
    """Name an account as paper and sealed rows do."""
    return Actor(kind="staff", id=account.id, code=account.operator_code)


def open_account(
    session: Session,
    *,
    login: str,
    name: str,
    role: str,
    operator_code: str,
    code: str,
    pin: str | None,
    keys: Keys,
    actor: Actor,
    at: datetime,
) -> StaffAccount:
    """Open an account for a member of staff."""
    account = StaffAccount(
        login=login.strip().lower(),
        name=name.strip(),
        role=role,
        operator_code=operator_code.strip().upper(),
        code_hash=crypto.hash_secret(code, keys.pin_pepper),
        pin_hash=crypto.hash_secret(pin, keys.pin_pepper) if pin else None,
        created_at=at,
    )
    lock(session, "staff-numbers")
    if pin and queries.find_by_number(session, rules.staff_number(account.operator_code)) is not None:
        raise NumberTaken("operator_code")
    if not insert_once(session, account):
        raise LoginTaken("login")
    record(session, actor, "account_opened", f"staff:{account.id}", {"login": account.login, "role": role}, at)
    return account


def change_account(
    session: Session, account_id: int, *, name: str, role: str, active: bool, actor: Actor, at: datetime
) -> StaffAccount:
    """Change who an account is for, what it may do, or whether it may do anything."""
    account = queries.get_account(session, account_id)
    if account.id == actor.id and actor.kind == "staff" and (not active or role != account.role):
        raise NotAllowed("role")
    if active and not account.active and account.pin_hash is not None:
        _check_number_free(session, account, "active")
    before = {"role": account.role, "active": account.active}
    account.name, account.role, account.active = name.strip(), role, active
    session.add(account)
    record(
        session, actor, "account_changed", f"staff:{account.id}", {"before": before, "role": role, "active": active}, at
    )
    return account


def _check_number_free(session: Session, account: StaffAccount, field: str) -> None:
    lock(session, "staff-numbers")
    holder = queries.find_by_number(session, rules.staff_number(account.operator_code))
    if holder is not None and holder.id != account.id:
        raise NumberTaken(field)


def change_codes(
    session: Session, account_id: int, *, code: str | None, pin: str | None, keys: Keys, actor: Actor, at: datetime
) -> StaffAccount:
    """Give an account a new sign-in code, a new PIN, or both."""
    account = queries.get_account(session, account_id)
    if code:
        account.code_hash = crypto.hash_secret(code, keys.pin_pepper)
    if pin:
        _check_number_free(session, account, "pin")
        account.pin_hash = crypto.hash_secret(pin, keys.pin_pepper)
    session.add(account)
    record(session, actor, "codes_changed", f"staff:{account.id}", {"code": bool(code), "pin": bool(pin)}, at)
    return account


def set_one_time_codes(
    session: Session, account_id: int, *, secret: str | None, keys: Keys, actor: Actor, at: datetime
) -> StaffAccount:
    """Ask an account for one-time codes from now on, or no longer."""
    account = queries.get_account(session, account_id)
    account.totp_secret = crypto.seal_text(keys.identity_key, secret) if secret else None
    account.totp_step = 0
    session.add(account)
    record(session, actor, "one_time_codes", f"staff:{account.id}", {"on": secret is not None}, at)
    return account


def record(
    session: Session, actor: Actor, act: str, subject: str, detail: Mapping[str, Any], at: datetime
) -> StaffAudit:
    """Write down who did what, sealed."""
    text = json.dumps(dict(detail), ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    row = StaffAudit(at=at, actor_kind=actor.kind, actor_code=actor.code, act=act, subject=subject[:120], detail=text)
    session.add(row)
    return row
