"""Graphs of who waits for whom, laid out in columns from left to right. Pure: what is drawn where, not how.

Nobody stands left of one it waits for. What passes a column on its way has a lane there, one for all arrows of a
source, so that no arrow runs through a box; boxes and lanes are put in the order in which few of them cross.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from itertools import pairwise

WIDTH, HEIGHT = 200, 54
"""Of a box."""
GAP, LANE, BETWEEN, MARGIN = 18, 14, 64, 12
"""Between boxes of a column, for an arrow that passes one, between columns, and around it all."""
_SWEEPS = 4

Passing = tuple[str, int]
"""The lane of a source's arrows in a column."""
_Neighbours = Mapping[Hashable, Sequence[Hashable]]


@dataclass(frozen=True, slots=True)
class Box:
    """Somebody's place: its upper left corner."""

    name: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Arrow:
    """From one who is waited for to one who waits: an SVG path."""

    source: str
    target: str
    path: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Boxes and arrows, and how much room they take."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def drawing(names: Sequence[str], edges: Iterable[tuple[str, str]]) -> Drawing:
    """A graph without circles, whose edges lead from whom is waited for to who waits.

    Names come in the order in which they are put where nothing else decides. Raises CycleError.
    """
    known = [edge for edge in dict.fromkeys(edges) if set(edge) <= set(names)]
    layers = _layers(names, known)
    columns = _columns(names, known, layers)
    heights = [_height(column) for column in columns]
    tallest = max(heights, default=0)
    tops: dict[Hashable, int] = {}
    for column, height in zip(columns, heights, strict=True):
        y = MARGIN + (tallest - height) // 2
        for one in column:
            tops[one] = y
            y += _size(one) + GAP
    return Drawing(
        width=2 * MARGIN + len(columns) * (WIDTH + BETWEEN) - BETWEEN if columns else 2 * MARGIN,
        height=2 * MARGIN + tallest,
        boxes=tuple(Box(name, _left(layers[name]), tops[name]) for name in names),
        arrows=tuple(Arrow(*edge, _path(edge, layers, tops)) for edge in known),
    )


def _layers(names: Sequence[str], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    """The column of each: behind all that it waits for."""
    sources: dict[str, list[str]] = {name: [] for name in names}
    for source, target in edges:
        sources[target].append(source)
    layers: dict[str, int] = {}
    for name in TopologicalSorter(sources).static_order():
        layers[name] = max((layers[source] + 1 for source in sources[name]), default=0)
    return layers


def _columns(names: Sequence[str], edges: Sequence[tuple[str, str]], layers: Mapping[str, int]) -> list[list[Hashable]]:
    """Who stands and what passes in each column, from top to bottom."""
    columns: list[list[Hashable]] = [[] for _ in range(max(layers.values(), default=-1) + 1)]
    for name in names:
        columns[layers[name]].append(name)
    before: dict[Hashable, list[Hashable]] = {}
    behind: dict[Hashable, list[Hashable]] = {}
    for edge in edges:
        way = _way(edge, layers)
        for here, there in pairwise(way):
            if isinstance(there, tuple) and there not in before:
                columns[there[1]].append(there)
            before.setdefault(there, []).append(here)
            behind.setdefault(here, []).append(there)
    for _ in range(_SWEEPS):
        for number in range(1, len(columns)):
            columns[number] = _sorted(columns[number], columns[number - 1], before)
        for number in reversed(range(len(columns) - 1)):
            columns[number] = _sorted(columns[number], columns[number + 1], behind)
    return columns


def _sorted(column: Sequence[Hashable], beside: Sequence[Hashable], neighbours: _Neighbours) -> list[Hashable]:
    """A column, each at the mean height of its neighbours in the one beside it; who has none stays where it is."""
    there = {one: (number + 0.5) / len(beside) for number, one in enumerate(beside)}

    def height(number: int) -> float:
        near = [there[one] for one in neighbours.get(column[number], ())]
        return sum(near) / len(near) if near else (number + 0.5) / len(column)

    return [column[number] for number in sorted(range(len(column)), key=height)]


def _way(edge: tuple[str, str], layers: Mapping[str, int]) -> list[Hashable]:
    """Where an arrow comes by, column by column."""
    source, target = edge
    passing: list[Hashable] = [(source, layer) for layer in range(layers[source] + 1, layers[target])]
    return [source, *passing, target]


def _path(edge: tuple[str, str], layers: Mapping[str, int], tops: Mapping[Hashable, int]) -> str:
    """Curves between columns, and straight through those that it passes."""
    first, *others = _way(edge, layers)
    x, y = _left(layers[edge[0]]) + WIDTH, tops[first] + _size(first) // 2
    parts = [f"M{x} {y}"]
    for one in others:
        middle, x, y_before, y = x + BETWEEN // 2, x + BETWEEN, y, tops[one] + _size(one) // 2
        parts.append(f"C{middle} {y_before} {middle} {y} {x} {y}")
        if isinstance(one, tuple):
            x += WIDTH
            parts.append(f"H{x}")
    return "".join(parts)


def _left(layer: int) -> int:
    return MARGIN + layer * (WIDTH + BETWEEN)


def _size(one: Hashable) -> int:
    return LANE if isinstance(one, tuple) else HEIGHT


def _height(column: Sequence[Hashable]) -> int:
    return sum(_size(one) for one in column) + GAP * max(0, len(column) - 1)
