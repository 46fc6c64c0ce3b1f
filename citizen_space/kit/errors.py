"""A refusal is a class named as a fact, with a status and a sentence a customer may read."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Protocol

from citizen_space.kit.formats import shown
from citizen_space.kit.text import LazyText, _, translate


class Translate(Protocol):
    """Turns a sentence and its facts into the reader's language."""

    def __call__(self, text: str, /, **facts: Any) -> str: ...


class Refusal(Exception):
    """What the world may do and the house says no to; `field` names what to mend, `facts` fill the sentence."""

    status: ClassVar[int] = 409
    sentence: ClassVar[LazyText] = _("Ce n’est pas possible pour le moment.")

    def __init__(self, field: str | None = None, **facts: Any) -> None:
        super().__init__(field, facts)
        self.field = field
        self.facts = facts

    def say(self, translate: Translate) -> str:
        """Say it in the reader's language."""
        return translate(self.sentence, **self.facts)

    def say_in(self, language: str) -> str:
        """Say it in a language, with amounts and dates as that language writes them."""
        return translate(self.sentence, language, **shown(self.facts, language))

    def __str__(self) -> str:
        return self.say_in("fr")


class NotFound(Refusal):
    """There is nothing here."""

    status = 404
    sentence = _("Nous n’avons pas trouvé ce que vous cherchez.")


class NotAllowed(Refusal):
    """Not for this person."""

    status = 403
    sentence = _("Vous n’avez pas accès à cette page.")


class SignInNeeded(Refusal):
    """Somebody has to sign in first."""

    status = 401
    sentence = _("Veuillez vous identifier pour continuer.")


class TooMany(Refusal):
    """Too often in too short a time."""

    status = 429
    sentence = _("Trop de demandes en peu de temps. Veuillez patienter quelques minutes.")


class OutsideIsDown(Refusal):
    """A service outside the house does not answer."""

    status = 503
    sentence = _("Un service extérieur ne répond pas. Rien n’est perdu : veuillez réessayer dans quelques minutes.")


class TooLarge(Refusal):
    """More than we take in one go."""

    status = 413
    sentence = _("Ce que vous envoyez est trop volumineux.")


class Unreadable(Refusal):
    """What was sent cannot be read; `fields` says which field and why."""

    status = 422
    sentence = _("Certains champs sont à corriger.")

    def __init__(self, fields: Mapping[str, Sequence[str]] | None = None, **facts: Any) -> None:
        super().__init__(None, **facts)
        self.fields: dict[str, list[str]] = {name: list(said) for name, said in (fields or {}).items()}


class Counted(Refusal):
    """A refusal of which something stays: what was tried is rolled back, then `remember` writes what is to be kept."""

    def remember(self, session: Any) -> None:
        """Write it, in a transaction of its own."""
        raise NotImplementedError
