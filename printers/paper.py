"""The paper of printers that are not there: each job is kept as its bytes and as pictures of what they draw."""

import os
import time
from pathlib import Path

from printers.escpos import NotEscPos, interpret
from printers.preview import paper_png, paper_svg


def keep_job(data: bytes, *, folder: Path, name: str, columns: int) -> Path:
    """Keep one job as NAME-<nanoseconds>.bin with .svg and .png beside it; return the path of the bytes.

    Bytes that no printer would print are kept too, with the reason in a .txt instead of pictures.
    """
    part = _claim_path(folder, name)
    try:
        elements = interpret(data, columns)
    except NotEscPos as wrong:
        part.with_suffix(".txt").write_text(f"{wrong}\n")
    else:
        part.with_suffix(".svg").write_text(paper_svg(elements, columns, title=part.stem))
        part.with_suffix(".png").write_bytes(paper_png(elements, columns))
    part.write_bytes(data)
    # The bytes appear last and whole: whoever waits for them finds the pictures already there.
    return part.rename(part.with_suffix(".bin"))


def _claim_path(folder: Path, name: str) -> Path:
    """Return a path that sorts after all earlier ones and that no other process has."""
    while True:
        path = folder / f"{name}-{time.time_ns():020d}.part"
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
        except FileExistsError:
            continue
        return path
