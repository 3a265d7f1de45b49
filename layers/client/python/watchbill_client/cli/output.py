"""Where a command's results go: tables and sentences for people, or one JSON document on stdout and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import typer
from pydantic_core import to_json
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text


@dataclass(frozen=True)
class Column:
    """A column of a table. On a narrow terminal those that `fold` take more lines, so that the others stay whole."""

    title: str
    right: bool = False
    fold: bool = False


class Output:
    """One command's output; `as_json` decides its form."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json
        self._console = Console(highlight=False)
        self._notes = Console(highlight=False, stderr=True)

    @property
    def notes(self) -> Console:
        """The terminal beside stdout: for progress and warnings, which are never part of the result."""
        return self._notes

    def json(self, value: Any) -> None:
        """Print models, or lists and dictionaries of them, as one JSON document."""
        typer.echo(to_json(value, indent=2, by_alias=False).decode())

    def say(self, text: str) -> None:
        """Print a sentence, on one line however long it is."""
        self._console.print(Text(text), soft_wrap=True)

    def line(self, text: Text) -> None:
        """Print a line of a list that grows while the command runs."""
        self._console.print(text, soft_wrap=True)

    def json_line(self, value: Any) -> None:
        """Print one JSON document on one line, where a command prints many."""
        typer.echo(to_json(value).decode())

    def warn(self, text: str) -> None:
        """Print a sentence beside the result, on stderr."""
        self._notes.print(Text(text, style="yellow"), soft_wrap=True)

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str | Text]]) -> None:
        """Print rows under headings."""
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
        for column in columns:
            table.add_column(
                column.title,
                justify="right" if column.right else "left",
                overflow="fold" if column.fold else "ellipsis",
                no_wrap=not column.fold,
            )
        for row in rows:
            table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in row))
        self._console.print(table)

    def facts(self, facts: Sequence[tuple[str, str | Text | None]]) -> None:
        """Print names and values, one pair a line, leaving out what is not known."""
        grid = Table.grid(padding=(0, 2))
        grid.add_column(style="bold", no_wrap=True)
        grid.add_column(overflow="fold")
        for name, value in facts:
            if value is not None and len(value):
                grid.add_row(name, Text(value) if isinstance(value, str) else value)
        self._console.print(grid)
