"""The repository's Python modules as text and syntax trees, for rules that look at code without running it."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVICE = "layers/watchbill/python/watchbill/"
CLIENT = "layers/client/python/watchbill_client/"
FUNCTIONS = "functions/"
FOLDERS = (SERVICE, CLIENT, FUNCTIONS, "infra/", "examples/", "benchmarks/", "tests/")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One module: its path from the repository's root, with slashes, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The module's syntax tree."""
        return ast.parse(self.text)

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return len(self.text.splitlines())

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the tree, the docstrings' aside."""
        docstrings = {id(node) for node in self._docstrings()}
        return tuple(node for node in ast.walk(self.tree) if id(node) not in docstrings)

    def functions(self) -> Iterator[Function]:
        """Every function and method."""
        return (node for node in self.nodes if isinstance(node, Function))

    def imported(self) -> Iterator[tuple[int, str]]:
        """Every absolute name that is imported, with its line."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)

    def texts(self) -> Iterator[tuple[int, str]]:
        """Every string that is no docstring, with its line; what an f-string fills in stands as `{}`."""
        parts: set[int] = set()
        for node in self.nodes:
            if isinstance(node, ast.JoinedStr):
                parts.update(map(id, node.values))
                yield node.lineno, "".join(_piece(value) for value in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
                yield node.lineno, node.value

    def _docstrings(self) -> Iterator[ast.AST]:
        # Also the texts below an assignment, which say what the name is for.
        for node in ast.walk(self.tree):
            for statement in getattr(node, "body", []) if not isinstance(node, ast.Lambda | ast.IfExp) else []:
                if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                    yield statement.value


def sources(folders: Iterable[str] = FOLDERS) -> list[Source]:
    """Every module below the folders."""
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [Source(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) for path in paths]


def _piece(value: ast.expr) -> str:
    return str(value.value) if isinstance(value, ast.Constant) else "{}"
