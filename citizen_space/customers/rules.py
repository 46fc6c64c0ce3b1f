"""What is true of customers."""

import re
import unicodedata

# Each part of a domain holds something; what begins with =? is a word that mail programs write otherwise.
_EMAIL = re.compile(r"(?!=\?)[^@\s<>\",;:\\()\[\]]{1,64}@(?:[^@\s<>\",;:\\()\[\].]+\.)+[^@\s.]{2,}")
_PHONE = re.compile(r"\+?[0-9]{6,15}")


def tidy_email(typed: str) -> str:
    """Write a mail address one way only, so that one person is one customer."""
    return unicodedata.normalize("NFC", typed).strip().lower()


def is_email(typed: str) -> bool:
    """Tell whether a text can be a mail address."""
    return len(typed) <= 254 and _EMAIL.fullmatch(tidy_email(typed)) is not None


def tidy_phone(typed: str) -> str:
    """Write a telephone number without what people put between its digits."""
    return re.sub(r"[\s.\-()/]", "", typed)


def is_phone(typed: str) -> bool:
    """Tell whether a text can be a telephone number."""
    return _PHONE.fullmatch(tidy_phone(typed)) is not None
