"""The video-, audio- and image-generators: what a task describes, made by the backend that an operator has set."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field, ValidationError

from watchbill.accounts.grants import NotGranted, NotNow
from watchbill.accounts.media import MediaBackend, MediaKind
from watchbill.agents.builtin import not_runnable
from watchbill.agents.requests import Said, conversed, fields_of, upstream_of
from watchbill.decisions.models import Language
from watchbill.execution.happenings import Tell
from watchbill.execution.models import Task, TaskError
from watchbill.execution.worker import Done, Failed, NotRunnable, Outcome, Upstream
from watchbill.platform.errors import Unprocessable
from watchbill.platform.wire import CamelModel, Label
from watchbill.registry.models import AgentSettings

_MOST_PROMPT = 10_000
_LONGEST = 3_600


class Wish(CamelModel):
    """What is to be made: described by `prompt`, with what else a backend may take; `duration` is in seconds."""

    prompt: Annotated[str, Field(max_length=_MOST_PROMPT)] | None = None
    style: Said | None = None
    aspect_ratio: Label | None = None
    duration: Annotated[int, Field(ge=1, le=_LONGEST)] | None = None
    voice: Label | None = None
    language: Language | None = None


class MediaGenerator:
    """Has media of one kind generated."""

    def __init__(self, settings: AgentSettings, kind: MediaKind, backend: MediaBackend) -> None:
        self._settings = settings
        self._kind = kind
        self._backend = backend

    @property
    def timeout(self) -> timedelta:
        """How long an attempt may take."""
        return timedelta(seconds=self._settings.timeout)

    def run(self, task: Task, upstream: Upstream, tell: Tell) -> Outcome:  # noqa: ARG002 - a backend tells nothing
        """Have made what the task describes, or the script that an agent before has written."""
        wish = _wish(self._settings, task, upstream)
        asked: dict[str, Any] = wish.model_dump(mode="json", by_alias=True, exclude_none=True)
        try:
            # An attempt that comes again is the same wish: the backend may know it, and charge for it once.
            made = self._backend.generate(self._kind, asked, task.id, self._settings.timeout)
        except (Unprocessable, NotGranted) as refusal:
            raise NotRunnable(str(refusal)) from refusal
        except NotNow as error:
            return Failed(TaskError(type="MediaBackendSilent", message=str(error)))
        return Done({"kind": self._kind.value, "prompt": wish.prompt, "media": made})


def _wish(settings: AgentSettings, task: Task, upstream: Upstream) -> Wish:
    try:
        said = conversed(task.payload)
        wish = fields_of(Wish, settings.configuration, task.payload)
    except ValidationError as error:
        raise not_runnable(error) from error
    scripts = (str(output["script"]) for output in upstream_of(upstream, "script"))
    prompt = (wish.prompt or next(scripts, None) or said.message or "").strip()[:_MOST_PROMPT]
    if not prompt:
        raise NotRunnable("prompt: there is nothing to make: say what")
    return wish.model_copy(update={"prompt": prompt})
