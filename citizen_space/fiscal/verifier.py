"""Recomputes a whole chain from its sealed texts and names the first row that does not fit."""

import json
import os
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlmodel import Session

from citizen_space.fiscal import queries
from citizen_space.fiscal.models import FiscalClosing, FiscalRegister, Period, RowKind
from citizen_space.fiscal.rules import (
    ACTIVE,
    COUNTED,
    FORMAT_VERSION,
    GENESIS,
    MONEY,
    Totals,
    hash_of,
    is_coherent,
    signed_bytes,
    stamp,
    sum_totals,
)
from citizen_space.kit import crypto
from citizen_space.kit.keys import Keys
from citizen_space.kit.text import LazyText, _

Progress = Callable[[int], None]
_EVERY = 5000


@dataclass(frozen=True)
class Problem:
    """The first row that does not fit, and why."""

    register: str
    number: int
    row_id: int | None
    reason: LazyText

    def __str__(self) -> str:
        return f"{self.register}-{self.number:06d}: {self.reason}"


@dataclass(frozen=True)
class ChainReport:
    """What one register's chain holds."""

    register_id: int
    register: str
    row_count: int
    closing_count: int
    totals: Totals
    perpetual_cents: int
    problem: Problem | None


@dataclass(frozen=True)
class Report:
    """What a verification found."""

    chains: list[ChainReport]

    @property
    def problem(self) -> Problem | None:
        """The first problem, register by register."""
        return next((chain.problem for chain in self.chains if chain.problem), None)

    @property
    def ok(self) -> bool:
        """Whether every row fits."""
        return self.problem is None

    @property
    def row_count(self) -> int:
        """How many rows were read."""
        return sum(chain.row_count for chain in self.chains)


class _Misfit(Exception):
    def __init__(self, reason: LazyText) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass
