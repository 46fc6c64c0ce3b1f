"""A transfer as the file that a bank takes: pain.001, checked against the official schema before it leaves."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from citizen_space.compensation.rules import sepa_text
from citizen_space.kit.clock import local
from citizen_space.kit.lazy import later

if TYPE_CHECKING:
    import sepaxml
    from lxml import etree
else:  # three MiB in every process, for what finance does now and then
    sepaxml = later("sepaxml")
    etree = later("lxml.etree")

VERSIONS = ("pain.001.001.09", "pain.001.001.03")


@dataclass(frozen=True)
class Party:
    """Somebody with an account; no address: none is asked for, and one without structure is refused by banks."""

    name: str
    iban: str
    bic: str = ""


def write(
    *,
    debtor: Party,
    creditor: Party,
    amount_cents: int,
    reference: str,
    text: str,
    on: date,
    at: datetime,
    version: str,
) -> bytes:
    """The file of one transfer: the same facts give the same bytes."""
    config = {"name": sepa_text(debtor.name, limit=70), "IBAN": debtor.iban, "currency": "EUR", "batch": True}
    payment = {
        "name": sepa_text(creditor.name, limit=70),
        "IBAN": creditor.iban,
        "amount": amount_cents,
        "execution_date": on,
        "description": sepa_text(text, limit=140),
        "endtoend_id": reference,
    }
    sepa = sepaxml.SepaTransfer(config | ({"BIC": debtor.bic} if debtor.bic else {}), schema=version, clean=False)
    sepa.add_payment(payment | ({"BIC": creditor.bic} if creditor.bic else {}))
    data = _name_it(sepa.export(validate=False), reference, at)
    check(data, version)
    return data


def _name_it(data: bytes, reference: str, at: datetime) -> bytes:
    """Put our own identifiers and moment where the library writes random ones and its own clock."""
    root = etree.fromstring(data)
    names = {"MsgId": reference, "PmtInfId": reference, "CreDtTm": f"{local(at):%Y-%m-%dT%H:%M:%S}"}
    for name, value in names.items():
        for node in root.iter(f"{{*}}{name}"):
            node.text = value
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def check(data: bytes, version: str) -> None:
    """A file that the official schema refuses never leaves the house."""
    _schema(version).assertValid(etree.fromstring(data))


@cache
def _schema(version: str) -> "etree.XMLSchema":
    assert version in VERSIONS, version
    folder = Path(sepaxml.__file__).parent / "schemas"
    return etree.XMLSchema(etree.parse(folder / f"{version}.xsd"))


def fingerprint(data: bytes) -> str:
    """SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
