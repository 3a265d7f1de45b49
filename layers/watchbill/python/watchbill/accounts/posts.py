"""What is published: as asked for, as shown, and as it is kept while it is on its way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from watchbill.accounts.models import Platform
from watchbill.platform import addresses
from watchbill.platform.wire import CamelModel, Count, Label, Moment, When

MOST_IMAGES = 20
MOST_TEXT = 65_000


def _address(text: str) -> str:
    if addresses.parsed(text).scheme not in ("http", "https"):
        raise ValueError("an address begins with https://")
    return text


MediaUrl = Annotated[str, Field(min_length=1, max_length=addresses.MOST_CHARACTERS), AfterValidator(_address)]
"""A public address."""


class PostContent(CamelModel):
    """What a post says and shows; media lie at public addresses, from which the platform, or we, fetch them."""

    text: Annotated[str, Field(max_length=MOST_TEXT)] = ""
    image_urls: Annotated[tuple[MediaUrl, ...], Field(max_length=MOST_IMAGES)] = ()
    video_url: MediaUrl | None = None
    link: MediaUrl | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "PostContent":
        if not (self.text.strip() or self.image_urls or self.video_url or self.link):
            raise ValueError("a post has a text, images, a video or a link")
        return self


class NewPost(CamelModel):
    """The wish that something is published by an account, at once unless it says when."""

    platform: Platform
    account_id: Label
    content: PostContent
    scheduled_at: When | None = None


class PostOrigin(CamelModel):
    """The event of the calendar that a post is published for: of a series which occurrence; the channel it names."""

    event_id: str
    occurrence: str
    channel: str


class PostStatus(StrEnum):
    """How far a post is."""

    SCHEDULED = "scheduled"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    FAILED = "failed"

    @property
    def ended(self) -> bool:
        """Whether nothing more happens."""
        return self in (PostStatus.PUBLISHED, PostStatus.FAILED)


class Post(CamelModel):
    """Something that is published by an account; `error` says why it was not, or why not yet.

    `origin` is what it is published for, null where somebody wished for it.
    """

    id: str
    platform: Platform
    account_id: str
    username: str
    content: PostContent
    status: PostStatus
    scheduled_at: Moment | None
    created_at: Moment
    attempts: Count
    next_attempt_at: Moment | None
    published_at: Moment | None
    post_id: str | None
    post_url: str | None
    error: str | None
    origin: PostOrigin | None = None


class PostList(CamelModel):
    """What was published and what is to be, newest first."""

    items: tuple[Post, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Passage:
    """A post as it is kept on its way.

    `done` is what earlier attempts have brought about at the platform, and `asked_at` when the platform was asked for
    the post itself and has not been heard since: then it may be there. Nobody works on it before `due_at`, which is the
    end of the lease for whoever has begun; None when it has ended.
    """

    post: Post
    due_at: datetime | None
    done: Mapping[str, Any] = field(default_factory=dict)
    asked_at: datetime | None = None
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Published:
    """What a platform knows a post by, and where it is seen, "" where it does not say."""

    post_id: str
    url: str = ""
