"""Our own rules, ten lines of `ast` each: a rule takes a source and tells its faults, one sentence each."""

import ast
import re
from collections.abc import Iterable, Iterator

from tests.architecture.source import ROOMS, Function, Source, dotted, type_of_function

VERBS = ("availability", "hold", "book", "arrive", "settle", "confirm", "release")
ROOM_FILES = ("models", "rules", "queries", "forms", "printouts", "service", "jobs", "public", "till", "office")
LONGEST_FUNCTION = 70
LONGEST_SERVICE = 400
MOST_CONFIG_NAMES = 29
# Where an import may wait until it is needed, and which: heavy or optional things behind one door.
LATE_IMPORTS = {"citizen_space/app.py": {"citizen_space.payments.stripe_gateway"}}
# Who may read the clock: the three openers of transactions, and what starts processes.
CLOCK_READERS = ("web/", "app.py", "scheduler.py", "__main__.py", "simulation/", "kit/")
ENVIRONMENT_READERS = ("config.py", "kit/keys.py", "__main__.py", "simulation/")
# Where an agent waits for its next job, and where the servers' own loop runs, beside web and app.
WAITING = {"citizen_space/printing/agent_api.py", "citizen_space/printing/bell.py", "citizen_space/serving.py"}
NEVER_A_NAME = ("utils", "util", "common", "helpers", "managers", "core", "misc", "base")
NEVER_A_WORD = ("Client", "Transaction", "Manager", "Helper", "Util")


def where(source: Source, node: ast.AST, sentence: str) -> str:
    """Say where and what, as compilers do."""
    return f"{source.path}:{getattr(node, 'lineno', 1)}: {sentence}"


def commits(source: Source) -> Iterator[str]:
    """Only kit/db.py commits and rolls back."""
    if source.path == "citizen_space/kit/db.py":
        return
    for call in source.calls():
        if isinstance(call.func, ast.Attribute) and call.func.attr in {"commit", "rollback"}:
            yield where(source, call, f"only kit/db.py may call .{call.func.attr}()")


def hidden_imports(source: Source) -> Iterator[str]:
    """No import inside a function: a circle is mended by moving a storey up, not by hiding it."""
    allowed = LATE_IMPORTS.get(source.path, set())
    for function in source.functions():
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom) and not _imported(node) & allowed:
                yield where(source, node, f"import hidden in {function.name}()")


def _imported(node: ast.Import | ast.ImportFrom) -> set[str]:
    names = {alias.name for alias in node.names}
    if isinstance(node, ast.ImportFrom):
        return {f"{node.module}.{name}" for name in names} | {node.module or ""}
    return names


def floating_cents(source: Source) -> Iterator[str]:
    """No float and no division near cents outside kit/money.py, which gives the remainder back."""
    if source.path == "citizen_space/kit/money.py":
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.FloorDiv) and _cents(node):
            yield where(source, node, "division of cents: use kit/money.py")
        elif isinstance(node, ast.BinOp) and _cents(node) and _float(node.left, node.right):
            yield where(source, node, "a float beside cents")
        elif isinstance(node, ast.Call) and dotted(node.func) == "float" and any(_cents(arg) for arg in node.args):
            yield where(source, node, "float() of cents")
        elif isinstance(node, ast.AnnAssign | ast.arg) and _cents_named_float(node):
            yield where(source, node, "cents declared as float")


def _cents(node: ast.AST) -> bool:
    names = (dotted(part).rpartition(".")[2] for part in _operands(node))
    return any(name == "cents" or name.endswith("_cents") for name in names)


def _operands(node: ast.AST) -> Iterator[ast.AST]:
    """The values that a sum or product is made of; what a called function does with its own is its affair."""
    if isinstance(node, ast.BinOp):
        yield from _operands(node.left)
        yield from _operands(node.right)
    elif isinstance(node, ast.UnaryOp):
        yield from _operands(node.operand)
    else:
        yield node


