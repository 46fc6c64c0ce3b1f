"""What checkout says no to."""

from citizen_space.kit.errors import Refusal
from citizen_space.kit.text import _


class AlreadySettled(Refusal):
    """The bill was paid already, or given up."""

    sentence = _("Cette commande est déjà réglée ou annulée.")


class NothingToSettle(Refusal):
    """A bill without lines."""

    sentence = _("Il n’y a rien à régler sur cette commande.")


class AmountChanged(Refusal):
    """What was paid online is not what the order comes to."""

    sentence = _("Le montant payé ne correspond plus à la commande.")


class DepositTooSmall(Refusal):
    """Less is left of the deposit than was asked of it."""

    sentence = _("Il reste %(left_cents)s d’acompte.")


class NotRefundable(Refusal):
    """Nothing was paid, or all is given back."""

    sentence = _("Il n’y a rien à rembourser sur cette vente.")


class RefundTooLarge(Refusal):
    """More than is left of the sale."""

    status = 422
    sentence = _("Il reste au plus %(left_cents)s à rembourser.")


class BookingStands(Refusal):
    """The sale paid for places that somebody still has: a part of it is not given back behind their back."""

    status = 422
    sentence = _("Cette vente a payé une réservation qui tient encore : elle se rend en entier ou pas du tout.")


class RefundAtOffice(Refusal):
    """The sale paid for places that somebody still has: only the office takes them back with the money."""

    sentence = _("Cette vente a payé une réservation : le remboursement se fait au bureau.")


class ReasonMissing(Refusal):
    """A refund says why."""

    status = 422
    sentence = _("Veuillez indiquer le motif du remboursement.")
