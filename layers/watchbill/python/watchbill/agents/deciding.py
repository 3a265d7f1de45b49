"""Language models as the decision engine asks them: for as long as a person waits, and while there is money for it."""

from collections.abc import Callable

from watchbill.agents.language import LanguageModel, LanguageModels, NotAnswered
from watchbill.decisions.modelled import ANSWER_TOKENS, SECONDS, Answer, Asked, NotUnderstood
from watchbill.decisions.models import ModelSpend
from watchbill.execution.worker import NotRunnable


class DecidingModels:
    """Gives a decision engine one of the deployment's models, the first unless one is named, if it is affordable."""

    def __init__(self, models: LanguageModels, name: str | None, affordable: Callable[[], bool]) -> None:
        self._models = models
        self._name = name
        self._affordable = affordable

    def __call__(self) -> Asked:
        """A model to be asked about one message. Raises NotUnderstood."""
        if not self._affordable():
            raise NotUnderstood("no money is left for language models")
        try:
            return DecidingModel(self._models.model(self._name, 1, SECONDS, ANSWER_TOKENS))
        except NotRunnable as none:
            raise NotUnderstood(str(none)) from none


class DecidingModel:
    """A language model that is asked about one message."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    def ask(self, shape: type[Answer], instructions: str, material: str) -> Answer:
        """An answer of the given shape about the material. Raises NotUnderstood."""
        try:
            return self._model.ask(shape, instructions, material)
        except NotAnswered as nothing:
            raise NotUnderstood(str(nothing), self.spent()) from nothing

    def spent(self) -> ModelSpend:
        """What the answers took."""
        metrics = self._model.metrics()
        tokens = metrics.tokens
        return ModelSpend(
            model=self._model.name,
            input_tokens=tokens.input or 0 if tokens else 0,
            output_tokens=tokens.output or 0 if tokens else 0,
            cost=metrics.cost,
        )
