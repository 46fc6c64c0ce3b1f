"""The sample establishment's beneficiaries and rules: all invented, and said so in their documents."""

from datetime import datetime

from sqlmodel import Session

from citizen_space.compensation import queries, rulebook
from citizen_space.compensation.models import Base
from citizen_space.kit.actor import Actor
from citizen_space.kit.clock import business_day
from citizen_space.kit.keys import Keys

# Two hands, as for any rule: the one that plants and the one that approves.
PLANTS = Actor("system", None, "SAMPLE-1")
APPROVES = Actor("system", None, "SAMPLE-2")

FUND = {
    "name": "Fonds de garantie des victimes (exemple)",
    "purpose_fr": "indemnise des victimes d’infractions dans toute la France",
    "purpose_en": "compensates victims of offences all over France",
    "iban": "FR7630001007941234567890185",
    "bic": "BDFEFRPP",
}
SUPPORT = {
    "name": "France Victimes Arras (exemple)",
    "purpose_fr": "accueille, écoute et accompagne des victimes près d’ici",
    "purpose_en": "welcomes, listens to and supports victims near here",
    "iban": "FR7610107001011234567890129",
    "bic": "BREDFRPP",
}
RATES = (("restaurant", 1000, (3, 1)), ("venue", 800, (1, 1)), ("repairs", 500, (1, 0)))
BASIS = "Convention d’exemple du 1er septembre 2026 entre l’établissement et les bénéficiaires, article 4."
DOCUMENT = (
    "CONVENTION D’EXEMPLE\n\nCe texte est inventé : il accompagne l’établissement d’exemple et ne fonde rien.\n\n"
    "Article 4. L’établissement verse une part de ses recettes hors taxes : 10 % pour le restaurant, 8 % pour la salle "
    "de spectacle, 5 % pour l’atelier vélo.\n"
)


def plant(session: Session, *, at: datetime, keys: Keys) -> None:
    """Put two beneficiaries and a rule for each room in force from today; once."""
    if queries.list_beneficiaries(session):
        return
    fund = rulebook.add_beneficiary(session, **FUND, actor=PLANTS, at=at)
    support = rulebook.add_beneficiary(session, **SUPPORT, actor=PLANTS, at=at)
    document = rulebook.store_document(
        session,
        name="convention-d-exemple.txt",
        media_type="text/plain",
        content=DOCUMENT.encode(),
        actor=PLANTS,
        at=at,
    )
    assert fund.id is not None and support.id is not None
    for room, rate_bp, weights in RATES:
        parts = [(who, weight) for who, weight in zip((fund.id, support.id), weights, strict=True) if weight]
        rule = rulebook.propose_rule(
            session,
            room=room,
            rate_bp=rate_bp,
            base=Base.net,
            parts=parts,
            valid_from=business_day(at),
            valid_to=None,
            legal_basis=BASIS,
            document=document,
            actor=PLANTS,
            at=at,
        )
        assert rule.id is not None
        rulebook.approve_rule(session, rule.id, actor=APPROVES, at=at)
