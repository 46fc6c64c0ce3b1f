"""What is true of a print job: how long it is worth printing, which moves are legal, when to try again."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from citizen_space.kit.errors import Refusal
from citizen_space.kit.text import LazyText, _
from citizen_space.printing.models import JobState

LEASE = timedelta(seconds=60)
"""An agent that has not answered by then has died with the job: nobody knows what is on the paper."""

RETRY_AFTER = (5, 15, 30, 60)
"""Seconds before the next attempt; the last one is repeated until the job expires."""

FALLBACK_AFTER_ATTEMPTS = 2
MOST_ATTEMPTS = 200
"""Long before, most documents are no longer worth printing."""

# The pages that printers of restaurants have; what one lacks (œ, €) is written another way.
CODE_PAGES = ("CP1252", "CP858", "CP850", "CP437")
# Only these may open the drawer, and only when they are printed for the first time.
DRAWER_KINDS = frozenset({"receipt", "drawer", "no_sale"})

# A kitchen ticket of last night must never come out in the morning; a Z report may wait for a new roll.
WORTH_MINUTES = {
    "kitchen_ticket": 20,
    "chit": 20,
    "receipt": 60,
    "note": 30,
    "admission": 60,
    "claim_ticket": 120,
    "bike_tag": 240,
    "z_report": 24 * 60,
    "x_report": 60,
    # A drawer that opens long after it was asked for opens with nobody beside it.
    "no_sale": 2,
    "gate_list": 12 * 60,
    "test_page": 10,
}
DEFAULT_WORTH_MINUTES = 60

# What a paper is called in a list when it has no title of its own.
KIND_NAMES: dict[str, LazyText] = {
    "chit": _("Bon de cuisine"),
    "receipt": _("Ticket de caisse"),
    "note": _("Note"),
    "ticket": _("Billet"),
    "claim_ticket": _("Ticket de dépôt"),
    "bike_tag": _("Étiquette de vélo"),
    "z_report": _("Z de caisse"),
    "x_report": _("X de caisse"),
    "gate_list": _("Liste d’entrée"),
    "test_page": _("Page d’essai"),
}

LEGAL_MOVES: dict[str, frozenset[str]] = {
    JobState.QUEUED: frozenset({JobState.SENDING, JobState.EXPIRED, JobState.FAILED}),
    JobState.SENDING: frozenset({JobState.PRINTED, JobState.UNKNOWN, JobState.QUEUED, JobState.FAILED}),
    JobState.UNKNOWN: frozenset({JobState.PRINTED, JobState.QUEUED, JobState.FAILED}),
    JobState.FAILED: frozenset({JobState.QUEUED}),
    JobState.PRINTED: frozenset(),
    JobState.EXPIRED: frozenset(),
}

STATE_NAMES = {
    JobState.QUEUED: _("En attente"),
    JobState.SENDING: _("En cours"),
    JobState.PRINTED: _("Imprimé"),
    JobState.UNKNOWN: _("À vérifier"),
    JobState.FAILED: _("Échec"),
    JobState.EXPIRED: _("Périmé"),
}


HEALTHY = "ok"
# It says so itself: nothing can come out of it. (Silent for long is another matter.)
DOWN = frozenset({"offline", "no_paper", "cover"})
# What an agent says of itself or of the document, and not of the printer.
_NOT_THE_PRINTER = ("agent", "serveur", "document", "erreur")
SILENT_AFTER = timedelta(minutes=2)


class MoveNotPossible(Refusal):
    """The job is not where this answer supposes it to be."""

    sentence = _("Cette impression a déjà changé d’état.")


class PrinterUnknown(Refusal):
    """No printer has this code."""

    status = 404
    sentence = _("Cette imprimante n’existe pas.")


class DrawerStaysShut(Refusal):
    """The drawer opens for cash and for nothing else."""

    status = 422
    sentence = _("Le tiroir ne s’ouvre que pour des espèces.")


class OwnFallback(Refusal):
    """A printer that is down cannot stand in for itself."""

    status = 422
    sentence = _("Une imprimante ne peut pas se remplacer elle-même.")


def worth_until(kind: str, at: datetime, ttl_minutes: int | None = None) -> datetime:
    """Return until when a document is worth printing."""
    return at + timedelta(minutes=ttl_minutes or WORTH_MINUTES.get(kind, DEFAULT_WORTH_MINUTES))


def check_move(state: str, to: str) -> None:
    """Refuse a move that the table above does not know."""
    if to not in LEGAL_MOVES[state]:
        raise MoveNotPossible


def retry_at(attempts: int, at: datetime) -> datetime:
    """Return when a failed job may be tried again."""
    return at + timedelta(seconds=RETRY_AFTER[min(attempts, len(RETRY_AFTER)) - 1])


def is_hopeless(detail: str) -> bool:
    """Say whether trying again cannot help: the agent could not read the document."""
    return detail.startswith("document illisible")


def health_of(told: Mapping[str, object]) -> str:
    """Return what an agent says of a printer in one word."""
    if not told.get("online"):
        return trouble_of(str(told.get("detail") or "")) or "offline"
    paper = str(told.get("paper") or "unknown")
    return {"out": "no_paper", "low": "low_paper"}.get(paper, HEALTHY)


def trouble_of(detail: str) -> str | None:
    """Return what an agent's words about a job say of the printer: in one word, or nothing."""
    if not detail or detail.startswith(_NOT_THE_PRINTER):
        return None
    return "no_paper" if "papier" in detail else "cover" if "capot" in detail else "offline"


def is_down(health: str, health_at: datetime | None, at: datetime) -> bool:
    """Say whether a printer was heard to be down, lately enough to be believed."""
    return health in DOWN and health_at is not None and at - health_at <= SILENT_AFTER


def is_in_trouble(health: str, health_at: datetime | None, at: datetime) -> bool:
    """Say whether somebody should look at a printer: it says so itself, or nobody has heard of it for long."""
    if health in DOWN:
        return True
    return health_at is not None and at - health_at > SILENT_AFTER


ADVICE = {
    "offline": _("Vérifiez qu’elle est allumée. Sinon, appelez le personnel."),
    "no_paper": _("Remettez un rouleau de papier."),
    "cover": _("Fermez son capot."),
}


def advise(health: str) -> LazyText:
    """Say what to do with a printer in trouble; one that nobody has heard of is treated as if it were off."""
    return ADVICE.get(health, ADVICE["offline"])
