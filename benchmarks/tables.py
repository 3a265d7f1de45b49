"""Plain tables on the terminal."""

from collections.abc import Sequence

Value = str | int | float


def show(title: str, header: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
    """Print a table: the first column to the left, the others to the right, numbers with two decimals."""
    lines = [list(header), *([_text(value) for value in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    print(f"\n{title}")
    for line in lines:
        first, *others = zip(line, widths, strict=True)
        print("  ".join([first[0].ljust(first[1]), *(text.rjust(width) for text, width in others)]).rstrip())


def _text(value: Value) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else value
