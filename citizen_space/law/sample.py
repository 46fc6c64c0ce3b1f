"""The particulars of the sample establishment, all invented."""

from datetime import datetime

from sqlmodel import Session

from citizen_space.kit.actor import Actor
from citizen_space.kit.keys import Keys
from citizen_space.law import queries, service
from citizen_space.law.models import Confirmed

PARTICULARS = {
    "house_name": "Espace citoyen des Tilleuls",
    "house_operator": "Établissement InSERRE des Tilleuls",
    "house_address": "12 rue des Tilleuls, 62000 Arras",
    "house_siret": "11009988400014",
    "house_phone": "03 00 00 00 00",
    "house_email": "bonjour@espace-citoyen.example",
    "house_licence": "PLATESV-D-2026-000123",
    "house_mediator": "Médiateur de la consommation (à désigner)",
    "house_bank_iban": "FR7610071750000000100012302",
    "house_bank_bic": "TRPUFRP1",
    "house_bank_name": "Direction générale des finances publiques",
    "establishment_capacity": "180",
    "vat_liable_restaurant": "true",
    "vat_liable_venue": "true",
    "vat_liable_repairs": "true",
}


def plant(session: Session, *, at: datetime, keys: Keys) -> None:
    """Sow the law and give the house a name; what has been said already stays."""
    service.seed(session, at)
    said = {row.key for row in queries.list_parameters(session) if row.value}
    for key, value in PARTICULARS.items():
        if key not in said:
            service.set_parameter(
                session,
                key=key,
                value=value,
                valid_from=None,
                reference="établissement d’exemple",
                confirmed=Confirmed.UNKNOWN,
                actor=Actor("system", None, "SAMPLE"),
                at=at,
            )
