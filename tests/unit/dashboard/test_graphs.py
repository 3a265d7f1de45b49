"""Graphs in columns: whatever waits for whatever, nobody stands on another, and arrows lead to the right."""

import re
from graphlib import CycleError
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.dashboard.graphs import BETWEEN, HEIGHT, MARGIN, WIDTH, drawing

CURVE = re.compile(r"([MCH])([-\d ]+)")


@st.composite
def graphs(draw):
    """Names, and edges from earlier to later ones in an order of their own."""
    names = draw(st.lists(st.text(max_size=3), max_size=9, unique=True))
    pairs = list(combinations(draw(st.permutations(names)), 2))
    return names, draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []


def points(path):
    """The corners of a path: where it begins, where each curve and each straight part ends."""
    found, y = [], 0
    for sign, numbers in CURVE.findall(path):
        *_, x, y = (*map(int, numbers.split()), y) if sign == "H" else map(int, numbers.split())
        found.append((sign, x, y))
    return found


def inside(box, x, y):
    return box.x < x < box.x + WIDTH and box.y < y < box.y + HEIGHT


@given(graphs())
def test_everybody_has_a_box_of_its_own_within_the_drawing(graph):
    names, edges = graph
    drawn = drawing(names, edges)

    assert [box.name for box in drawn.boxes] == names
    for box in drawn.boxes:
        assert MARGIN <= box.x <= drawn.width - MARGIN - WIDTH
        assert MARGIN <= box.y <= drawn.height - MARGIN - HEIGHT
    for one, other in combinations(drawn.boxes, 2):
        assert one.x != other.x or abs(one.y - other.y) >= HEIGHT


@given(graphs())
def test_arrows_lead_from_box_to_box_and_through_none(graph):
    names, edges = graph
    drawn = drawing(names, edges)
    boxes = {box.name: box for box in drawn.boxes}

    assert [(arrow.source, arrow.target) for arrow in drawn.arrows] == edges
    for arrow in drawn.arrows:
        source, target, way = boxes[arrow.source], boxes[arrow.target], points(arrow.path)
        assert way[0] == ("M", source.x + WIDTH, source.y + HEIGHT // 2)
        assert way[-1] == ("C", target.x, target.y + HEIGHT // 2)
        for sign, x, y in way:
            # Curves run between columns; what runs through a column is straight.
            assert sign != "H" or not any(inside(box, x - WIDTH // 2, y) for box in drawn.boxes)
        for (_, before, _), (sign, x, _) in pairwise(way):
            assert x - before == (WIDTH if sign == "H" else BETWEEN)


def test_those_who_wait_stand_right_of_those_they_wait_for_and_beside_them():
    drawn = drawing(["a", "b", "x", "y"], [("b", "x"), ("a", "y"), ("b", "unknown")])

    place = {box.name: (box.x, box.y) for box in drawn.boxes}
    assert place["x"][0] == place["y"][0] == place["a"][0] + WIDTH + BETWEEN
    assert (place["a"][1] < place["b"][1]) == (place["y"][1] < place["x"][1])
    assert len(drawn.arrows) == 2


def test_a_circle_is_no_workflow():
    with pytest.raises(CycleError):
        drawing(["a", "b"], [("a", "b"), ("b", "a")])