class _Chain:
    """Walks along one chain; every step either fits or raises."""

    register: FiscalRegister
    publics: Mapping[str, bytes]
    closings: dict[int, FiscalClosing]
    number: int = 0
    previous: str = GENESIS
    perpetual_cents: int = 0
    whole: Totals = field(default_factory=Totals)
    days: dict[str, Totals] = field(default_factory=dict)
    closed: dict[str, dict[str, Totals]] = field(default_factory=lambda: {period: {} for period in Period})
    closed_perpetual_cents: int = 0
    day_perpetuals: list[tuple[str, int]] = field(default_factory=list)
    closed_through: str = ""
    closing_count: int = 0
    key_id: str = ""

    def step(self, row: Any) -> None:
        """Check the next row."""
        if row.number != self.number + 1:
            raise _Misfit(_("un numéro manque ou se répète"))
        if hash_of(row.content) != row.hash:
            raise _Misfit(_("le texte scellé ne correspond plus à son empreinte"))
        self._check_key(row)
        sealed = json.loads(row.content)
        self._check_columns(row, sealed)
        self._count(row.kind, row.gross_cents, sealed)
        if row.kind == RowKind.CLOSING and "period" in sealed["content"]:
            self._check_closing(row.id, sealed["content"])
        if row.kind == RowKind.KEY:
            self.key_id = sealed["content"]["new_key"]
        self.number, self.previous = row.number, row.hash

    def _check_key(self, row: Any) -> None:
        if row.key_id not in self.publics:
            raise _Misfit(_("la clé de signature est inconnue"))
        # The first row says which key began; from then on only the key in use can name the next one.
        if row.key_id != (self.key_id or row.key_id):
            raise _Misfit(_("la ligne est signée par une clé qui n’est plus celle de la caisse"))
        self.key_id = row.key_id

    def _check_columns(self, row: Any, sealed: dict[str, Any]) -> None:
        if sealed["previous"] != self.previous or row.previous_hash != self.previous:
            raise _Misfit(_("la ligne n’est pas liée à celle qui la précède"))
        said = (sealed["register"], sealed["number"], sealed["kind"], sealed["at"], sealed["on"], sealed["format"])
        held = (self.register.code, row.number, row.kind, stamp(row.at), row.on.isoformat(), row.format_version)
        money = (sealed["gross_cents"], sealed["order"], sealed["key"])
        if said != held or money != (row.gross_cents, row.order_id, row.key_id) or row.format_version != FORMAT_VERSION:
            raise _Misfit(_("les colonnes ne disent pas la même chose que le texte scellé"))

    def _count(self, kind: str, gross_cents: int, sealed: dict[str, Any]) -> None:
        content = sealed["content"]
        if kind in MONEY:
            if not is_coherent(kind, gross_cents, content):
                raise _Misfit(_("la TVA et les moyens de paiement ne font pas le total"))
            if sealed["on"] <= self.closed_through:
                raise _Misfit(_("un encaissement suit la clôture de sa journée"))
        if kind in COUNTED:
            self.perpetual_cents += gross_cents
        if sealed["perpetual_cents"] != self.perpetual_cents:
            raise _Misfit(_("le total perpétuel n’est pas le bon"))
        self.whole.add(kind, gross_cents, content)
        if kind in ACTIVE:
            self.days.setdefault(sealed["on"], Totals()).add(kind, gross_cents, content)

    def _check_closing(self, row_id: int, content: dict[str, Any]) -> None:
        period, label = content["period"], content["label"]
        totals = self._recomputed(period, label)
        if period == Period.DAY:
            self.closed_perpetual_cents += totals.total_cents
            self.day_perpetuals.append((label, self.closed_perpetual_cents))
            self.closed_through = max(self.closed_through, label)
        self.closed[period][label] = totals
        said = (content["sales_cents"], content["refunds_cents"], content["deposits_cents"], content["totals"])
        if said != (totals.sales_cents, totals.refunds_cents, totals.deposits_cents, totals.detail()):
            raise _Misfit(_("les totaux de la clôture ne sont pas ceux des lignes"))
        if content["period_perpetual_cents"] != self._perpetual_after(label):
            raise _Misfit(_("le total perpétuel de la clôture n’est pas le bon"))
        self._check_closing_row(row_id, content)

    def _perpetual_after(self, label: str) -> int:
        """Return the perpetual total after the last day that is not after the period."""
        for day, cents in reversed(self.day_perpetuals):
            if day <= f"{label}~":
                return cents
        return 0

    def _recomputed(self, period: str, label: str) -> Totals:
        if label in self.closed[period]:
            raise _Misfit(_("une période est clôturée deux fois"))
        if period == Period.DAY:
            return self.days.pop(label, Totals())
        shorter = self.closed[Period.DAY if period == Period.MONTH else Period.MONTH]
        return sum_totals(totals for name, totals in sorted(shorter.items()) if name.startswith(f"{label}-"))

    def _check_closing_row(self, row_id: int, content: dict[str, Any]) -> None:
        held_closing = self.closings.pop(row_id, None)
        if held_closing is None:
            raise _Misfit(_("la clôture manque dans la table des clôtures"))
        held = (
            held_closing.period,
            held_closing.label,
            held_closing.sales_cents,
            held_closing.refunds_cents,
            held_closing.total_cents,
        )
        said = tuple(content[name] for name in ("period", "label", "sales_cents", "refunds_cents", "total_cents"))
        more = (
            held_closing.deposits_cents,
            held_closing.row_count,
            held_closing.perpetual_cents,
            json.loads(held_closing.totals),
        )
        sealed = ("deposits_cents", "row_count", "period_perpetual_cents", "totals")
        if held != said or more != tuple(content[name] for name in sealed):
            raise _Misfit(_("la table des clôtures ne dit pas la même chose que la ligne scellée"))
        self.closing_count += 1

    def finish(self) -> None:
        """Check that the chain ends where its register says."""
        if self.closings:
            raise _Misfit(_("une clôture ne correspond à aucune ligne scellée"))
        ends = (self.register.last_number, self.register.last_hash, self.register.perpetual_cents)
        if ends != (self.number, self.previous, self.perpetual_cents):
            raise _Misfit(_("la chaîne ne finit pas là où la caisse le dit"))


