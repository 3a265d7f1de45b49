"""What a series promises next: simple forecasts side by side, of which the one that has erred least is believed."""

from typing import NamedTuple

from watchbill.anomalies.seasons import Profile
from watchbill.anomalies.states import Part

LAST, SLOPE, LEVEL, DAILY, WEEKLY, PERIODIC = range(6)
_SEASONAL = (LEVEL, DAILY, WEEKLY, PERIODIC)
_PACE = 1 / 150
_LEVEL_PACE = 1 / 250
_RUN = 24
"""So many far values on the same side begin to count as a new level."""
_CLIP = 4.0
_EXPLAINED = 0.5
_EARLY = 400
"""The less has been seen, the more a single error may teach."""
_TRIAL = 24
"""A seasonal forecast is believed after so many trials."""

Places = tuple[int, int, int]
"""Where a moment is in the day, the week and the period, as indexes; -1 where there is no such season."""


class Errors(Part):
    """How far a forecast usually is from the value, robustly, and how much of its last error remains in the next."""

    __slots__ = ("before", "common", "mean", "power", "seen")

    def __init__(self) -> None:
        self.seen = 0
        self.mean = 0.0
        self.before = 0.0
        self.common = 0.0
        self.power = 0.0

    def learn(self, error: float) -> None:
        """Take in an error; a large one moves the mean by four times its size at most."""
        self.seen += 1
        pace = max(_PACE, 1 / (self.seen + 1))
        most = self.mean * (_CLIP + _EARLY / self.seen)
        if self.mean <= 0:
            most = abs(error)
        clipped = max(-most, min(most, error))
        self.mean += pace * (abs(clipped) - self.mean)
        self.common += pace * (clipped * self.before - self.common)
        self.power += pace * (self.before * self.before - self.power)
        self.before = clipped

    @property
    def carried(self) -> float:
        """The part of the last error that is expected again: an autoregression of order one, without blow-ups."""
        if self.power <= 0:
            return 0.0
        return max(0.0, min(0.95, self.common / self.power)) * self.before


class Level(Part):
    """Where a series is, apart from its season: slow, but quick to follow once many values lie on the same side."""

    __slots__ = ("run", "seen", "value")

    def __init__(self) -> None:
        self.seen = 0
        self.value = 0.0
        self.run = 0

    def learn(self, error: float, spread: float) -> None:
        """Take in how far a value was from what this level promised; `spread` is how far it usually is."""
        self.seen += 1
        far = abs(error) > 2 * spread
        same = (error > 0) == (self.run > 0)
        self.run = ((self.run if same else 0) + (1 if error > 0 else -1)) if far else int(self.run / 2)
        pace = max(_LEVEL_PACE, 1 / (self.seen + 1), min(0.2, (abs(self.run) - _RUN) / 200))
        most = spread * (_CLIP + _EARLY / self.seen) if abs(self.run) < 2 * _RUN else abs(error)
        self.value += pace * max(-most, min(most, error))


class Promise(NamedTuple):
    """What was expected of a value, and how far from it values usually are; likewise of the season alone.

    `seasoned` says whether the season explains most of how the series moves.
    """

    expected: float
    spread: float
    seasonal: float
    seasonal_spread: float
    seasoned: bool


