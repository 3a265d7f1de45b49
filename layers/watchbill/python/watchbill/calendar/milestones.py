"""A campaign's milestones: what is to be held when, by its dates. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchbill.calendar.models import Course, EventKind, EventMetadata, EventPriority, NewEvent
from watchbill.decisions.models import Language
from watchbill.platform import ids

LONG = timedelta(days=7)
"""A campaign that is longer is looked at when half of it is over."""
LATER = timedelta(days=2)
"""After its end a campaign's figures still come in for so long."""
_HOUR = timedelta(hours=1)
_LONGEST_NAME = 160
_WORDS = {
    Language.ENGLISH: {
        "kickoff": "Kick-off",
        "review": "Mid-campaign review",
        "completion": "Completion",
        "analysis": "Analysis",
    },
    Language.SPANISH: {
        "kickoff": "Lanzamiento",
        "review": "Revisión a mitad de campaña",
        "completion": "Cierre",
        "analysis": "Análisis",
    },
}


@dataclass(frozen=True, slots=True)
class Milestone:
    """A milestone, under the id that follows from its campaign: a campaign has each of them once."""

    id: str
    event: NewEvent


def milestones(
    organisation: str,
    campaign_id: str,
    course: Course,
    time_zone: str | None = None,
    session_id: str | None = None,
    language: Language = Language.ENGLISH,
) -> list[Milestone]:
    """Kick-off, review at half time of a long campaign, completion, and analysis two days after."""
    return [
        Milestone(
            ids.derived_id("milestone", organisation, campaign_id, which),
            NewEvent(
                title=f"{_WORDS[language][which]}: {course.name[:_LONGEST_NAME].rstrip()}",
                start_time=at,
                end_time=at + lasts,
                time_zone=time_zone,
                type=kind,
                priority=EventPriority.HIGH,
                metadata=EventMetadata(campaign_id=campaign_id),
                session_id=session_id,
            ),
        )
        for which, kind, at, lasts in _held(course.start, course.end)
    ]


def _held(start: datetime, end: datetime) -> Iterator[tuple[str, EventKind, datetime, timedelta]]:
    yield "kickoff", EventKind.CAMPAIGN_MILESTONE, start, 2 * _HOUR
    if end - start > LONG:
        yield "review", EventKind.REVIEW, start + (end - start) / 2, _HOUR
    yield "completion", EventKind.CAMPAIGN_MILESTONE, end, _HOUR
    yield "analysis", EventKind.ANALYSIS, end + LATER, 2 * _HOUR
