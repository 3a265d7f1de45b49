"""Where a point stands in time, and what a counter that began anew would have said."""

from array import array

from watchbill.anomalies.seasons import DAY, WEEK
from watchbill.anomalies.states import FLOATS, Part

_RISES = 24
_BACK = 0.1


class Clock(Part):
    """The usual interval between points in seconds, and where in day and week a moment is."""

    __slots__ = ("cadence", "day_places", "intervals", "time", "week_places")

    def __init__(self) -> None:
        self.time = float("nan")
        self.cadence = 0.0
        self.intervals = array(FLOATS)
        self.day_places = 0
        self.week_places = 0

    def steps(self, time: float) -> int:
        """How many intervals have passed since the last point: 1, or more after a gap."""
        passed = time - self.time
        self.time = time
        if not passed > 0:
            return 1
        if self.cadence <= 0:
            self.intervals.append(passed)
            return 1
        return max(1, min(1_000_000, round(passed / self.cadence)))

    def settle(self, places: int) -> None:
        """Take the median interval for the usual one, and divide day and week accordingly."""
        known = sorted(self.intervals)
        self.cadence = known[len(known) // 2] if known else 1.0
        self.intervals = array(FLOATS)
        self.day_places = min(places, round(DAY / self.cadence)) if 1 <= self.cadence <= DAY / 4 else 0
        self.week_places = min(168, round(WEEK / self.cadence)) if 60 <= self.cadence <= DAY else 0

    def places(self, time: float) -> tuple[int, int]:
        """The place in the day and in the week; -1 for a season that is not kept."""
        return (
            int(time % DAY * self.day_places / DAY) if self.day_places else -1,
            int(time % WEEK * self.week_places / WEEK) if self.week_places else -1,
        )


class Counter(Part):
    """Notices a counter that began anew: long rising, then at once back to where it came from; no anomaly."""

    __slots__ = ("last", "lowest", "offset", "rises", "step")

    def __init__(self) -> None:
        self.rises = 0
        self.lowest = 0.0
        self.last = 0.0
        self.step = 0.0
        self.offset = 0.0

    def offset_for(self, value: float) -> float:
        """What to add to the value to continue the series as if the counter had never begun anew."""
        rise = value - self.last
        if rise >= 0:
            self.rises += rise > 0
            self.step = rise
        elif self.rises >= _RISES and value <= self.lowest + _BACK * (self.last - self.lowest):
            self.offset += self.step - rise
        else:
            self.rises, self.lowest = 0, value
        self.last = value
        return self.offset
