"""How hours and days are written under a chart and in its table."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from watchbill.reports.figures import HOURLY
from watchbill.reports.lines import Stretch
from watchbill.reports.models import Period
from watchbill.reports.pages.parts import Shown


@dataclass(frozen=True, slots=True)
class Labels:
    """Names stretches of a period where the organisation is."""

    time_zone: str
    period: Period

    @property
    def unit(self) -> str:
        """What a stretch is."""
        return "day" if self.period.length > HOURLY else "hour"

    def of(self, timeline: Sequence[Stretch]) -> list[str]:
        """A label for each stretch: `19 Nov`, or `14:00`."""
        zone = ZoneInfo(self.time_zone)
        starts = [stretch.start.astimezone(zone) for stretch in timeline]
        return [f"{at.day} {at:%b}" if self.unit == "day" else f"{at:%H}:00" for at in starts]

    def rows(self, timeline: Sequence[Stretch]) -> list[Shown]:
        """The beginning of each stretch, for a table: `19 Nov`, or `19 Nov 14:00`."""
        zone = ZoneInfo(self.time_zone)
        starts = [stretch.start.astimezone(zone) for stretch in timeline]
        return [Shown(f"{at.day} {at:%b}" if self.unit == "day" else f"{at.day} {at:%b %H:%M}") for at in starts]
