"""Of what a report's data consists: figures compared, lines by name, and stretches of time. Values only."""

from typing import Generic, TypeVar

from watchbill.platform.wire import CamelModel, Moment, Spend


class Compared(CamelModel):
    """A figure now and in the period before; `change` is in percent of the previous one, null without one."""

    current: float | None
    previous: float | None
    change: float | None


class ComparedCost(CamelModel):
    """A cost now and in the period before."""

    current: Spend
    previous: Spend | None
    change: float | None


class Line(CamelModel):
    """The work under one name. `stands_for` is 1, or how many names were put together into this line."""

    id: str | None
    name: str
    stands_for: int = 1
    runs: int
    previous_runs: int | None


L = TypeVar("L", bound=Line)


class Split(CamelModel, Generic[L]):
    """Work by name: the lines that matter most, and all others in one, so that the lines together are the whole."""

    items: tuple[L, ...]
    others: L | None

    @property
    def lines(self) -> tuple[L, ...]:
        """The items, and behind them the others if there are some."""
        return self.items if self.others is None else (*self.items, self.others)


class Stretch(CamelModel):
    """An hour or a day. A day begins at midnight where the organisation is, and has the hours that begin in it."""

    start: Moment
    runs: int