def _float(*nodes: ast.AST) -> bool:
    return any(isinstance(node, ast.Constant) and isinstance(node.value, float) for node in nodes)


def _cents_named_float(node: ast.AnnAssign | ast.arg) -> bool:
    name = node.arg if isinstance(node, ast.arg) else dotted(node.target).rpartition(".")[2]
    return name.endswith("_cents") and node.annotation is not None and "float" in ast.unparse(node.annotation)


def long_functions(source: Source) -> Iterator[str]:
    """Seventy lines at most."""
    for function in source.functions():
        if (lines := length(function)) > LONGEST_FUNCTION:
            yield where(source, function, f"{function.name}() has {lines} lines, more than {LONGEST_FUNCTION}")


def length(function: Function) -> int:
    """Return the lines of a function, its signature included."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def long_services(source: Source) -> Iterator[str]:
    """A service over four hundred lines means that a package is missing."""
    if source.name == "service.py" and source.lines > LONGEST_SERVICE:
        yield where(source, source.tree, f"{source.lines} lines, more than {LONGEST_SERVICE}: a package is missing")


def own_clocks(source: Source) -> Iterator[str]:
    """Only kit/clock.py asks the machine for the time, and only the openers of transactions ask kit/clock.py."""
    if source.path == "citizen_space/kit/clock.py":
        return
    may_ask = source.path.removeprefix("citizen_space/").startswith(CLOCK_READERS)
    for call in source.calls():
        name = dotted(call.func)
        if re.search(r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.time|time_ns)$", name):
            yield where(source, call, f"{name}() outside kit/clock.py")
        elif name in {"now", "clock.now"} and not may_ask:
            yield where(source, call, "the moment is an argument: take `at` from the page or the job")


def environment_reads(source: Source) -> Iterator[str]:
    """The environment is read once, in config.py."""
    if source.path.removeprefix("citizen_space/").startswith(ENVIRONMENT_READERS):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute | ast.Name) and re.search(r"^(os\.)?(environ|getenv)$", dotted(node)):
            yield where(source, node, "the environment is read in config.py only")


def loose_foreign_keys(source: Source) -> Iterator[str]:
    """Foreign keys are strings, and models do not import the models of another package."""
    if source.name != "models.py":
        return
    for call in source.calls():
        targets = [word.value for word in call.keywords if word.arg == "foreign_key"]
        if dotted(call.func).rpartition(".")[2] == "ForeignKey":
            targets += call.args[:1]
        for target in targets:
            if not (isinstance(target, ast.Constant) and isinstance(target.value, str)):
                yield where(source, target, "a foreign key is a string: 'package_table.column'")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name in _imported(node):
                if re.fullmatch(r"citizen_space\.\w+\.models", name) and f".{source.package}." not in name:
                    yield where(source, node, f"models import {name}: refer to its table by a string")


def future_annotations(source: Source) -> Iterator[str]:
    """SQLModel reads annotations when the class is made, so models must not postpone them."""
    if source.name == "models.py":
        for node in source.tree.body:
            if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                yield where(source, node, "no `from __future__` in models.py")


def bare_sentences(source: Source) -> Iterator[str]:
    """What a refusal says is marked for translation."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef):
            for statement in node.body:
                names = [dotted(target) for target in _targets(statement)]
                value = getattr(statement, "value", None)
                if "sentence" in names and isinstance(value, ast.Constant | ast.JoinedStr):
                    yield where(source, statement, f"{node.name}.sentence is not marked with _()")


def _targets(statement: ast.stmt) -> list[ast.expr]:
    if isinstance(statement, ast.Assign):
        return statement.targets
    return [statement.target] if isinstance(statement, ast.AnnAssign) else []


