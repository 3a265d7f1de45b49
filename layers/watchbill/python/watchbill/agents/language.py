"""Asking a language model of Amazon Bedrock: for an answer of a given shape, within limits, and what that cost.

Importing this takes a second, for the library behind it: only an agent does that asks a model, and only when it runs.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from pydantic_ai import Agent, RunUsage, UsageLimits
from pydantic_ai.exceptions import (
    AgentRunError,
    ContentFilterError,
    ModelHTTPError,
    ModelQuotaExceededError,
    ModelRequestRejectedError,
    RunTimedOut,
    UnexpectedModelBehavior,
    UsageLimitExceeded,
    UserError,
)
from pydantic_ai.models.bedrock import BedrockConverseModel
from pydantic_ai.providers.bedrock import BedrockProvider

from watchbill.execution.models import Metrics, TaskError
from watchbill.execution.recording import TIMED_OUT
from watchbill.execution.worker import NotRunnable
from watchbill.platform import aws, clock
from watchbill.platform.wire import Model
from watchbill.runs.models import Tokens

Answer = TypeVar("Answer", bound=Model)

ANSWER_TOKENS = 2_000
"""The most that one answer has unless told; asking for no bound would reserve the model's whole quota."""
REQUESTS_PER_ANSWER = 2
"""An answer that is not of the shape asked for is sent back once, with what is wrong about it."""
TOKENS_PER_ANSWER = 30_000
"""The most that may be read and written for one answer, on average over a task."""

_FOR_GOOD = (ModelRequestRejectedError, ModelQuotaExceededError, ContentFilterError, UsageLimitExceeded, UserError)
"""What asking again does not mend; of all else it may: a model that is busy or late, or that answered badly."""


class NotAnswered(Exception):
    """The model gave no answer that could be used; `error` says why.

    `of_this_question` is whether another question may well be answered: the model is there, but not this time.
    """

    def __init__(self, error: TaskError, of_this_question: bool) -> None:
        super().__init__(error.message)
        self.error = error
        self.of_this_question = of_this_question


@dataclass(frozen=True, slots=True)
class LanguageModels:
    """The models that agents may ask: the first, unless one is named. `region` is where, "" for our own."""

    names: tuple[str, ...]
    region: str = ""

    def model(
        self, name: str | None, answers: int, seconds: int, answer_tokens: int = ANSWER_TOKENS
    ) -> "LanguageModel":
        """A model to be asked for so many answers, each of so many tokens, within so many seconds.

        Raises NotRunnable.
        """
        if not self.names:
            raise NotRunnable("no language model is set for this deployment")
        if name is not None and name not in self.names:
            raise NotRunnable(f"{name!r} is none of the language models to be had here: {', '.join(self.names)}")
        try:
            return LanguageModel(name or self.names[0], self.region, answers, seconds, answer_tokens)
        except UserError as error:
            raise NotRunnable(str(error)) from error


class LanguageModel:
    """A language model, as one task asks it; it adds up what the answers cost."""

    def __init__(self, name: str, region: str, answers: int, seconds: int, answer_tokens: int = ANSWER_TOKENS) -> None:
        self.name = name
        self._where = region or "this region"
        self._model = BedrockConverseModel(
            name,
            provider=BedrockProvider(bedrock_client=aws.bedrock(region, seconds)),
            settings={"max_tokens": answer_tokens},
        )
        self._limits = UsageLimits(
            request_limit=answers * REQUESTS_PER_ANSWER, total_tokens_limit=answers * TOKENS_PER_ANSWER
        )
        self._usage = RunUsage()
        self._ends = clock.ticks() + seconds

    def ask(self, shape: type[Answer], instructions: str, material: str) -> Answer:
        """An answer of the given shape, by the instructions, about the material. Raises NotAnswered."""
        agent = Agent(
            self._model,
            output_type=shape,
            instructions=instructions,
            retries=REQUESTS_PER_ANSWER - 1,
            name="watchbill",
        )
        with self._failures():
            left = max(0.001, self._ends - clock.ticks())
            # Not `run_sync`, which leaves its event loop open.
            asking = agent.run(material, usage=self._usage, usage_limits=self._limits, timeout=left)
            return asyncio.run(asking).output

    def metrics(self) -> Metrics:
        """What the answers cost so far: a cost of None where the model's price, or how much it read, is not known."""
        usage = self._usage
        if not usage.requests:
            return Metrics(models=(self.name,))
        tokens = Tokens(
            input=usage.input_tokens,
            output=usage.output_tokens,
            cache_read=usage.cache_read_tokens,
            cache_write=usage.cache_write_tokens,
        )
        return Metrics(models=(self.name,), tokens=tokens, cost=None if usage.unmeasured_requests else usage.cost)

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except (AgentRunError, UserError, aws.Unparsable) as error:
            raise NotAnswered(self._error(error), of_this_question=_of_this_question(error)) from error

    def _error(self, error: Exception) -> TaskError:
        retryable = not isinstance(error, _FOR_GOOD)
        if isinstance(error, RunTimedOut):
            return TaskError(type=TIMED_OUT, message=f"{self.name} did not answer in time", retryable=True)
        if isinstance(error, UsageLimitExceeded):
            message = f"{self.name} was stopped: the task has used up the requests or tokens that it may take"
            return TaskError(type="UsageLimitExceeded", message=message, retryable=False)
        if isinstance(error, ModelHTTPError):
            code, said = _of_aws(error)
            message = f"{self.name} cannot be asked in {self._where}: {said}"
            return TaskError(type=code, message=message[:2_000], retryable=retryable)
        if isinstance(error, UnexpectedModelBehavior):
            message = f"{self.name} gave no answer that can be used: {error.message}"
            return TaskError(type="UnusableAnswer", message=message[:2_000], retryable=retryable)
        return TaskError(type=type(error).__name__, message=str(error)[:2_000], retryable=retryable)


def _of_this_question(error: Exception) -> bool:
    return isinstance(error, UnexpectedModelBehavior) and not isinstance(error, ContentFilterError)


def _of_aws(error: ModelHTTPError) -> tuple[str, str]:
    """The code and the message of an error as AWS gave them."""
    told = error.body.get("Error") if isinstance(error.body, dict) else None
    code, message = (told.get("Code"), told.get("Message")) if isinstance(told, dict) else (None, None)
    return str(code or type(error).__name__), str(message or error.message)
