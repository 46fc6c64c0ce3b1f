"""What the world may not do with the share, each with the sentence that says why."""

from citizen_space.kit.errors import NotAllowed, NotFound, Refusal
from citizen_space.kit.text import _


class NothingToTransfer(Refusal):
    """Nothing is owed, or refunds outweigh it: it is carried over."""

    sentence = _(
        "Il n’y a rien à verser à ce bénéficiaire pour cette période (solde : %(open_cents)s). "
        "Un solde négatif est reporté sur le prochain virement."
    )


class TransferElsewhere(Refusal):
    """The transfer does not stand where this step begins."""

    sentence = _("Le virement %(reference)s n’en est plus à cette étape. Rechargez la page pour voir où il en est.")


class SamePerson(NotAllowed):
    """The second person must be another one."""

    sentence = _("Une seconde personne doit approuver : celle qui a préparé ne le peut pas.")


class AccountChanger(NotAllowed):
    """Whoever changed the account may not release money to it."""

    sentence = _("Vous avez modifié le compte de ce bénéficiaire : une autre personne doit approuver ce virement.")


class AccountHasChanged(Refusal):
    """What was prepared is not what would leave."""

    sentence = _(
        "Le compte du bénéficiaire a changé depuis la préparation du virement %(reference)s. "
        "Annulez-le et préparez-le de nouveau."
    )


class IbanWrong(Refusal):
    """Not an account number."""

    status = 422
    sentence = _("Ce numéro IBAN n’est pas valide : vérifiez chaque caractère.")


class BicWrong(Refusal):
    """Not a bank code."""

    status = 422
    sentence = _("Ce code BIC n’est pas valide : huit ou onze caractères, sans espace.")


class DocumentMissing(Refusal):
    """No document, no rule."""

    status = 422
    sentence = _("Joignez le document qui fonde cette règle : sans document, aucune règle ne s’applique.")


class DocumentAltered(Refusal):
    """The stored text no longer has the fingerprint that was noted."""

    sentence = _("Le document enregistré ne correspond plus à son empreinte : la règle ne peut pas être approuvée.")


class RulePast(Refusal):
    """A rule never touches the past."""

    status = 422
    sentence = _("Une règle ne s’applique jamais au passé : choisissez une date à partir du %(earliest_on)s.")


class RuleThere(Refusal):
    """Two rules cannot begin on one day for one room."""

    sentence = _("Une règle approuvée commence déjà ce jour-là pour cette activité.")


class RuleDecided(Refusal):
    """Already approved."""

    sentence = _("Cette règle a déjà été approuvée.")


class PartsWrong(Refusal):
    """A rule names its beneficiaries once each, with a weight."""

    status = 422
    sentence = _("Indiquez au moins un bénéficiaire, chacun une seule fois, avec un poids d’au moins 1.")


class HouseAccountMissing(Refusal):
    """The account that pays is not known."""

    sentence = _("Le compte bancaire de l’établissement n’est pas renseigné ou n’est pas valide dans les paramètres.")


class ReceiptUnknown(NotFound):
    """No receipt carries this code."""

    sentence = _("Nous ne trouvons pas de reçu portant ce code. Vérifiez-le : il est imprimé au bas du reçu.")


class NameNotTyped(Refusal):
    """Danger asks for the name of the thing."""

    status = 422
    sentence = _("Écrivez la référence du virement, telle quelle, pour confirmer.")
