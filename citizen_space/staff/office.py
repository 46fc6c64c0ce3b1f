"""What staff see of accounts: the sign-in, who may do what, what was done."""

from dataclasses import dataclass
from typing import Any

import pyotp
from starlette.responses import Response
from starlette.routing import BaseRoute

from citizen_space.kit.text import _, translate
from citizen_space.staff import audit, queries, rules, service
from citizen_space.staff.forms import ChangeAccountForm, ChangeCodesForm, OneTimeForm, OpenAccountForm, SignInForm
from citizen_space.staff.models import StaffAccount
from citizen_space.web.endpoint import act, call_out, page
from citizen_space.web.roles import ADMIN
from citizen_space.web.sessions import sign_out_everywhere
from citizen_space.web.visit import House, Visit

ROLE_NAMES = {
    "chef": _("Chef de cuisine"),
    "stage_manager": _("Régie de la salle"),
    "workshop_head": _("Chef d’atelier"),
    "gate_officer": _("Agent d’accueil"),
    "finance": _("Finances"),
    "director": _("Direction"),
    "admin": _("Administration du système"),
}


@dataclass(frozen=True)
class _Try:
    guess: service.Guess
    form: SignInForm


def show_sign_in(visit: Visit) -> Response:
    """The door of the office."""
    return visit.render("staff/office/sign_in.html", bare=True)


def _begin(visit: Visit) -> _Try:
    client = visit.request.client
    device = f"office:{client.host if client else 'unknown'}"
    return _Try(service.begin_sign_in(visit.session, visit.form.login, device=device, at=visit.at), visit.form)


def _judge(house: House, tried: _Try) -> bool:
    """Hash with no session open: it takes a while on purpose."""
    return tried.guess.is_right(tried.form.code, house.keys.pin_pepper)


def _finish(visit: Visit, tried: _Try, right: bool) -> Response:
    account = service.finish_sign_in(
        visit.session,
        tried.guess,
        right=right,
        one_time_code=tried.form.one_time_code,
        keys=visit.house.keys,
        at=visit.at,
    )
    if account is None:
        return visit.render("staff/office/sign_in.html", 401, bare=True, wrong=True)
    assert account.id is not None
    visit.sign_in(kind="staff", subject_id=account.id, role=account.role, name=account.name, code=account.operator_code)
    return visit.redirect("/")


def leave(visit: Visit) -> Response:
    """End the sign-in."""
    if visit.who is not None:
        service.record(visit.session, visit.actor, "sign_out", f"staff:{visit.who.id}", {}, visit.at)
    visit.sign_out()
    return visit.redirect("/connexion")


# -- accounts ---------------------------------------------------------------------------------------------------------


def _roles() -> list[tuple[str, str]]:
    return list(ROLE_NAMES.items())


def show_accounts(visit: Visit) -> Response:
    """Everybody who has an account."""
    return visit.render(
        "staff/office/accounts.html", accounts=queries.list_accounts(visit.session), role_names=ROLE_NAMES
    )


def show_new(visit: Visit) -> Response:
    """The form of a new account."""
    return visit.render("staff/office/new.html", roles=_roles())


def open_account(visit: Visit) -> Response:
    """Open an account."""
    form: OpenAccountForm = visit.form
    account = service.open_account(
        visit.session,
        login=form.login,
        name=form.name,
        role=form.role,
        operator_code=form.operator_code,
        code=form.code,
        pin=form.pin,
        keys=visit.house.keys,
        actor=visit.actor,
        at=visit.at,
    )
    return visit.redirect(f"/equipe/{account.id}", _("Le compte est ouvert."))


def show_account(visit: Visit) -> Response:
    """One account and what may be changed of it."""
    return _draw_account(visit, queries.get_account(visit.session, visit.path["account_id"]))


def _draw_account(visit: Visit, account: StaffAccount, **more: Any) -> Response:
    return visit.render("staff/office/account.html", account=account, roles=_roles(), role_names=ROLE_NAMES, **more)


