"""Beneficiaries and rules: who receives, how much, from which day, on which text, by whose two hands."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlmodel import Session

from citizen_space.compensation import pain, queries, rules
from citizen_space.compensation.models import Beneficiary, Rule, RuleDocument, RulePart
from citizen_space.compensation.refusals import (
    BicWrong,
    DocumentAltered,
    DocumentMissing,
    IbanWrong,
    PartsWrong,
    RuleDecided,
    RulePast,
    RuleThere,
    SamePerson,
)
from citizen_space.kit.actor import Actor
from citizen_space.kit.clock import business_day
from citizen_space.kit.db import insert_once, lock, lock_row
from citizen_space.staff import service as staff


def add_beneficiary(
    session: Session, *, name: str, purpose_fr: str, purpose_en: str, iban: str, bic: str, actor: Actor, at: datetime
) -> Beneficiary:
    """Make a beneficiary known, with the account it is paid on."""
    iban, bic = _read_account(iban, bic)
    beneficiary = Beneficiary(
        name=name,
        purpose_fr=purpose_fr,
        purpose_en=purpose_en,
        iban=iban,
        bic=bic,
        account_changed_by=actor.code,
        account_changed_at=at,
        created_at=at,
    )
    session.add(beneficiary)
    session.flush()
    staff.record(session, actor, "beneficiary_added", f"beneficiary:{beneficiary.id}", {"name": name, "iban": iban}, at)
    return beneficiary


def change_account(
    session: Session, beneficiary_id: int, *, iban: str, bic: str, actor: Actor, at: datetime
) -> Beneficiary:
    """Change the account a beneficiary is paid on; who does may not approve its transfers."""
    iban, bic = _read_account(iban, bic)
    beneficiary = lock_row(session, Beneficiary, beneficiary_id)
    detail = {"from": beneficiary.iban, "to": iban}
    beneficiary.iban, beneficiary.bic = iban, bic
    beneficiary.account_changed_by, beneficiary.account_changed_at = actor.code, at
    session.add(beneficiary)
    staff.record(session, actor, "beneficiary_account_changed", f"beneficiary:{beneficiary_id}", detail, at)
    return beneficiary


def _read_account(iban: str, bic: str) -> tuple[str, str]:
    iban, bic = rules.tidy_iban(iban), rules.tidy_iban(bic)
    if not rules.is_iban(iban):
        raise IbanWrong("iban")
    if bic and not rules.is_bic(bic):
        raise BicWrong("bic")
    return iban, bic


def store_document(
    session: Session, *, name: str, media_type: str, content: bytes, actor: Actor, at: datetime
) -> RuleDocument:
    """Keep the text of a rule as it was received; the same bytes are kept once."""
    if not content:
        raise DocumentMissing("document")
    sha256 = pain.fingerprint(content)
    known = queries.find_document(session, sha256)
    if known is not None:
        return known
    document = RuleDocument(
        name=name, media_type=media_type, sha256=sha256, content=content, stored_by=actor.code, stored_at=at
    )
    session.add(document)
    session.flush()
    return document


def propose_rule(
    session: Session,
    *,
    room: str,
    rate_bp: int,
    base: str,
    parts: Sequence[tuple[int, int]],
    valid_from: date,
    valid_to: date | None,
    legal_basis: str,
    document: RuleDocument | None,
    actor: Actor,
    at: datetime,
) -> Rule:
    """Write a rule down; it applies to nothing until a second person approves it."""
    if not rules.has_whole_weights(parts):
        raise PartsWrong("parts")
    rule = Rule(
        room=room,
        rate_bp=rate_bp,
        base=base,
        valid_from=valid_from,
        valid_to=valid_to,
        legal_basis=legal_basis,
        document_id=document.id if document else None,
        document_name=document.name if document else None,
        document_hash=document.sha256 if document else None,
        proposed_by=actor.code,
        proposed_at=at,
    )
    session.add(rule)
    session.flush()
    assert rule.id is not None
    session.add_all([RulePart(rule_id=rule.id, beneficiary_id=who, weight=weight) for who, weight in parts])
    staff.record(session, actor, "share_rule_proposed", f"rule:{rule.id}", {"room": room, "rate_bp": rate_bp}, at)
    return rule


def approve_rule(session: Session, rule_id: int, *, actor: Actor, at: datetime) -> Rule:
    """Put a rule in force from its day on: by a second person, with its document, never in the past."""
    lock(session, "compensation:rules")
    rule = lock_row(session, Rule, rule_id)
    if rule.approved_at is not None:
        raise RuleDecided
    if actor.code == rule.proposed_by:
        raise SamePerson
    _check_document(session, rule)
    _check_not_past(session, rule, at)
    rule.approved_by, rule.approved_at = actor.code, at
    if not insert_once(session, rule):
        raise RuleThere
    staff.record(session, actor, "share_rule_approved", f"rule:{rule_id}", {"document": rule.document_hash}, at)
    queries.forget_terms(session)
    return rule


def _check_document(session: Session, rule: Rule) -> None:
    if rule.document_id is None or not rule.legal_basis.strip():
        raise DocumentMissing
    if pain.fingerprint(queries.get_document(session, rule.document_id).content) != rule.document_hash:
        raise DocumentAltered


def _check_not_past(session: Session, rule: Rule, at: datetime) -> None:
    today = business_day(at)
    # A day on which this room has already set something aside keeps the rule it had.
    begun = queries.has_accruals_since(session, rule.room, today)
    earliest = today + timedelta(days=1) if begun else today
    if rule.valid_from < earliest:
        raise RulePast(earliest_on=earliest)
