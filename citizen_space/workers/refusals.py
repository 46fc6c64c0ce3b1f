"""What is refused about work, each as a fact with its sentence."""

from citizen_space.kit.errors import Refusal
from citizen_space.kit.text import _


class CodeTaken(Refusal):
    """Two workers cannot have one operator code."""

    sentence = _("Ce code opérateur est déjà pris.")


class NoContract(Refusal):
    """Nobody works here without a contract that holds today."""

    sentence = _("Aucun contrat n’est en cours aujourd’hui. Appelez le personnel.")


class PayBelowFloor(Refusal):
    """The law sets the lowest hourly pay."""

    status = 422
    sentence = _("La rémunération horaire doit être d’au moins %(floor_cents)s pour ce poste à cette date.")


class PostNameTaken(Refusal):
    """Two posts of one activity cannot have one name."""

    sentence = _("Cette activité a déjà un poste de ce nom.")


class ContractTwice(Refusal):
    """One contract for a post and a first day."""

    sentence = _("Un contrat pour ce poste commence déjà ce jour-là.")


class ShiftClash(Refusal):
    """Nobody is at two posts at once."""

    sentence = _("Cette personne est déjà prévue de %(starts_at)s à %(ends_at)s.")


class RestTooShort(Refusal):
    """Between two days lies the daily rest."""

    sentence = _("Il faut %(rest_h)s heures de repos entre deux journées.")


class MonthLocked(Refusal):
    """What was locked does not move."""

    sentence = _("Ce mois est clos : il ne se modifie plus.")


class MonthNotReady(Refusal):
    """Every hour is ended, validated by two people and undisputed before it is paid."""

    sentence = _("Il reste des heures à terminer, à valider ou à discuter dans ce mois.")


class SecondPersonNeeded(Refusal):
    """Two different people look."""

    sentence = _("Une deuxième personne doit valider : ce ne peut pas être vous deux fois.")


class HoursImpossible(Refusal):
    """Work ends after it begins, and not in the future."""

    status = 422
    sentence = _("La fin doit venir après le début, et pas dans le futur.")


class HoursOverlap(Refusal):
    """The same minute is not paid twice."""

    sentence = _("Ces heures en recouvrent d’autres de la même personne.")


class AlreadyDisputed(Refusal):
    """One open question a line."""

    sentence = _("Votre demande est déjà notée. Le personnel va vous répondre.")


class AlreadyAnswered(Refusal):
    """What a worker was told is not told otherwise behind their back."""

    sentence = _("Une réponse a déjà été donnée à cette demande.")


class MonthDiffers(Refusal):
    """What was typed is not the month that would be closed."""

    status = 422
    sentence = _("Écrivez le mois pour confirmer.")
