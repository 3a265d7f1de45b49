"""Decisions about a post on its way: whether it is its turn, and what follows from what a platform said. Pure.

scheduled ─► publishing ─► published
                 │  ▲   └► failed
                 └──┘  waiting, each time a little longer
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from watchbill.accounts.models import ConnectedAccount
from watchbill.accounts.posts import NewPost, Passage, Post, PostOrigin, PostStatus, Published

LEASE = timedelta(minutes=3)
"""Longer than an attempt can take."""
MOST_ATTEMPTS = 12
_FIRST_PAUSE = timedelta(seconds=15)
_LONGEST_PAUSE = timedelta(minutes=30)
_GIVEN_UP_AFTER = timedelta(hours=24)
"""After the instant it was to be published at: later, what it says may not be wanted any more."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """It is our turn: the post, leased to us."""

    passage: Passage


@dataclass(frozen=True, slots=True)
class Early:
    """It is not time yet: look again at an instant."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Ended:
    """Nothing more is to be done."""


def drafted(
    wish: NewPost, account: ConnectedAccount, post_id: str, now: datetime, origin: PostOrigin | None = None
) -> Passage:
    """A new post, due when it says, or now."""
    due = max(now, wish.scheduled_at or now)
    post = Post(
        id=post_id,
        platform=wish.platform,
        account_id=account.id,
        username=account.username,
        content=wish.content,
        status=PostStatus.SCHEDULED,
        scheduled_at=wish.scheduled_at,
        created_at=now,
        attempts=0,
        next_attempt_at=due,
        published_at=None,
        post_id=None,
        post_url=None,
        error=None,
        origin=origin,
    )
    return Passage(post, due)


def claim(passage: Passage, now: datetime) -> Claimed | Early | Ended:
    """Whether a post may be worked on now."""
    if passage.post.status.ended:
        return Ended()
    if passage.due_at and passage.due_at > now:
        return Early(passage.due_at)
    fields = {"status": PostStatus.PUBLISHING, "attempts": passage.post.attempts + 1}
    # Whoever dies leaves it due at the end of the lease, and nobody works on it before.
    return Claimed(_with(replace(passage, due_at=now + LEASE), **fields))


def published(passage: Passage, at: Published, now: datetime) -> Passage:
    """It is there."""
    fields = {
        "status": PostStatus.PUBLISHED,
        "published_at": now,
        "post_id": at.post_id,
        "post_url": at.url or None,
        "error": None,
        "next_attempt_at": None,
    }
    return _with(replace(passage, due_at=None, asked_at=None), **fields)


def failed(passage: Passage, reason: str) -> Passage:
    """It will not be there."""
    fields = {"status": PostStatus.FAILED, "error": reason, "next_attempt_at": None}
    return _with(replace(passage, due_at=None), **fields)


def later(passage: Passage, reason: str, until: datetime, *, counts: bool = True) -> Passage:
    """It waits; what does not count as an attempt is what the platform asked for."""
    began = passage.post.scheduled_at or passage.post.created_at
    if until - began > _GIVEN_UP_AFTER or passage.post.attempts >= MOST_ATTEMPTS:
        return failed(passage, f"given up: {reason}")
    attempts = passage.post.attempts - (0 if counts else 1)
    fields = {"error": reason, "next_attempt_at": until, "attempts": max(0, attempts)}
    return _with(replace(passage, due_at=until), **fields)


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts."""
    return min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(attempts - 1, 10))


def _with(passage: Passage, **fields: object) -> Passage:
    return replace(passage, post=passage.post.model_copy(update=fields))
