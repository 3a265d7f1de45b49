"""One attempt at a post, as the platforms' own modules see it: what is to be said, and what was done before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from watchbill.accounts.calls import PlatformApi
from watchbill.accounts.models import ConnectedAccount
from watchbill.accounts.posts import PostContent, Published


@dataclass(frozen=True)
class Job:
    """`remember` stores what was brought about at the platform before anything else is done; `done` is all of that."""

    account: ConnectedAccount
    content: PostContent
    api: PlatformApi
    done: Mapping[str, Any]
    remember: Callable[..., "Job"]

    @property
    def text(self) -> str:
        """The text, with the link behind it where a platform has no place of its own for that."""
        return "\n".join(filter(None, (self.content.text, self.content.link)))


class Publisher(Protocol):
    """How one platform is published to, in three steps of which the last is done once."""

    def prepared(self, job: Job) -> Job:
        """Everything but the post itself; doing it again shows nobody anything."""

    def post(self, job: Job) -> Published:
        """The post itself."""

    def found(self, job: Job, since: datetime) -> Published | None:
        """The post, where it has been asked for at an instant without an answer; None when it is not there."""
