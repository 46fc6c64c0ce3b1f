"""What is true of overrides: what each is called, and the reasons that may be given for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from citizen_space.kit.actor import Actor
from citizen_space.kit.errors import Refusal
from citizen_space.kit.text import LazyText, _
from citizen_space.vouching.models import Act


class ReasonUnknown(Refusal):
    """A reason is one of the list."""

    status = 422
    sentence = _("Choisissez un motif de la liste.")


ACT_NAMES: Mapping[str, LazyText] = {
    Act.VOID: _("Plat annulé après l’envoi"),
    Act.REFUND: _("Remboursement à la caisse"),
    Act.NO_SALE: _("Tiroir ouvert sans vente"),
    Act.PAID_IN: _("Apport d’espèces"),
    Act.PAID_OUT: _("Dépense en espèces"),
    Act.DROP: _("Mise au coffre"),
    Act.X_REPORT: _("Lecture de la caisse (X)"),
    Act.DISCOUNT: _("Remise au-delà du plafond"),
    Act.PRICE: _("Prix fait à la main"),
    Act.REOPENING: _("Caisse rouverte le même jour"),
}

_OTHER = {"other": _("Autre motif, dit au personnel")}
REASONS: Mapping[str, Mapping[str, LazyText]] = {
    Act.VOID: {
        "mistake": _("Erreur de commande"),
        "customer": _("Le client a changé d’avis"),
        "quality": _("Plat non conforme"),
        "late": _("Trop d’attente"),
        "unavailable": _("Plat épuisé en cuisine"),
        "allergy": _("Allergie dite trop tard"),
    },
    Act.REFUND: {
        "mistake": _("Erreur de caisse"),
        "quality": _("Produit ou plat non conforme"),
        "not_given": _("Non servi ou non remis"),
        "customer": _("Le client a changé d’avis"),
        **_OTHER,
    },
    Act.NO_SALE: {
        "change": _("Faire de la monnaie"),
        "check": _("Vérifier le fonds"),
        "stuck": _("Tiroir bloqué"),
        **_OTHER,
    },
    Act.PAID_IN: {"change": _("Apport de monnaie"), "correction": _("Correction d’un mouvement"), **_OTHER},
    Act.PAID_OUT: {
        "supplies": _("Petit achat"),
        "customer": _("Monnaie rendue à un client"),
        "correction": _("Correction d’un mouvement"),
        **_OTHER,
    },
    Act.DROP: {"too_much": _("Trop d’espèces dans le tiroir"), "shift": _("Changement d’équipe"), **_OTHER},
    Act.X_REPORT: {
        "check": _("Contrôle en cours de journée"),
        "shift": _("Changement d’équipe"),
        "doubt": _("Doute sur la caisse"),
    },
    Act.DISCOUNT: {
        "gesture": _("Geste commercial"),
        "late": _("Trop d’attente"),
        "quality": _("Plat non conforme"),
        "staff_meal": _("Repas du personnel"),
        **_OTHER,
    },
    Act.PRICE: {"label": _("Prix affiché différent"), "damaged": _("Article abîmé"), **_OTHER},
    Act.REOPENING: {"second_service": _("Second service"), "mistake": _("Clôturée par erreur"), **_OTHER},
}


@dataclass(frozen=True)
class Voucher:
    """An act that staff vouch for: who asked, who answers for it, and why."""

    act: Act
    reason: str
    asked_by: Actor
    by: Actor
    key: str

    @property
    def why(self) -> str:
        """The reason in the words that are sealed and printed."""
        return str(REASONS[self.act][self.reason])

    def sealed(self) -> dict[str, Any]:
        """Return what a sealed row says of it beside the act itself."""
        return {"operator": self.asked_by.code, "vouched_by": self.by.code, "reason": self.why}


def check_reason(act: Act, reason: str) -> None:
    """Refuse a reason that is not of the act's list."""
    if reason not in REASONS[act]:
        raise ReasonUnknown("reason")
