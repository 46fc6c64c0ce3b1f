"""The figures as a person and as a program read them."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.measure import Figure

_HEAD = ("act", "database", "clients", "per s", "p50 ms", "p95 ms", "p99 ms", "CPU ms", "DB CPU ms", "refused")


def machine() -> dict[str, Any]:
    """What it was measured on."""
    model = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
        "cores": os.cpu_count(),
        "processor": model[0].partition(": ")[2] if model else platform.processor(),
        "python": platform.python_version(),
        "sqlalchemy": version("sqlalchemy"),
        "load_before": round(os.getloadavg()[0], 1),
    }


def table(figures: Sequence[Figure], houses: Mapping[str, Mapping[str, float]]) -> str:
    """One table of every figure, then what each house costs at rest and after the load."""
    rows = [_HEAD, *(_row(figure) for figure in figures)]
    lines = [_line(row) for row in rows]
    lines.insert(1, "|" + "|".join("---" if n < 2 else "---:" for n in range(len(_HEAD))) + "|")
    lines += ["", "| database | " + " | ".join(next(iter(houses.values()))) + " |"]
    lines += ["|---|" + "---:|" * len(next(iter(houses.values())))]
    lines += [
        f"| {name} | " + " | ".join(f"{value:.2f}" for value in costs.values()) + " |" for name, costs in houses.items()
    ]
    return "\n".join(lines)


def _row(figure: Figure) -> tuple[str, ...]:
    times = [f"{figure.percentile(percent):.1f}" for percent in (50, 95, 99)]
    cpu = [f"{value:.2f}" if value else "" for value in (figure.cpu_ms, figure.server_cpu_ms)]
    refused = f"{figure.refused}" if figure.refused else "0"
    return (figure.act, figure.database, str(figure.clients), f"{figure.per_second:.1f}", *times, *cpu, refused)


def _line(row: Sequence[str]) -> str:
    return "| " + " | ".join(row) + " |"


def write_json(
    path: Path, figures: Sequence[Figure], houses: Mapping[str, Mapping[str, float]], on: Mapping[str, Any]
) -> None:
    """Write everything for a program to read."""
    data = {"machine": on, "houses": houses, "figures": [figure.as_data() for figure in figures]}
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n")
