"""The faq-responder: answers from the organisation's documents, and says so when they hold none."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field, ValidationError

from watchbill.agents import answering
from watchbill.agents.answering import PASSAGES, FaqAnswer, GroundedAnswer
from watchbill.agents.asking import Models, Question
from watchbill.agents.builtin import not_runnable
from watchbill.agents.requests import conversed, fields_of, without_model
from watchbill.decisions.models import Language
from watchbill.documents.models import SearchQuery
from watchbill.documents.service import DocumentService
from watchbill.documents.views import FoundPassage
from watchbill.execution.happenings import Tell
from watchbill.execution.models import Metrics, Task
from watchbill.execution.worker import Done, Failed, NotRunnable, Outcome, Upstream
from watchbill.platform.wire import CamelModel, Label
from watchbill.registry.models import AgentSettings

_MOST_QUESTION = 1_000


class Wish(CamelModel):
    """What is asked, in which language it is answered, and which language model is asked if any."""

    question: Annotated[str, Field(min_length=1, max_length=_MOST_QUESTION)] | None = None
    language: Language | None = None
    model: Label | None = None


class FaqResponder:
    """Answers questions from documents."""

    def __init__(self, settings: AgentSettings, documents: DocumentService, models: Models) -> None:
        self._settings = settings
        self._documents = documents
        self._models = models

    @property
    def timeout(self) -> timedelta:
        """How long an attempt may take."""
        return timedelta(seconds=self._settings.timeout)

    def run(self, task: Task, upstream: Upstream, tell: Tell) -> Outcome:  # noqa: ARG002 - one question, one answer
        """Answer what the task asks."""
        question, language, model = _wish(self._settings, task)
        passages = self._documents.search(SearchQuery(q=question, limit=PASSAGES)).items
        # Where nothing was found, no model could say anything that is in a document.
        told = self._models.ask(
            model if passages else None, _asked(question, language, passages), task, self._settings.timeout
        )
        if isinstance(told, Failed):
            return told
        if told.answer is not None:
            return _done(answering.grounded(told.answer, passages, language), told.metrics)
        return _done(answering.quoted(question, passages, language, told.lacking), told.metrics)


def _asked(question: str, language: Language, passages: tuple[FoundPassage, ...]) -> Question[GroundedAnswer]:
    material = answering.question_of(question, passages)
    return Question(GroundedAnswer, answering.instructions(language), material)


def _wish(settings: AgentSettings, task: Task) -> tuple[str, Language, str | None]:
    try:
        said = conversed(task.payload)
        wish = fields_of(Wish, settings.configuration, without_model(task.payload))
    except ValidationError as error:
        raise not_runnable(error) from error
    question = (wish.question or (said.message or "")[:_MOST_QUESTION]).strip()
    if not question:
        raise NotRunnable("question: there is nothing to answer: give a question")
    return question, wish.language or answering.language_asked(question), wish.model


def _done(answer: FaqAnswer, metrics: Metrics | None) -> Done:
    return Done(answer.model_dump(mode="json", by_alias=True), metrics)
