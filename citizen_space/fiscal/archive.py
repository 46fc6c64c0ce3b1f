"""An archive of the record: open text files in a zip, dated, signed, with a notice and a verifier that runs alone."""

import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from sqlmodel import Session

from citizen_space.fiscal import queries, rules
from citizen_space.fiscal.models import FiscalArchive, FiscalRegister
from citizen_space.kit import crypto
from citizen_space.kit.keys import Keys

FORMAT_VERSION = 1
_NOTICE, _VERIFIER = Path(__file__).with_name("archive_notice.txt"), Path(__file__).with_name("archive_verifier.py")
_DATED = (2026, 1, 1, 0, 0, 0)
"""The date inside the zip of every file: the same rows give the same bytes."""


@dataclass(frozen=True)
class Span:
    """The rows of one register that an archive holds; none when `last_number` is before `first_number`."""

    first_number: int
    last_number: int
    previous_hash: str
    last_hash: str
    perpetual_before_cents: int
    perpetual_after_cents: int


def end_of(label: str) -> date:
    """Return the last day of a year (2026) or a month (2026-11). Raises ValueError."""
    return rules.last_day(label) if len(label) == 7 else date(int(label), 12, 31)


def span_of(session: Session, register: FiscalRegister, label: str, before: Mapping[str, Any]) -> Span:
    """Say which rows an archive holds: from where the one before ended to the closing of its period."""
    assert register.id is not None
    start = before.get(register.code, asdict(Span(1, 0, rules.GENESIS, rules.GENESIS, 0, 0)))
    first, previous, perpetual_cents = start["last_number"] + 1, start["last_hash"], start["perpetual_after_cents"]
    last = queries.find_last_of_period(session, register.id, label, end_of(label))
    if last is None or last.number < first:
        return Span(first, first - 1, previous, previous, perpetual_cents, perpetual_cents)
    after_cents = json.loads(last.content)["perpetual_cents"]
    return Span(first, last.number, previous, last.hash, perpetual_cents, after_cents)


def manifest_of(session: Session, archive: FiscalArchive, keys: Keys, digests: Mapping[str, str]) -> str:
    """Write what an archive holds and the hash of each of its files."""
    spans = json.loads(archive.content)
    registers = [
        {
            "code": one.code,
            "name": one.name,
            "kind": one.kind,
            "file": _file_of(one.code),
            "begun": queries.sum_begun(session, one.id or 0, spans[one.code]["first_number"]),
            **spans[one.code],
        }
        for one in queries.list_registers(session)
        if one.code in spans
    ]
    manifest = {
        "format": FORMAT_VERSION,
        "label": archive.label,
        "made_at": rules.stamp(archive.made_at),
        "software": archive.software,
        "registers": registers,
        "files": dict(digests),
        "keys": {name: public.hex() for name, public in sorted(keys.fiscal_publics.items())},
    }
    return json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)


def write(session: Session, archive: FiscalArchive, keys: Keys, output: IO[bytes]) -> str:
    """Write the file of an archive and return the hash of its manifest; the same archive gives the same bytes."""
    digests: dict[str, str] = {}
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as made:
        for register in queries.list_registers(session):
            span = json.loads(archive.content).get(register.code)
            if span is not None:
                lines = _lines(session, register, span["first_number"], span["last_number"])
                digests[_file_of(register.code)] = _put(made, _file_of(register.code), lines)
        for name, path in (("LISEZMOI.txt", _NOTICE), ("verifier.py", _VERIFIER)):
            digests[name] = _put(made, name, iter([path.read_bytes()]))
        manifest = manifest_of(session, archive, keys, digests).encode()
        digest = _put(made, "manifeste.json", iter([manifest]))
        signature = crypto.sign(keys.fiscal_key, b"citizen-space fiscal archive " + digest.encode())
        _put(made, "manifeste.sig", iter([f"{keys.fiscal_key_id} {signature.hex()}\n".encode()]))
    return digest


def _file_of(code: str) -> str:
    return f"caisse-{code}.jsonl"


def _lines(session: Session, register: FiscalRegister, first: int, last: int) -> Iterator[bytes]:
    assert register.id is not None
    for row in queries.stream_rows(session, register.id, first_number=first, last_number=last):
        line = {
            "number": row.number,
            "hash": row.hash,
            "signature": row.signature,
            "key": row.key_id,
            "text": row.content,
        }
        yield json.dumps(line, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def _put(made: zipfile.ZipFile, name: str, blocks: Iterator[bytes]) -> str:
    digest = hashlib.sha256()
    described = zipfile.ZipInfo(name, _DATED)
    described.compress_type = zipfile.ZIP_DEFLATED
    with made.open(described, "w", force_zip64=True) as file:
        for block in blocks:
            digest.update(block)
            file.write(block)
    return digest.hexdigest()


def draft(session: Session, label: str, *, software: str, by: str, at: datetime) -> FiscalArchive:
    """Prepare the row of an archive: which rows it will hold."""
    before = queries.find_archive_before(session, label)
    held = json.loads(before.content) if before else {}
    spans = {
        register.code: asdict(span_of(session, register, label, held)) for register in queries.list_registers(session)
    }
    return FiscalArchive(
        label=label, content=rules.canonical(spans), software=software, made_by=by, made_at=at, sha256=""
    )
