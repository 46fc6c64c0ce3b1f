"""What goes on paper about work: a worker's month, in plain French."""

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from citizen_space.kit import formats
from citizen_space.kit.clock import local
from citizen_space.kit.lazy import later
from citizen_space.workers import rules
from citizen_space.workers.models import Worker, WorkMonth

if TYPE_CHECKING:
    import typst
else:  # for who prints a statement
    typst = later("typst")

_TEMPLATE = Path(__file__).parent / "templates" / "paper" / "statement.typ"

CONFIRMED = {"C": "texte", "S": "source secondaire", "A": "à interpréter", "G": "à confirmer", "none": "à confirmer"}


def statement_pdf(
    worker: Worker, statement: rules.Statement, month: WorkMonth | None, *, house: str, at: datetime
) -> bytes:
    """Set a month's statement as a tagged PDF/A; the data go in as text, so that nothing in it is ever run."""
    facts = json.dumps(_facts(worker, statement, month, house=house, at=at), ensure_ascii=False)
    # The template alone is the project: nothing else of the disk can be read from it.
    drawn = typst.compile(
        _TEMPLATE.read_bytes(),
        sys_inputs={"statement": facts},
        format="pdf",
        pdf_standards=["a-3a"],
        ignore_system_fonts=True,
        timestamp=int(at.timestamp()),
    )
    assert isinstance(drawn, bytes)
    return drawn


def _facts(
    worker: Worker, statement: rules.Statement, month: WorkMonth | None, *, house: str, at: datetime
) -> dict[str, Any]:
    drawn_on = local(at).date()
    return {
        "house": house,
        "name": f"{worker.first_name} {worker.last_name}",
        "code": worker.operator_code,
        "month": formats.month(statement.first_on, "fr"),
        "closed": month is not None and month.status == "locked",
        "drawn": formats.long_day(drawn_on),
        "date": [drawn_on.year, drawn_on.month, drawn_on.day],
        "days": [
            [formats.long_day(day.on), formats.duration(day.minutes), formats.money(day.cents)]
            for day in statement.days
        ],
        "hours": formats.duration(statement.minutes),
        "gross": formats.money(statement.gross_cents),
        "withheld": [
            [each.label, formats.percent(each.bp), formats.money(-each.cents), CONFIRMED.get(each.confirmed, "")]
            for each in statement.withheld
        ],
        "net": formats.money(statement.net_cents),
    }
