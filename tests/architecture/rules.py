"""The rules of the house that a module can keep or break by itself; rules about imports are in pyproject.toml."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from tests.architecture.sources import CLIENT, FUNCTIONS, SERVICE, Source

Breaches = Iterator[tuple[int, str]]
"""Lines, and what is wrong there."""

PLATFORM = f"{SERVICE}platform/"
DEPLOYED = (SERVICE, FUNCTIONS)
SHIPPED = (SERVICE, FUNCTIONS, CLIENT)
WRITTEN = (*SHIPPED, "infra/", "examples/", "benchmarks/")
EVERYTHING = (*WRITTEN, "tests/")

MODULE_LINES, LONG_MODULE_LINES = 300, 400
FUNCTION_LINES = 40
HANDLER_LINES = 60


@dataclass(frozen=True)
class Rule:
    """A rule: what it says, where it holds, how a breach is found, and which modules may break it, each with why."""

    name: str
    folders: tuple[str, ...]
    find: Callable[[Source], Breaches]
    allowed: Mapping[str, str] = field(default_factory=dict)

    def breaches(self, source: Source) -> list[str]:
        """What is wrong with a module, one line each."""
        if not source.path.startswith(self.folders) or source.path in self.allowed:
            return []
        return [f"{source.path}:{line}: {what}" for line, what in self.find(source)]


def environment_reads(source: Source) -> Breaches:
    """`os.environ` and `os.getenv`, however they are imported."""
    for line, name in source.imported():
        if name in ("os.environ", "os.getenv"):
            yield line, f"imports {name}"
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv"):
            yield node.lineno, f"reads the environment by {ast.unparse(node)}"


def clock_reads(source: Source) -> Breaches:
    """`datetime.now()` and its relatives, and anything of the module `time`."""
    for line, name in source.imported():
        if name.split(".")[0] == "time":
            yield line, f"imports {name}"
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and node.attr in ("now", "utcnow", "today"):
            owner = ast.unparse(node.value).split(".")[-1]
            if owner in ("datetime", "date"):
                yield node.lineno, f"asks {ast.unparse(node)}"


def randomness(source: Source) -> Breaches:
    """Modules that make random numbers or ids."""
    for line, name in source.imported():
        if name.split(".")[0] in ("random", "secrets", "uuid", "ulid") or name in ("os.urandom", "os.getrandom"):
            yield line, f"imports {name}"


def separators(source: Source) -> Breaches:
    """A `#` that separates values, as in keys: behind a value or by itself, but not at the beginning of a name."""
    for line, text in source.texts():
        if text == "#" or re.search(r"[\w}]#", text):
            yield line, f"writes the separator of keys in {text!r}"


def scans(source: Source) -> Breaches:
    """DynamoDB's Scan, as a call, an operation's name or a permission."""
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and node.attr == "scan":
            yield node.lineno, f"calls {ast.unparse(node)}"
    for line, text in source.texts():
        if re.search(r"\b(dynamodb:)?scan\b", text, re.IGNORECASE):
            yield line, f"names {text!r}"


def handler_branches(source: Source) -> Breaches:
    """Statements that decide. A handler may ask what form its input has, or whether a service found something."""
    for node in source.nodes:
        if isinstance(node, ast.Try | ast.While | ast.Match | ast.With):
            yield node.lineno, f"a handler has no `{type(node).__name__.lower()}`"
        elif isinstance(node, ast.If | ast.IfExp) and not _asks_for_form(node.test):
            yield node.lineno, f"a handler does not decide by `{ast.unparse(node.test)}`"


def long_handlers(source: Source) -> Breaches:
    """Handlers of more than 60 lines."""
    if source.lines > HANDLER_LINES:
        yield source.lines, f"more than {HANDLER_LINES} lines"


def long_modules(source: Source) -> Breaches:
    """Modules that are more than a screen or two."""
    most = LONG_MODULE_LINES if source.path.startswith(("infra/", "tests/")) else MODULE_LINES
    if source.lines > most:
        yield source.lines, f"more than {most} lines"


def long_functions(source: Source) -> Breaches:
    """Functions of more than 40 lines; of a command's, whose options are its arguments, the body counts."""
    for function in source.functions():
        first = function.body[0].lineno if source.path.startswith(f"{CLIENT}cli/") else function.lineno
        if (function.end_lineno or first) - first >= FUNCTION_LINES:
            yield function.lineno, f"{function.name} has more than {FUNCTION_LINES} lines"


def vague_names(source: Source) -> Breaches:
    """Modules and packages that are named for nothing in particular."""
    vague = {"util", "utils", "helper", "helpers", "common", "base", "manager", "managers", "misc", "lib"}
    for part in source.path.removesuffix(".py").split("/"):
        if part in vague:
            yield 1, f"{part} says nothing about what is inside"


def left_over_notes(source: Source) -> Breaches:
    """Notes of work that was not done."""
    for number, line in enumerate(source.text.splitlines(), start=1):
        if re.search(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b", line):
            yield number, line.strip()


def missing_docstrings(source: Source) -> Breaches:
    """Modules that do not begin by saying in a sentence what lives in them."""
    if source.tree.body and not (ast.get_docstring(source.tree) or "").split("\n\n")[0].endswith((".", ":", "…")):
        yield 1, "does not begin with a sentence"


def sleeps(source: Source) -> Breaches:
    """Tests that wait for a time instead of for what they wait for."""
    for node in source.nodes:
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("time.sleep", "sleep", "asyncio.sleep"):
            yield node.lineno, "sleeps"


def skipped_tests(source: Source) -> Breaches:
    """Tests that do not run, or may fail."""
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and node.attr in ("skip", "skipif", "xfail", "importorskip"):
            yield node.lineno, f"has a {node.attr}"


def _asks_for_form(test: ast.expr) -> bool:
    match test:
        case ast.Name() | ast.Call(func=ast.Name(id="isinstance")):
            return True
        case ast.Compare(ops=[ast.Is() | ast.IsNot()], comparators=[ast.Constant(value=None)]):
            return True
        case _:
            return False


RULES = (
    Rule(
        "only settings reads the environment",
        DEPLOYED,
        environment_reads,
        {f"{PLATFORM}settings.py": "it is the reader"},
    ),
    Rule("only clock asks what time it is", DEPLOYED, clock_reads, {f"{PLATFORM}clock.py": "it is the source"}),
    Rule("only ids makes ids and random bytes", DEPLOYED, randomness, {f"{PLATFORM}ids.py": "it is the source"}),
    Rule(
        "only keys writes keys",
        DEPLOYED,
        separators,
        {
            f"{PLATFORM}entities.py": "how keys are made is said there",
            f"{PLATFORM}keys.py": "every key is made there",
            f"{PLATFORM}cronfields.py": "EventBridge writes the second Monday of a month as 2#2",
        },
    ),
    Rule("nothing scans the table", WRITTEN, scans),
    Rule("a handler decides nothing", (FUNCTIONS,), handler_branches),
    Rule("a handler is a screen", (FUNCTIONS,), long_handlers),
    Rule("a module is a screen or two", EVERYTHING, long_modules),
    Rule("a function is short", WRITTEN, long_functions),
    Rule("a module is named for what is in it", EVERYTHING, vague_names),
    Rule("nothing is left to do", EVERYTHING, left_over_notes),
    Rule("a module begins by saying what it is", EVERYTHING, missing_docstrings),
    Rule("tests wait for what they wait for", ("tests/",), sleeps),
    Rule(
        "every test runs",
        ("tests/",),
        skipped_tests,
        {"tests/browser/conftest.py": "a browser is no package of ours: without one it says which to install"},
    ),
)
