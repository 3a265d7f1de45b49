"""What people fill in for tasks, runs and conversations, as use cases take it: all of it comes as text. Pure."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from watchbill.campaigns.executions import CAMPAIGN, RunWish
from watchbill.conversations.models import LONGEST_MESSAGE, NewMessage
from watchbill.conversations.values import Channels, ChatContext, ContextPreferences
from watchbill.dashboard.forms import as_many
from watchbill.execution.models import DEFAULT_PRIORITY, HIGHEST_PRIORITY, NewTask, Payload
from watchbill.platform import bodies
from watchbill.platform.errors import WatchbillError
from watchbill.platform.wire import Label, Model


def _object(value: Any) -> Any:
    """The object that a text of JSON holds, read as strictly as the API's bodies. Raises ValueError."""
    if not isinstance(value, str):
        return value
    try:
        return bodies.parsed(value.encode())
    except WatchbillError as error:
        raise ValueError(error.detail.replace("the body", "this")) from error


JsonObject = Annotated[Payload, BeforeValidator(_object)]
"""JSON in a field, an object."""


class FilledTask(NewTask):
    """The wish for a task."""

    priority: Annotated[int, Field(ge=1, le=HIGHEST_PRIORITY)] = DEFAULT_PRIORITY
    payload: JsonObject = Field(default_factory=dict)


class Chosen(Model):
    """Which tasks were chosen, or that all were."""

    task_ids: Annotated[tuple[Label, ...], Field(max_length=100), BeforeValidator(as_many)] = ()
    all: bool = False


class FilledRun(Model):
    """Which agent is to run for a campaign, and what it is given."""

    agent: Label
    config: JsonObject = Field(default_factory=dict)

    def wish(self, campaign_id: str) -> RunWish:
        """The wish for a run for this campaign, whatever campaign the input may name."""
        return RunWish(
            campaign_id=campaign_id, config={name: self.config[name] for name in self.config if name != CAMPAIGN}
        )


class FilledMessage(Model):
    """What somebody says in a conversation, and what is to be known in it besides."""

    message: Annotated[str, Field(min_length=1, max_length=LONGEST_MESSAGE)]
    business: Label | None = None
    objective: Label | None = None
    channels: Channels | None = None
    tone: Label | None = None

    def wish(self, session_id: str | None = None) -> NewMessage:
        """The message, in a session of this id or in one of its own."""
        preferences = ContextPreferences.model_validate({"tone": self.tone}) if self.tone else None
        known = self.model_dump(exclude={"message", "tone"}, exclude_none=True)
        context = ChatContext.model_validate({**known, "sessionId": session_id, "preferences": preferences})
        return NewMessage(message=self.message, context=context)
