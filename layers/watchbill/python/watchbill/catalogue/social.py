"""What the data of events of connected accounts is made of, as it crosses the wire."""

from watchbill.accounts.models import Platform
from watchbill.platform.wire import CamelModel, Model, Moment


class AccountData(Model):
    """An account on another platform, or a consent to connect one; which sessions it is of, and what is wrong."""

    platform: Platform
    session_ids: tuple[str, ...]
    account_id: str | None = None
    username: str | None = None
    name: str | None = None
    reason: str | None = None


class OriginData(Model):
    """The event of the calendar that a post is published for, of a series which occurrence, and the channel there."""

    event_id: str
    occurrence: str
    channel: str


class PostData(Model):
    """A post: where it is at its platform, or why it is not there. `publication_id` is our own id of it.

    `origin` is what it was published for, null where somebody wished for it.
    """

    publication_id: str
    platform: Platform
    account_id: str
    username: str
    scheduled_at: Moment | None
    published_at: Moment | None
    post_id: str | None
    post_url: str | None
    error: str | None
    origin: OriginData | None


class AccountUpdate(CamelModel):
    """An account that was connected in the session, or should have been; `reason` says what is wrong."""

    platform: Platform
    account_id: str | None
    username: str | None
    reason: str | None