class _Signatures:
    """Checks signatures beside the walk: they take four fifths of it, and the library lets other threads go on.

    The chain's own link comes with the columns; a signature proves that only the house can have written the text.
    """

    _CHUNK, _AHEAD = 500, 8

    def __init__(self, publics: Mapping[str, bytes], pool: Executor) -> None:
        self._publics, self._pool = publics, pool
        self._waiting: list[Any] = []
        self._running: deque[Future[_Unsigned | None]] = deque()
        self.first: _Unsigned | None = None
        """The number and the id of the first row whose signature does not fit, and why."""

    def add(self, row: Any) -> None:
        """Check a row, not at once."""
        self._waiting.append((row.number, row.id, row.key_id, row.hash, row.signature))
        if len(self._waiting) == self._CHUNK:
            self._send()

    def finish(self) -> None:
        """Wait for all."""
        self._send()
        while self._running:
            self._take()

    def _send(self) -> None:
        self._running.append(self._pool.submit(_find_unsigned, self._publics, self._waiting))
        self._waiting = []
        if len(self._running) > self._AHEAD:
            self._take()

    def _take(self) -> None:
        found = self._running.popleft().result()
        self.first = self.first or found


_Unsigned = tuple[int, int, LazyText]


def _find_unsigned(publics: Mapping[str, bytes], rows: Sequence[Any]) -> _Unsigned | None:
    for number, row_id, name, row_hash, written in rows:
        try:
            signature = bytes.fromhex(written)
        except ValueError:
            return number, row_id, _("la signature est illisible")
        if not crypto.verify(publics[name], signed_bytes(row_hash), signature):
            return number, row_id, _("la signature ne correspond pas")
    return None


def verify(session: Session, keys: Keys, progress: Progress | None = None) -> Report:
    """Recompute every chain: numbers, links, hashes, signatures, sums, closings, perpetual totals."""
    read = [0]

    def note() -> None:
        read[0] += 1
        if progress is not None and read[0] % _EVERY == 0:
            progress(read[0])

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        chains = [_verify_chain(session, register, keys, pool, note) for register in queries.list_registers(session)]
    return Report(chains)


def _verify_chain(
    session: Session, register: FiscalRegister, keys: Keys, pool: Executor, note: Callable[[], None]
) -> ChainReport:
    assert register.id is not None
    closings = {one.row_id: one for one in queries.list_closings(session, register_id=register.id)}
    chain = _Chain(register, keys.fiscal_publics, closings)
    signatures = _Signatures(chain.publics, pool)
    problem = _walk(session, chain, signatures, note)
    signatures.finish()
    if signatures.first is not None and (problem is None or signatures.first[0] <= problem.number):
        problem = Problem(register.code, *signatures.first)
    return ChainReport(
        register.id, register.code, chain.number, chain.closing_count, chain.whole, chain.perpetual_cents, problem
    )


def _walk(session: Session, chain: _Chain, signatures: _Signatures, note: Callable[[], None]) -> Problem | None:
    register = chain.register
    assert register.id is not None
    row_id: int | None = None
    number = 1
    try:
        with closing(queries.stream_rows(session, register.id)) as rows:
            for row in rows:
                row_id, number = row.id, row.number
                chain.step(row)
                signatures.add(row)
                note()
        chain.finish()
    except _Misfit as misfit:
        return Problem(register.code, number, row_id, misfit.reason)
    except (ValueError, KeyError, TypeError, AttributeError):
        # Whoever alters bytes leaves texts and dates that cannot be read at all: that row is named like any other.
        return Problem(register.code, number, row_id, _("la ligne est illisible"))
    return None


def row_problem(row: Any, keys: Keys, previous_hash: str, on: date | None = None) -> LazyText | None:
    """Check one row by itself: its hash, its signature, its link."""
    if hash_of(row.content) != row.hash:
        return _("le texte scellé ne correspond plus à son empreinte")
    if row.previous_hash != previous_hash:
        return _("la ligne n’est pas liée à celle qui la précède")
    public = keys.fiscal_publics.get(row.key_id)
    if public is None or not crypto.verify(public, signed_bytes(row.hash), bytes.fromhex(row.signature)):
        return _("la signature ne correspond pas")
    return None
