"""The work that an intent needs: which agents, in which order, and what each of them is told. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from watchbill.conversations.understanding import objective_in
from watchbill.conversations.values import ContentType, Context, Preferences
from watchbill.decisions.models import Decision, Intent, Language, Medium, Priority
from watchbill.execution.models import TriggerRule
from watchbill.orchestrations.models import Node

TRENDS, SCRIPTOR, CAMPAIGN = "trend-scanner", "video-scriptor", "campaign-agent"
SCHEDULER, REPORTER, RESPONDER = "post-scheduler", "analytics-reporter", "faq-responder"
_MEDIA = {medium.value: f"{medium}-generator" for medium in Medium}
_VIDEO, _AUDIO, _IMAGE = (_MEDIA[medium] for medium in (Medium.VIDEO, Medium.AUDIO, Medium.IMAGE))
_USUAL_DAYS, _MOST_DAYS = 30, 365
_TRENDS, _LONGEST_TITLE, _LONGEST_QUESTION = 5, 200, 1_000
_PERIODS, _LONGEST_PERIOD = ((1, "24h"), (7, "7d")), "30d"
_PRIORITIES = {Priority.LOW: 3, Priority.MEDIUM: 5, Priority.HIGH: 7, Priority.URGENT: 9}
_GRAPHS: dict[Intent, dict[str, tuple[str, ...]]] = {
    Intent.CAMPAIGN: {
        TRENDS: (),
        SCRIPTOR: (TRENDS,),
        CAMPAIGN: (TRENDS,),
        SCHEDULER: (SCRIPTOR, CAMPAIGN),
        REPORTER: (SCHEDULER,),
    },
    Intent.MEDIA_GENERATION: {SCRIPTOR: (), TRENDS: (), _VIDEO: (SCRIPTOR,), _AUDIO: (SCRIPTOR,), _IMAGE: ()},
    Intent.SINGLE_POST: {TRENDS: (), SCHEDULER: (TRENDS,)},
    Intent.ANALYSIS: {REPORTER: (), TRENDS: ()},
    Intent.PLANNING: {TRENDS: (), REPORTER: (), SCHEDULER: (TRENDS, REPORTER)},
    Intent.QUESTION: {RESPONDER: ()},
}
"""By intent: each agent with those it comes after, as far as the decision names it.

What is heard follows the script; a picture is made of what was said.
"""


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done: all that was said of it, what was decided, and what is known."""

    message: str
    decision: Decision
    context: Context
    preferences: Preferences
    language: Language
    session_id: str

    @property
    def subject(self) -> str | None:
        """What it is about."""
        return self.decision.entities.product or self.context.business

    @property
    def published(self) -> bool:
        """Whether what comes of it goes to channels."""
        return self.decision.intent in (Intent.CAMPAIGN, Intent.SINGLE_POST, Intent.PLANNING)


def generated(decision: Decision, likes: Preferences) -> Decision:
    """A decision that media be made, with the agents that have them made: of the kinds that are named, or liked."""
    liked = [kind.value for kind in likes.content_types or () if kind.value in _MEDIA]
    media = [medium.value for medium in decision.entities.media] or liked or [Medium.VIDEO.value]
    agents = tuple(dict.fromkeys(_MEDIA[kind] for kind in media))
    return decision.model_copy(update={"supporting_agents": (*decision.supporting_agents, *agents)})


def nodes_of(job: Job) -> tuple[Node, ...]:
    """The work of a job, for agents by their names; it goes on whatever becomes of a part, and says so in the end."""
    shared, priority = _shared(job), _PRIORITIES[job.decision.priority]
    return tuple(
        Node(agent, after, TriggerRule.ALL_DONE, _told(agent, job) | shared, job.decision.task_type, priority)
        for agent, after in _GRAPHS[job.decision.intent].items()
        if agent in (job.decision.primary_agent, *job.decision.supporting_agents)
    )


def _shared(job: Job) -> dict[str, Any]:
    likes = job.preferences.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"language"})
    context = job.context.model_dump(mode="json", exclude_none=True) | {"preferences": likes}
    entities = job.decision.entities.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return {"message": job.message, "language": job.language.value, "context": context, "entities": entities}


def _told(agent: str, job: Job) -> dict[str, Any]:
    return {name: value for name, value in _TOLD[agent](job).items() if value is not None}


def _trends(job: Job) -> dict[str, Any]:
    return {"topic": _line(job.subject or job.message), "platform": _platform(job), "limit": _TRENDS}


def _script(job: Job) -> dict[str, Any]:
    return {
        "platform": _platform(job),
        "format": _format(job),
        "objective": _objective(job),
        "product": job.subject,
        "tone": job.preferences.tone,
    }


def _campaign(job: Job) -> dict[str, Any]:
    entities = job.decision.entities
    return {
        "title": _line(job.subject or job.message),
        "objective": _objective(job),
        "targetChannels": [channel.value for channel in job.context.channels],
        "duration": _duration(job),
        "contentTypes": [kind.value for kind in job.preferences.content_types or ()] or None,
        "tone": job.preferences.tone,
        "budget": float(entities.budget.amount) if entities.budget else None,
        "startDate": entities.dates[0].start.isoformat() if entities.dates else None,
        "sessionId": job.session_id,
    }


def _posts(job: Job) -> dict[str, Any]:
    dates = job.decision.entities.dates
    return {
        "channels": [channel.value for channel in job.context.channels],
        "contentType": _format(job),
        "time": dates[0].start.isoformat() if dates else None,
    }


def _report(job: Job) -> dict[str, Any]:
    days = _days(job)
    return {"period": next((name for most, name in _PERIODS if days <= most), _LONGEST_PERIOD) if days else None}


def _media(job: Job) -> dict[str, Any]:
    return {"style": job.preferences.tone}


def _question(job: Job) -> dict[str, Any]:
    return {"question": job.message[:_LONGEST_QUESTION]}


_TOLD: dict[str, Callable[[Job], dict[str, Any]]] = {
    TRENDS: _trends,
    SCRIPTOR: _script,
    CAMPAIGN: _campaign,
    SCHEDULER: _posts,
    REPORTER: _report,
    RESPONDER: _question,
    _VIDEO: _media,
    _AUDIO: _media,
    _IMAGE: _media,
}


def _platform(job: Job) -> str | None:
    return job.context.channels[0].value if job.context.channels else None


def _format(job: Job) -> str | None:
    media, wanted = job.decision.entities.media, job.preferences.content_types
    if media:
        return media[0].value
    return wanted[0].value if wanted else _FORMATS.get(job.decision.intent)


_FORMATS = {Intent.SINGLE_POST: ContentType.POST.value, Intent.MEDIA_GENERATION: ContentType.VIDEO.value}


def _objective(job: Job) -> str | None:
    """Under the name that agents know it by, where it has one."""
    said = job.context.objective
    return (objective_in(said) or said) if said else None


def _days(job: Job) -> int | None:
    dates = job.decision.entities.dates
    return (dates[0].end - dates[0].start).days + 1 if dates else None


def _duration(job: Job) -> int:
    days = _days(job)
    return min(_MOST_DAYS, job.decision.entities.duration or (days if days and days > 1 else _USUAL_DAYS))


def _line(text: str) -> str:
    """A text as a title: on one line, and not too long."""
    shown = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(shown.split())[:_LONGEST_TITLE].strip()