class Forecasts(Part):
    """A level, three seasons around it, and the forecasts made of them."""

    __slots__ = (
        "corrected",
        "daily",
        "daily_level",
        "errors",
        "last",
        "level",
        "periodic",
        "periodic_level",
        "seasonal",
        "seen",
        "slope",
        "weekly",
    )

    def __init__(self) -> None:
        self.seen = 0
        self.last = 0.0
        self.slope = 0.0
        self.seasonal = LEVEL
        self.level = Level()
        self.daily_level = Level()
        self.periodic_level = Level()
        self.errors = [Errors() for _ in range(6)]
        self.corrected = Errors()
        self.daily = Profile()
        self.weekly = Profile()
        self.periodic = Profile()

    def learn(self, value: float, places: Places) -> Promise:
        """What was expected of a value, given its places in the seasons; and only then the value itself."""
        if not self.seen:
            self.level.value = self.last = value
        bases = self._bases(places)
        promise = self._promise(bases, places)
        carried = self.errors[self.seasonal].carried
        self.corrected.learn(value - promise.seasonal - carried)
        for base, errors in zip(bases, self.errors, strict=True):
            if base is not None:
                errors.learn(value - base)
        self.level.learn(value - self.level.value, self.errors[LEVEL].mean)
        self._learn_daily(value, bases, places)
        self._learn_periodic(value, bases[PERIODIC], places[2])
        self.slope, self.last = value - self.last, value
        self.seen += 1
        return promise

    def _bases(self, places: Places) -> list[float | None]:
        day, week, phase = places
        last = self.last
        bases: list[float | None] = [last, last + self.slope, self.level.value, None, None, None]
        if self.daily.knows(day):
            daily = bases[DAILY] = self.daily_level.value + self.daily.deviation[day]
            if self.weekly.knows(week):
                bases[WEEKLY] = daily + self.weekly.deviation[week]
        if self.periodic.knows(phase):
            bases[PERIODIC] = self.periodic_level.value + self.periodic.deviation[phase]
        return bases

    def _promise(self, bases: list[float | None], places: Places) -> Promise:
        errors = self.errors
        self.seasonal = seasonal = self._least(bases)
        spread, usual = errors[seasonal].mean, bases[seasonal] or 0.0
        local = self._local_spread(seasonal, places)
        wide = (spread + local) / 2 if local else spread
        seasoned = seasonal != LEVEL and spread < _EXPLAINED * errors[LEVEL].mean
        simple = LAST if errors[LAST].mean <= errors[SLOPE].mean else SLOPE
        if self.corrected.mean <= errors[simple].mean:
            ratio = wide / spread if spread > 0 else 1.0
            expected, near = usual + errors[seasonal].carried, self.corrected.mean * ratio
        else:
            expected, near = bases[simple] or 0.0, errors[simple].mean
        return Promise(expected, near, usual, wide, seasoned)

    def _least(self, bases: list[float | None]) -> int:
        best, least = LEVEL, self.errors[LEVEL].mean
        for choice in (DAILY, WEEKLY, PERIODIC):
            found = self.errors[choice]
            if bases[choice] is not None and found.seen > _TRIAL and found.mean < least * 0.97:
                best, least = choice, found.mean
        return best

    def _local_spread(self, seasonal: int, places: Places) -> float:
        if seasonal == LEVEL:
            return 0.0
        profile, place = (
            (self.daily, places[0])
            if seasonal == DAILY
            else (self.weekly, places[1])
            if seasonal == WEEKLY
            else (self.periodic, places[2])
        )
        return profile.spread[place] if profile.visits[place] >= 4 else 0.0

    def _learn_daily(self, value: float, bases: list[float | None], places: Places) -> None:
        daily, weekly = bases[DAILY], bases[WEEKLY]
        usual = self.errors[DAILY].mean
        error = (
            value - (self.daily_level.value + self.daily.deviation[places[0]] if daily is None else daily)
            if self.daily.visits
            else 0.0
        )
        self.daily.learn(places[0], error, 4 * usual)
        if daily is not None:
            self.daily_level.learn(error, usual)
            self.weekly.learn(places[1], value - (daily if weekly is None else weekly), 4 * usual)

    def _learn_periodic(self, value: float, periodic: float | None, phase: int) -> None:
        if phase < 0:
            return
        usual = self.errors[PERIODIC].mean
        error = value - self.periodic_level.value - self.periodic.deviation[phase]
        self.periodic.learn(phase, error, 4 * usual)
        if periodic is not None:
            self.periodic_level.learn(error, usual)