def formatted_messages(source: Source) -> Iterator[str]:
    """A message is constant: facts go in by name afterwards, or no catalogue can hold it."""
    for call in source.calls():
        if dotted(call.func) in {"_", "gettext", "ngettext"} and call.args and isinstance(call.args[0], ast.JoinedStr):
            yield where(source, call, "an f-string cannot be translated: use %(name)s")


def test_hooks(source: Source) -> Iterator[str]:
    """The product does not know its tests."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name in sorted(_imported(node)):
                if name.split(".")[0] in {"tests", "bench", "pytest"}:
                    yield where(source, node, f"the product imports {name}")


def empty_names(source: Source) -> Iterator[str]:
    """A package is a word people here use, and so is a class."""
    parts = source.path.removesuffix(".py").split("/")
    for part in parts:
        if part in NEVER_A_NAME:
            yield where(source, source.tree, f"'{part}' says nothing")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef) and any(word in node.name for word in NEVER_A_WORD):
            yield where(source, node, f"class {node.name}: not a word of the glossary")


def pages_without_routes(source: Source) -> Iterator[str]:
    """Every page file exports its routes."""
    if source.name in {"public.py", "till.py", "office.py"}:
        names = [dotted(target) for statement in source.tree.body for target in _targets(statement)]
        if "routes" not in names:
            yield where(source, source.tree, "a page file exports `routes`")


def asynchronous_handlers(source: Source) -> Iterator[str]:
    """Handlers are plain functions; the one `await` is in the adapter."""
    if source.path.startswith("citizen_space/") and source.package not in {"web", "app.py"}:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.AsyncFunctionDef) and source.path not in WAITING:
                yield where(source, node, f"async def {node.name}: only web and app wait")


def verbs_out_of_order(source: Source) -> Iterator[str]:
    """The service of a room begins with the same seven verbs, in the same order."""
    if source.package in ROOMS and source.name == "service.py":
        names = [node.name for node in source.tree.body if isinstance(node, type_of_function)]
        spoken = tuple(name for name in names if not name.startswith("_"))
        if spoken[: len(VERBS)] != VERBS:
            yield where(source, source.tree, f"begins with {spoken[:7]}, not with {VERBS}")


def lying_verbs(source: Source) -> Iterator[str]:
    """`get_` returns or raises, `find_` may return None, `is_` and its like answer yes or no (to us, or in SQL)."""
    for function in source.functions():
        verb, returned = (
            function.name.lstrip("_").partition("_")[0],
            ast.unparse(function.returns or ast.Constant(None)),
        )
        if verb == "get" and re.search(r"\bNone\b", returned):
            yield where(source, function, f"{function.name}() may return None: it is called find_")
        elif verb in {"is", "has", "can"} and returned not in {"bool", "ColumnElement[bool]"}:
            yield where(source, function, f"{function.name}() does not answer yes or no")


def config_names(sources: Iterable[Source]) -> set[str]:
    """Return the names that the product reads from its environment: each field of Config, each bytes of Keys."""
    found: set[str] = set()
    for source in sources:
        if source.path in {"citizen_space/config.py", "citizen_space/kit/keys.py"}:
            for node in ast.walk(source.tree):
                if isinstance(node, ast.ClassDef) and node.name in {"Config", "Keys"}:
                    lines = [statement for statement in node.body if isinstance(statement, ast.AnnAssign)]
                    if node.name == "Keys":  # the public halves of keys that have gone are found in their folder
                        lines = [line for line in lines if ast.unparse(line.annotation) == "bytes"]
                    found |= {f"CITIZEN_SPACE_{dotted(line.target).upper()}" for line in lines}
    return found


RULES = (
    commits,
    hidden_imports,
    floating_cents,
    long_functions,
    long_services,
    own_clocks,
    environment_reads,
    loose_foreign_keys,
    future_annotations,
    bare_sentences,
    formatted_messages,
    test_hooks,
    empty_names,
    pages_without_routes,
    asynchronous_handlers,
    verbs_out_of_order,
    lying_verbs,
)
