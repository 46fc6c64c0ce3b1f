"""Why a bank's file is not taken: each names what is wrong with it."""

from citizen_space.kit.errors import Refusal
from citizen_space.kit.text import _


class FileRefused(Refusal):
    """A file that cannot be taken."""

    status = 422
    sentence = _("Ce fichier ne peut pas être lu.")

    def __init__(self, **facts: object) -> None:
        super().__init__("file", **facts)


class FileEmpty(FileRefused):
    """Nothing in it."""

    sentence = _("Le fichier est vide.")


class FileTooBig(FileRefused):
    """More than a bank sends."""

    sentence = _("Le fichier est trop volumineux : %(limit)s Mo au plus.")


class FormatUnknown(FileRefused):
    """Neither of the formats we read."""

    sentence = _("Ce fichier n’est ni un relevé camt.053 (versions 02, 04 ou 08) ni un relevé CFONB 120.")


class XmlBroken(FileRefused):
    """Not well-formed."""

    sentence = _("Le fichier XML est incomplet ou abîmé (ligne %(line)s).")


class XmlForbidden(FileRefused):
    """A document type or an entity: no bank sends one."""

    sentence = _("Le fichier XML contient une déclaration interdite (DOCTYPE ou entité) : il est refusé.")


class SchemaRefused(FileRefused):
    """The official schema says no."""

    sentence = _("Le fichier ne suit pas le schéma officiel %(schema)s, ligne %(line)s, élément %(element)s.")


class ValueUnreadable(FileRefused):
    """A date or an amount that is none."""

    sentence = _("« %(value)s » n’est pas lisible (%(where)s).")


class NotEuro(FileRefused):
    """Another currency."""

    sentence = _("Le relevé contient un montant en %(currency)s : seuls les euros sont pris en charge (%(where)s).")


class NoStatement(FileRefused):
    """A file without a statement."""

    sentence = _("Le fichier ne contient aucun relevé.")


class BalanceMissing(FileRefused):
    """Opening or closing is not there."""

    sentence = _("Il manque le solde d’ouverture ou de clôture du relevé %(number)s.")


class BalanceWrong(FileRefused):
    """The arithmetic of the statement does not hold."""

    sentence = _(
        "Le relevé %(number)s ne tombe pas juste : ouverture %(opening_cents)s, mouvements %(movement_cents)s, "
        "clôture annoncée %(closing_cents)s."
    )


class RecordWrong(FileRefused):
    """A CFONB record that is not one."""

    sentence = _("L’enregistrement de la ligne %(line)s n’est pas un enregistrement CFONB 120 lisible.")


class RecordMisplaced(FileRefused):
    """A CFONB record where it does not belong."""

    sentence = _("L’enregistrement de la ligne %(line)s n’est pas à sa place ou concerne un autre compte.")


class AccountUnknown(FileRefused):
    """A statement of somebody else's account."""

    status = 409
    sentence = _("Ce relevé concerne le compte %(account)s, qui n’est pas un compte de l’établissement.")


class StatementGap(FileRefused):
    """The statements do not follow each other."""

    status = 409
    sentence = _(
        "Le relevé %(number)s ouvre à %(opening_cents)s alors que le précédent s’arrête à %(expected_cents)s "
        "le %(until_on)s : il manque un relevé, importez-le d’abord."
    )


class StatementContradicts(FileRefused):
    """Over days already known, it says something else."""

    status = 409
    sentence = _(
        "Le relevé %(number)s couvre des jours déjà importés mais ne dit pas la même chose "
        "(lignes inconnues : %(count)s). Rien n’a été importé."
    )


class LineMatched(Refusal):
    """Already found to be something."""

    sentence = _("Cette ligne est déjà rapprochée.")


class TargetMatched(Refusal):
    """Already found on another line, or not waiting for the bank."""

    sentence = _("Ce virement ou ce versement n’attend plus de ligne bancaire.")


class AmountsDiffer(Refusal):
    """Confirmation is for the reference, never for the amount."""

    sentence = _("Les montants diffèrent (%(line_cents)s et %(target_cents)s) : le rapprochement n’est pas possible.")
