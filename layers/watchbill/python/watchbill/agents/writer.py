"""The writer: drafts of messages and posts, about the items of a stream or about a topic, by a language model."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import ValidationError

from watchbill.agents.answers import shape_of
from watchbill.agents.builtin import BuiltinAgent, not_runnable
from watchbill.agents.drafts import (
    Brief,
    Draft,
    Drafts,
    Skipped,
    Subject,
    brief_of,
    draft_of,
    foremost,
    instructions_for,
    material_of,
    subject_of,
)
from watchbill.agents.language import LanguageModel, LanguageModels, NotAnswered
from watchbill.companies.service import CompanyService
from watchbill.execution.happenings import Tell
from watchbill.execution.models import Metrics, Task, TaskError
from watchbill.execution.worker import Done, Failed, NotRunnable, Outcome, Upstream
from watchbill.platform import clock
from watchbill.platform.errors import NotFound
from watchbill.registry.models import AgentSettings
from watchbill.streams.models import Item
from watchbill.streams.service import StreamService


@dataclass(slots=True)
class _Desk:
    """What has been written so far, and what could not be."""

    drafts: list[Draft] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    error: TaskError | None = None

    def give_up(self, subjects: Sequence[Subject], error: TaskError) -> None:
        """No draft about these, because of this."""
        self.skipped += [Skipped(item_id=subject.item_id, reason=error.message) for subject in subjects]
        self.error = self.error or error

    def outcome(self, spent: Metrics) -> Outcome:
        """Failed when nothing at all was written; what was written counts, also when there was to be more."""
        count = len(self.drafts)
        if self.error is not None and not count:
            return Failed(self.error, spent)
        output = Drafts(drafts=tuple(self.drafts), content_produced=count, skipped=tuple(self.skipped))
        items = sum(draft.item_id is not None for draft in self.drafts)
        metrics = spent.model_copy(update={"content_produced": count, "items_processed": items})
        return Done(output.model_dump(mode="json"), metrics)


class Writer(BuiltinAgent):
    """Writes drafts, each by a question of its own: what one item says cannot reach another's draft."""

    def __init__(
        self, settings: AgentSettings, models: LanguageModels, streams: StreamService, companies: CompanyService
    ) -> None:
        super().__init__(settings, streams, companies)
        self._models = models

    def run(self, task: Task, upstream: Upstream, tell: Tell) -> Outcome:  # noqa: ARG002 - others' outputs are in the items
        """Write what the task asks for."""
        brief = _brief(self._settings, task)
        subjects = self._subjects(task, brief)
        if not subjects:
            return _Desk().outcome(Metrics())
        model = self._models.model(brief.model, len(subjects), self._settings.timeout, brief.form.answer_tokens)
        return _written(model, brief, subjects)

    def _subjects(self, task: Task, brief: Brief) -> Sequence[Subject]:
        stream_id = task.stream_id or brief.stream_id
        if stream_id is not None:
            items = self._items(stream_id, brief)
            companies = self._companies.companies_of({item.company_id for item in items if item.company_id})
            return [subject_of(item, companies.get(item.company_id or ""), clock.now()) for item in items]
        if brief.topic is None:
            raise NotRunnable("there is nothing to write about: give a topic, or a stream")
        return [Subject(None, {"topic": brief.topic})]

    def _items(self, stream_id: str, brief: Brief) -> list[Item]:
        """The items that the brief names, or the foremost ones."""
        try:
            if brief.items is None:
                return foremost(self._streams.items(stream_id), brief.drafts)
            return [self._streams.item(stream_id, item_id) for item_id in brief.items]
        except NotFound as error:
            raise NotRunnable(str(error)) from error


def _brief(settings: AgentSettings, task: Task) -> Brief:
    try:
        return brief_of(settings.configuration, task.payload)
    except ValidationError as error:
        raise not_runnable(error) from error


def _written(model: LanguageModel, brief: Brief, subjects: Sequence[Subject]) -> Outcome:
    """One draft after the other. A question that gets no answer is left out; a model that gives none is left alone."""
    desk, instructions = _Desk(), instructions_for(brief)
    for number, subject in enumerate(subjects):
        try:
            written = model.ask(shape_of(brief.kind), instructions, material_of(subject))
        except NotAnswered as not_answered:
            if not not_answered.of_this_question:
                desk.give_up(subjects[number:], not_answered.error)
                break
            desk.give_up([subject], not_answered.error)
        else:
            desk.drafts.append(draft_of(written, brief, subject))
    return desk.outcome(model.metrics())
