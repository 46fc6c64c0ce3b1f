"""What a drawer puts on paper: X, a look that changes nothing, and Z, the close."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from citizen_space.cash.rules import Carried, Report
from citizen_space.kit import clock
from citizen_space.kit.formats import day, money, percent
from citizen_space.kit.text import _, translate
from citizen_space.payments.rules import TENDER_NAMES
from citizen_space.vouching.rules import REASONS, Voucher
from printers.document import Align, Block, Columns, Cut, Document, Kick, Rule, Space, Text


def z_report(
    found: Report,
    *,
    number: str,
    register: str,
    opened_at: datetime,
    opened_by: str,
    closed_at: datetime,
    closed_by: str,
    counted: Mapping[str, int],
    differences: Mapping[str, int],
    carried: Sequence[Carried] = (),
    language: str = "fr",
) -> Document:
    """Return the close of a session on paper."""
    blocks: list[Block] = [
        Text(f"Z {number}", size="large", align="center", bold=True),
        *_head(register, opened_at, opened_by, language),
        Columns((_say(_("Clôture"), language), f"{_when(closed_at, language)} {closed_by}")),
        Rule(),
        *_sales(found, language),
        Rule(),
        *_count(found, counted, differences, language),
        *_carried(carried, language),
        Space(1),
        Text(_say(_("Signature :"), language)),
        Space(3),
        Cut(),
    ]
    return Document(kind="z_report", title=f"Z {number}", language=language, blocks=tuple(blocks))


def x_report(
    found: Report, *, register: str, opened_at: datetime, opened_by: str, at: datetime, language: str = "fr"
) -> Document:
    """Return a look at an open session; without what is expected, so that the count stays blind."""
    blocks: list[Block] = [
        Text(f"X {register}", size="large", align="center", bold=True),
        Text(_say(_("LECTURE – NE CLÔT PAS LA CAISSE"), language), align="center", inverted=True),
        *_head(register, opened_at, opened_by, language),
        Columns((_say(_("Lecture"), language), _when(at, language))),
        Rule(),
        *_sales(found, language),
        Cut(),
    ]
    return Document(kind="x_report", title=f"X {register}", language=language, blocks=tuple(blocks))


def no_sale(voucher: Voucher, *, language: str, at: datetime) -> Document:
    """Return the slip that opens the drawer without a sale: who asked, who vouched, why."""
    title = _say(_("TIROIR OUVERT SANS VENTE"), language)
    return Document(
        kind="no_sale",
        title=title,
        language=language,
        blocks=(
            Kick(),
            Text(title, align="center", bold=True),
            Columns((_when(at, language), f"{voucher.asked_by.code} / {voucher.by.code}")),
            Text(translate(REASONS[voucher.act][voucher.reason], language)),
            Cut(),
        ),
    )


def _head(register: str, opened_at: datetime, opened_by: str, language: str) -> Iterable[Block]:
    yield Columns((_say(_("Caisse"), language), register))
    yield Columns((_say(_("Ouverture"), language), f"{_when(opened_at, language)} {opened_by}"))


def _sales(found: Report, language: str) -> Iterable[Block]:
    totals = found.totals
    yield Columns((_say(_("Ventes TTC"), language), _money(totals.sales_cents, language)))
    yield Columns((_say(_("Remboursements"), language), _money(totals.refunds_cents, language)))
    yield Columns((_say(_("Acomptes"), language), _money(totals.deposits_cents, language)))
    yield Columns((_say(_("Total"), language), _money(totals.total_cents, language)), bold=True, size="large")
    for rate_bp, gross_cents, net_cents, vat_cents in found.vat():
        words = _say(
            _("TVA %(rate)s sur %(net)s"), language, rate=_percent(rate_bp, language), net=_money(net_cents, language)
        )
        yield Columns((words, _money(vat_cents, language)))
        assert gross_cents == net_cents + vat_cents
    for tender, cents in sorted(totals.tenders.items()):
        yield Columns((_say(TENDER_NAMES[tender], language), _money(cents, language)))
    for kind, count in sorted(totals.kinds.items()):
        yield Columns((_say(_KINDS.get(kind, kind), language), str(count)), size="small")


_KINDS = {
    "sale": _("Nombre de ventes"),
    "refund": _("Nombre de remboursements"),
    "deposit": _("Nombre d’acomptes"),
    "note": _("Nombre de notes provisoires"),
    "duplicate": _("Nombre de duplicatas"),
    "void": _("Nombre d’annulations"),
    "no_sale": _("Ouvertures sans vente"),
    "training": _("Opérations d’école"),
    "movement": _("Mouvements d’espèces"),
    "override": _("Validations du personnel"),
}


def _carried(carried: Sequence[Carried], language: str) -> Iterable[Block]:
    if carried:
        yield Rule()
        yield Text(_say(_("Restent ouvertes"), language), bold=True)
    for one in carried:
        yield Columns((f"{one.label} {one.order}", _money(one.cents, language)))


def _count(found: Report, counted: Mapping[str, int], differences: Mapping[str, int], language: str) -> Iterable[Block]:
    yield Columns((_say(_("Fonds de caisse"), language), _money(found.float_cents, language)))
    for movement in found.moved:
        yield Columns((movement.reason, _money(movement.amount_cents, language)))
    heads = (_("Attendu"), _("Compté"), _("Écart"))
    yield Columns(tuple(_say(word, language) for word in heads), weights=_WEIGHTS, aligns=_ALIGNS)
    expected = found.expected()
    for tender in sorted({*expected, *counted}):
        amounts = (expected.get(tender, 0), counted.get(tender, 0), differences.get(tender, 0))
        # The name on a line of its own: « Titre-restaurant » and three amounts do not fit side by side on 58 mm.
        yield Text(_say(TENDER_NAMES[tender], language), bold=True)
        yield Columns(tuple(_money(cents, language) for cents in amounts), weights=_WEIGHTS, aligns=_ALIGNS)


_WEIGHTS = (1, 1, 1)
_ALIGNS: tuple[Align, ...] = ("right", "right", "right")


def _say(text: str, language: str, **facts: str) -> str:
    return translate(text, language, **facts)


def _money(cents: int, language: str) -> str:
    return money(cents, language).replace("\u202f", " ").replace("\u00a0", " ")


def _percent(bp: int, language: str) -> str:
    return percent(bp, language).replace("\u202f", " ").replace("\u00a0", " ")


def _when(at: datetime, language: str) -> str:
    there = clock.local(at)
    return f"{day(there.date(), language)} {there:%H:%M:%S}"
