"""Figures of a company that follow from what is known of it: growth, and presence on social networks. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from watchbill.companies.models import HeadcountOn

_YEAR = timedelta(days=365)
_SHORTEST = timedelta(days=90)
"""Between two headcounts: what less time says of a year says nothing."""
_BANDS = ((10, 50.0), (50, 30.0), (200, 20.0))
_LARGE = 10.0
"""Percent a year that companies of fewer people than that grow by, and those of more, when nothing else is known."""
SOCIAL_POINTS = {"linkedin": 30, "twitter": 20, "facebook": 15, "instagram": 15, "youtube": 10, "github": 10}


@dataclass(frozen=True, slots=True)
class Growth:
    """By how many percent a year a company's headcount grows; `estimated` when only its size is known."""

    percent: float
    estimated: bool


def growth_of(history: Sequence[HeadcountOn] | None, headcount: int | None) -> Growth | None:
    """A company's growth by its headcounts, or else by its size; None when neither is known.

    Of the headcounts the newest is compared with the one that lies nearest to a year before it.
    """
    known = sorted(history or (), key=lambda point: point.date)
    if known:
        newest, wanted = known[-1], known[-1].date - _YEAR
        before = [point for point in known if point.count and newest.date - point.date >= _SHORTEST]
        if before:
            oldest = min(before, key=lambda point: (abs(point.date - wanted), point.date))
            years = (newest.date - oldest.date) / _YEAR
            return Growth(round((newest.count / oldest.count - 1) * 100 / years, 1), estimated=False)
    size = headcount if headcount is not None else known[-1].count if known else None
    return None if size is None else Growth(_by_size(size), estimated=True)


def social_score(urls: Mapping[str, str]) -> int:
    """How well a company is to be found on social networks, 0 to 100."""
    return sum(points for network, points in SOCIAL_POINTS.items() if urls.get(network))


def _by_size(headcount: int) -> float:
    return next((percent for below, percent in _BANDS if headcount < below), _LARGE)
