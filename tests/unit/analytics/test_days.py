"""Rollups of hours as days of a window, by name."""

from datetime import UTC, datetime, timedelta

from watchbill.analytics.cards import Window
from watchbill.analytics.fleet import days_of
from watchbill.analytics.models import OTHER, Cell, Measure, Rollup

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
WINDOW = Window(NOON - timedelta(days=3), NOON)


def hour(at: str, **runs: int) -> tuple[str, Rollup]:
    return at, Rollup({name: Cell({Measure.RUNS: count}) for name, count in runs.items()})


def test_a_day_is_24_hours_from_the_window_s_start_on() -> None:
    found = days_of(
        [hour("2026-03-07T12", write=1), hour("2026-03-08T11", write=2, read=4), hour("2026-03-08T12", write=8)], WINDOW
    )

    assert {name: [cell[Measure.RUNS] for cell in days] for name, days in found.items()} == {
        "write": [3, 8, 0],
        "read": [4, 0, 0],
    }


def test_what_found_no_cell_of_its_own_is_nobody_s() -> None:
    assert list(days_of([hour("2026-03-08T12", **{"write": 1, OTHER: 9})], WINDOW)) == ["write"]
