"""Asking a language model where an agent's configuration names one, and going on without where it gives no answer."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from watchbill.execution.models import Metrics, Task
from watchbill.execution.worker import Failed
from watchbill.platform.wire import Model

_Shape = TypeVar("_Shape", bound=Model)


@dataclass(frozen=True, slots=True)
class Told(Generic[_Shape]):
    """What a model answered, and what that cost; without an answer, why there is none, if one was asked for."""

    answer: _Shape | None
    metrics: Metrics | None = None
    lacking: str | None = None


@dataclass(frozen=True, slots=True)
class Question(Generic[_Shape]):
    """What is asked for, by which instructions, about what."""

    shape: type[_Shape]
    instructions: str
    material: str


@dataclass(frozen=True, slots=True)
class Models:
    """The language models that agents may ask: `names`, in a `region`."""

    names: tuple[str, ...]
    region: str = ""

    def ask(self, name: str | None, question: Question[_Shape], task: Task, seconds: int) -> Told[_Shape] | Failed:
        """A model's answer; Failed where another attempt may get one. Raises NotRunnable for an unknown model.

        Nobody is asked without a name: what costs money was set by somebody.
        """
        if name is None:
            return Told(None)
        # Only who asks pays for loading what asking takes.
        from watchbill.agents.language import LanguageModels, NotAnswered

        model = LanguageModels(self.names, self.region).model(name, 1, seconds)
        try:
            answer = model.ask(question.shape, question.instructions, question.material)
        except NotAnswered as missed:
            error, last = missed.error, task.retry_count >= task.max_retries
            if error.retryable and not missed.of_this_question and not last:
                return Failed(error, model.metrics())
            return Told(None, model.metrics(), error.message)
        return Told(answer, model.metrics())