def change_account(visit: Visit) -> Response:
    """Change an account; what was open under its old rights ends."""
    form: ChangeAccountForm = visit.form
    account = service.change_account(
        visit.session,
        visit.path["account_id"],
        name=form.name,
        role=form.role,
        active=form.active,
        actor=visit.actor,
        at=visit.at,
    )
    _end_others(visit, account)
    return visit.redirect(f"/equipe/{account.id}", _("Le compte est modifié."))


def _end_others(visit: Visit, account: StaffAccount) -> None:
    """End what is open under old rights or with old codes, but not this very page."""
    assert account.id is not None
    sign_out_everywhere(visit.session, kind="staff", subject_id=account.id, at=visit.at)
    if visit.who is not None and account.id == visit.who.id:
        visit.sign_in(
            kind="staff", subject_id=account.id, role=account.role, name=account.name, code=account.operator_code
        )


def change_codes(visit: Visit) -> Response:
    """Give new codes; who came in with the old ones is out."""
    form: ChangeCodesForm = visit.form
    account = service.change_codes(
        visit.session,
        visit.path["account_id"],
        code=form.code,
        pin=form.pin,
        keys=visit.house.keys,
        actor=visit.actor,
        at=visit.at,
    )
    _end_others(visit, account)
    return visit.redirect(f"/equipe/{account.id}", _("Les codes sont changés."))


def set_one_time_codes(visit: Visit) -> Response:
    """Ask for one-time codes from now on, showing the secret once; or no longer."""
    secret = pyotp.random_base32() if visit.form.on else None
    account = service.set_one_time_codes(
        visit.session,
        visit.path["account_id"],
        secret=secret,
        keys=visit.house.keys,
        actor=visit.actor,
        at=visit.at,
    )
    if secret is None:
        return visit.redirect(f"/equipe/{account.id}", _("Le code à usage unique n’est plus demandé."))
    uri = pyotp.TOTP(secret).provisioning_uri(name=account.login, issuer_name="Espace citoyen")
    return _draw_account(visit, account, secret=secret, secret_uri=uri)


def show_audit(visit: Visit) -> Response:
    """What was done, the latest first."""
    before = visit.query.get("avant", "")
    words = visit.query.get("q", "").strip()[:60]
    rows = queries.list_audit(
        visit.session,
        before_id=int(before) if before.isdecimal() and len(before) < 10 else None,
        words=words,
        acts=[act for act, name in rules.ACTS.items() if words.lower() in translate(name, visit.language).lower()],
    )
    return visit.render(
        "staff/office/audit.html",
        rows=rows,
        acts=rules.ACTS,
        words=words,
        say_subject=audit.say_subject,
        say_detail=audit.say_detail,
        page_size=queries.PAGE,
    )


routes: list[BaseRoute] = [
    page("/connexion", show_sign_in),
    call_out(
        "/connexion",
        before=_begin,
        outside=_judge,
        after=_finish,
        form=SignInForm,
        again=show_sign_in,
        methods=("POST",),
    ),
    act("/deconnexion", leave),
    page("/equipe", show_accounts, roles=ADMIN),
    page("/equipe/nouveau", show_new, roles=ADMIN),
    act("/equipe/nouveau", open_account, form=OpenAccountForm, again=show_new, roles=ADMIN, once=True),
    page("/equipe/{account_id:int}", show_account, roles=ADMIN),
    act("/equipe/{account_id:int}", change_account, form=ChangeAccountForm, again=show_account, roles=ADMIN),
    act("/equipe/{account_id:int}/codes", change_codes, form=ChangeCodesForm, again=show_account, roles=ADMIN),
    act("/equipe/{account_id:int}/code-unique", set_one_time_codes, form=OneTimeForm, roles=ADMIN),
    page("/audit", show_audit, roles=ADMIN),
]
