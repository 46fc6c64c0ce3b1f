"""The source code as the architecture tests see it: files, parsed once."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOUSE = ROOT / "citizen_space"
ROOMS = ("restaurant", "venue", "repairs")

type_of_function = (ast.FunctionDef, ast.AsyncFunctionDef)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the root, with slashes, and its tree."""

    path: str
    tree: ast.Module
    lines: int

    @property
    def name(self) -> str:
        """The file's own name: `service.py`."""
        return self.path.rpartition("/")[2]

    @property
    def package(self) -> str:
        """The package of the house it belongs to, or its own name when it stands at the top."""
        return self.path.split("/")[1]

    def functions(self) -> Iterator[Function]:
        """Every function and method, nested ones too."""
        return (node for node in ast.walk(self.tree) if isinstance(node, type_of_function))

    def calls(self) -> Iterator[ast.Call]:
        """Every call."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))


def source(path: str, text: str) -> Source:
    """Parse a text as if it were the file at `path`."""
    return Source(path, ast.parse(text, filename=path), text.count("\n") + 1)


@cache
def house() -> tuple[Source, ...]:
    """Every file of citizen_space but the migrations, whose past is not rewritten."""
    return tuple(item for item in _folder("citizen_space") if "/migrations/versions/" not in item.path)


@cache
def everything() -> tuple[Source, ...]:
    """Every file of the product: citizen_space and printers."""
    return house() + tuple(_folder("printers"))


@cache
def packages() -> tuple[str, ...]:
    """The names of the packages and single modules that stand directly in citizen_space."""
    found = {path.name for path in HOUSE.iterdir() if path.is_dir() and any(path.glob("*.py"))}
    found |= {path.stem for path in HOUSE.glob("*.py") if path.name != "__init__.py"}
    return tuple(sorted(found))


@cache
def templates() -> tuple[Path, ...]:
    """Every Jinja template of the house."""
    return tuple(sorted(path for path in HOUSE.glob("*/templates/**/*") if path.suffix in {".html", ".txt", ".xml"}))


def dotted(node: ast.AST) -> str:
    """Return `a.b.c` for names and attributes, and nothing for the rest."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        left = dotted(node.value)
        return f"{left}.{node.attr}" if left else node.attr
    return ""


def _folder(name: str) -> Iterator[Source]:
    for path in sorted((ROOT / name).rglob("*.py")):
        yield source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
