"""The video-scriptor: a script that fits its format, by a language model or from templates."""

from datetime import timedelta

from pydantic import ValidationError

from watchbill.agents import scripts
from watchbill.agents.asking import Models, Question
from watchbill.agents.builtin import not_runnable
from watchbill.agents.formats import format_of
from watchbill.agents.objectives import aim_of
from watchbill.agents.requests import ChannelWord, Conversed, Said, conversed, fields_of, trends_of, without_model
from watchbill.agents.scripts import Brief, Script
from watchbill.decisions.models import Language
from watchbill.execution.happenings import Tell
from watchbill.execution.models import Metrics, Task
from watchbill.execution.worker import Done, Failed, Outcome, Upstream
from watchbill.platform.wire import CamelModel, Label
from watchbill.registry.models import AgentSettings


class Wish(CamelModel):
    """What is to be written, and which language model is asked if any."""

    platform: ChannelWord | None = None
    format: Label | None = None
    objective: Said | None = None
    product: Said | None = None
    tone: Said | None = None
    language: Language = Language.ENGLISH
    model: Label | None = None


class VideoScriptor:
    """Writes scripts; nothing is filmed."""

    def __init__(self, settings: AgentSettings, models: Models) -> None:
        self._settings = settings
        self._models = models

    @property
    def timeout(self) -> timedelta:
        """How long an attempt may take."""
        return timedelta(seconds=self._settings.timeout)

    def run(self, task: Task, upstream: Upstream, tell: Tell) -> Outcome:  # noqa: ARG002 - it is done at once
        """Write the script that the task asks for."""
        wish, said = _wish(self._settings, task)
        brief = _brief(wish, said, upstream)
        question = Question(scripts.shape_of(brief.format), scripts.instructions(brief), scripts.material_of(brief))
        told = self._models.ask(wish.model, question, task, self._settings.timeout)
        if isinstance(told, Failed):
            return told
        if told.answer is not None:
            return _done(scripts.of_model(told.answer, brief), told.metrics)
        return _done(scripts.of_templates(brief, told.lacking), told.metrics)


def _wish(settings: AgentSettings, task: Task) -> tuple[Wish, Conversed]:
    try:
        said = conversed(task.payload)
        return fields_of(Wish, settings.configuration, without_model(task.payload)), said
    except ValidationError as error:
        raise not_runnable(error) from error


def _brief(wish: Wish, said: Conversed, upstream: Upstream) -> Brief:
    objective = wish.objective or said.about.objective
    return Brief(
        format=format_of(wish.format, wish.platform or next(iter(said.channels), None)),
        language=wish.language,
        aim=aim_of(objective),
        product=wish.product or said.named.product or said.about.business,
        objective=objective,
        tone=wish.tone or said.tone,
        trends=trends_of(upstream),
    )


def _done(script: Script, metrics: Metrics | None) -> Done:
    written = (metrics or Metrics()).model_copy(update={"content_produced": 1})
    return Done(script.model_dump(mode="json", by_alias=True), written)
