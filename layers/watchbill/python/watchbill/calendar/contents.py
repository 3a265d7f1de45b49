"""What events publish, and what becomes of it on each channel. camelCase on the wire; pure."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from watchbill.accounts.posts import MOST_IMAGES, MediaUrl
from watchbill.platform.wire import CamelModel, Moment

_MOST_TEXT = 10_000


class EventContent(CamelModel):
    """What an event publishes: a text, and images, a video and a link that lie at public addresses."""

    text: Annotated[str, Field(max_length=_MOST_TEXT)] = ""
    image_urls: Annotated[tuple[MediaUrl, ...], Field(max_length=MOST_IMAGES)] = ()
    video_url: MediaUrl | None = None
    link: MediaUrl | None = None


class PublicationStatus(StrEnum):
    """What becomes of content on a channel."""

    WAITING = "waiting"
    """Its time has come."""
    PUBLISHING = "publishing"
    """It is on its way to the channel."""
    PUBLISHED = "published"
    FAILED = "failed"
    NO_ACCOUNT = "no_account"
    """There is no account of the channel that it could be published by."""
    MISSED = "missed"
    """Its time was noticed so late that it was left out."""

    @property
    def refused(self) -> bool:
        """Whether nothing more becomes of it."""
        return self in (PublicationStatus.FAILED, PublicationStatus.NO_ACCOUNT, PublicationStatus.MISSED)


class Publication(CamelModel):
    """What becomes of an event's content on a channel; `error` says why it was not published.

    `occurrence` is of a series the original start of the occurrence whose content it is. `post_id` is what the channel
    knows the post by, and `post_url` where it is seen.
    """

    id: str
    channel: str
    status: PublicationStatus
    occurrence: str = ""
    due_at: Moment
    post_id: str | None = None
    post_url: str | None = None
    error: str | None = None
