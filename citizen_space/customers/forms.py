"""What people say of themselves when they book: typed once, for every room's form."""

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from citizen_space.customers.rules import is_email, is_phone, tidy_email, tidy_phone
from citizen_space.kit.text import _


def _read_email(typed: str) -> str:
    if not is_email(tidy_email(typed)):
        raise ValueError(_("Cette adresse électronique ne semble pas complète, par exemple nom@exemple.fr."))
    return tidy_email(typed)


def _read_phone(typed: str) -> str:
    if typed and not is_phone(tidy_phone(typed)):
        raise ValueError(_("Ce numéro de téléphone ne semble pas complet, par exemple 06 12 34 56 78."))
    return tidy_phone(typed)


Mail = Annotated[str, StringConstraints(strip_whitespace=True, max_length=254), AfterValidator(_read_email)]
Phone = Annotated[str, StringConstraints(strip_whitespace=True, max_length=30), AfterValidator(_read_phone)]
