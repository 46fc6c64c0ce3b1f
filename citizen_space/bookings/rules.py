"""What is true of bookings: which moves are legal, what is kept of the money, which days are closed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from citizen_space.bookings.models import Booking, BookingStatus, Closure
from citizen_space.kit.clock import local
from citizen_space.kit.formats import percent
from citizen_space.kit.money import BASIS, portion
from citizen_space.kit.text import _, translate, translate_number

_S = BookingStatus

# These may still be cancelled: somebody is expected.
STANDING: frozenset[str] = frozenset({_S.HELD, _S.CONFIRMED})

# From each status, the ones that may follow. A lapsed booking comes back only when its payment lands late and the
# place is still free; then its room has claimed it again.
MOVES: dict[str, frozenset[str]] = {
    _S.HELD: frozenset({_S.CONFIRMED, _S.LAPSED, _S.CANCELLED}),
    _S.LAPSED: frozenset({_S.CONFIRMED}),
    _S.CONFIRMED: frozenset({_S.ARRIVED, _S.CANCELLED, _S.NO_SHOW}),
    _S.ARRIVED: frozenset({_S.COMPLETED, _S.CONFIRMED}),
    _S.NO_SHOW: frozenset({_S.ARRIVED, _S.CONFIRMED}),
    _S.COMPLETED: frozenset(),
    _S.CANCELLED: frozenset(),
}

# These stand for people who are expected or here.
LIVE: frozenset[str] = frozenset({_S.CONFIRMED, _S.ARRIVED, _S.COMPLETED})


def can_move(status: str, to: str) -> bool:
    """Tell whether a booking in one status may take another."""
    return to in MOVES[status]


def is_live_hold(booking: Booking, at: datetime) -> bool:
    """Tell whether a hold still keeps its capacity."""
    return booking.status == _S.HELD and booking.hold_expires_at is not None and booking.hold_expires_at > at


# -- cancelling -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PolicyStep:
    """Until so many hours before the start, so much of what was paid is kept."""

    until_hours: int
    kept_bp: int


@dataclass(frozen=True)
class Cancellation:
    """What a cancellation does to the money."""

    kept_cents: int
    refund_cents: int


def read_policy(policy: str) -> list[PolicyStep]:
    """Read a policy's text, the earliest step first."""
    steps = [PolicyStep(int(step["until_hours"]), int(step["kept_bp"])) for step in json.loads(policy or "[]")]
    return sorted(steps, key=lambda step: -step.until_hours)


def kept_bp(policy: str, starts_at: datetime, at: datetime) -> int:
    """Say which part is kept when cancelling now: after the last step all of it, without any step nothing."""
    steps = read_policy(policy)
    for step in steps:
        if at <= _deadline(starts_at, step.until_hours):
            return step.kept_bp
    return BASIS if steps else 0


def _deadline(starts_at: datetime, hours: int) -> datetime:
    """Count whole days on the wall, as people are told them: four days before half past twelve is half past twelve."""
    days, rest = divmod(hours, 24)
    return (local(starts_at) - timedelta(days=days)).astimezone(UTC) - timedelta(hours=rest)


def kept_cents(policy: str, paid_cents: int, starts_at: datetime, at: datetime) -> int:
    """Say how much of what was paid is kept when cancelling now."""
    return portion(paid_cents, kept_bp(policy, starts_at, at))


def policy_sentences(policy: str, language: str) -> list[str]:
    """Say a policy in words, one sentence a step."""
    steps = read_policy(policy)
    if not steps or (all(step.kept_bp == 0 for step in steps) and steps[-1].until_hours == 0):
        return [translate(_("Vous pouvez annuler sans frais."), language)]
    said = [_step_sentence(step, language) for step in steps]
    if steps[-1].kept_bp < BASIS:
        said.append(translate(_("Ensuite : la somme versée n’est pas rendue."), language))
    return said


def _step_sentence(step: PolicyStep, language: str) -> str:
    until = _until(step.until_hours, language)
    if step.kept_bp == 0:
        return translate(_("%(until)s : tout vous est rendu."), language, until=until)
    if step.kept_bp == BASIS:
        return translate(_("%(until)s : la somme versée n’est pas rendue."), language, until=until)
    return translate(
        _("%(until)s : %(kept)s de la somme versée sont gardés."),
        language,
        until=until,
        kept=percent(step.kept_bp, language),
    )


def _until(hours: int, language: str) -> str:
    if hours == 0:
        return translate(_("Jusqu’au début"), language)
    if hours % 24 == 0:
        return translate_number("Jusqu’à %(n)s jour avant", "Jusqu’à %(n)s jours avant", hours // 24, language)
    return translate_number("Jusqu’à %(n)s heure avant", "Jusqu’à %(n)s heures avant", hours, language)


# -- closures ---------------------------------------------------------------------------------------------------------


def is_closed(closures: Sequence[Closure], room: str, starts_at: datetime, ends_at: datetime) -> bool:
    """Tell whether a room takes nobody in some part of a time."""
    return any(
        closure.room in (None, room) and closure.starts_at < ends_at and closure.ends_at > starts_at
        for closure in closures
    )


def first_bookable_on(at: datetime, lead_days: int) -> date:
    """Say which local day may be booked first, whole calendar days ahead of the moment."""
    return local(at).date() + timedelta(days=lead_days)
