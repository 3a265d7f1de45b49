"""Posts in the table: each under its id, in the list of its month, and among those due until it has ended.

What is read, decided and written back is written under the revision that was read: whoever comes second decides again.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from watchbill.accounts.models import Platform
from watchbill.accounts.posts import Passage, Post, PostContent, PostOrigin, PostStatus
from watchbill.platform import clock, keys
from watchbill.platform.keys import Key
from watchbill.platform.table import EXPIRES_AT, REVISION, Item, Table
from watchbill.platform.writes import Create, Delete, Put, Replace, Write

KEPT = timedelta(days=400)
_AT_A_TIME = 50


class PassageStore:
    """One organisation's posts."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._organisation = table.organisation

    def create(self, passage: Passage) -> None:
        """Store a new post. Raises AlreadyExists."""
        created = clock.to_text(passage.post.created_at)
        entry = keys.POST_ENTRY(self._organisation, created[:7], created, passage.post.id)
        writes: list[Write] = [
            Create(self._key(passage.post.id), _from_passage(passage) | {REVISION: 1}),
            Put(entry, {EXPIRES_AT: _expiry(passage.post)}),
        ]
        self._table.transact(writes + self._due(passage, Put))

    def passage(self, post_id: str) -> Passage | None:
        """A post on its way, or None."""
        item = self._table.get(self._key(post_id))
        return _to_passage(item) if item else None

    def advance(self, before: Passage, after: Passage) -> Passage:
        """Store a post as it is after a step, over the one that was read; as it is then. Raises Changed."""
        writes: list[Write] = [Replace(self._key(before.post.id), _from_passage(after), before.revision)]
        if before.due_at != after.due_at:
            writes += self._due(before, Delete) + self._due(after, Put)
        self._table.transact(writes)
        return replace(after, revision=before.revision + 1)

    def due(self, now: datetime) -> Iterator[str]:
        """The ids of the posts that are due."""
        partition = keys.DUE_POST.partition(self._organisation)
        for stored in self._table.query(partition, between=("0", keys.DUE_POST.last(clock.to_text(now)))):
            yield (keys.DUE_POST.parse(stored.key) or {})["post"]

    def posts(self, latest: datetime, before: dict[str, str] | None = None) -> Iterator[tuple[Post, dict[str, str]]]:
        """The posts, newest first, each with its place; from behind a place where one is given."""
        places = self._places(latest, before)
        while some := [place for _, place in zip(range(_AT_A_TIME), places, strict=False)]:
            found = self._table.get_many([self._key(place["id"]) for place in some])
            for place in some:
                if item := found.get(self._key(place["id"])):
                    yield _to_passage(item).post, place

    def _places(self, latest: datetime, before: dict[str, str] | None) -> Iterator[dict[str, str]]:
        month, behind = clock.to_text(latest)[:7], None
        if before:
            month = before["created"][:7]
            behind = keys.POST_ENTRY(self._organisation, month, before["created"], before["id"]).sk
        for each in clock.months_back(month, KEPT.days // 28 + 1):
            partition = keys.POST_ENTRY.partition(self._organisation, each)
            for stored in self._table.query(partition, before=behind, descending=True):
                values = keys.POST_ENTRY.parse(stored.key) or {}
                yield {"created": values["created"], "id": values["post"]}
            behind = None

    def _due(self, passage: Passage, kind: type[Put] | type[Delete]) -> list[Write]:
        if passage.due_at is None:
            return []
        key = keys.DUE_POST(self._organisation, clock.to_text(passage.due_at), passage.post.id)
        return [Put(key, {}) if kind is Put else Delete(key)]

    def _key(self, post_id: str) -> Key:
        return keys.POST(self._organisation, post_id)


def _expiry(post: Post) -> int:
    return int((max(post.created_at, post.scheduled_at or post.created_at) + KEPT).timestamp())


def _from_passage(passage: Passage) -> Item:
    item: Item = passage.post.model_dump(mode="json", exclude={"content"})
    return item | {
        "content": passage.post.content.model_dump(mode="json", exclude_none=True),
        "due_at": _text(passage.due_at),
        "done": dict(passage.done),
        "asked_at": _text(passage.asked_at),
        EXPIRES_AT: _expiry(passage.post),
    }


def _to_passage(item: Item) -> Passage:
    return Passage(
        post=to_post(item),
        due_at=_instant(item.get("due_at")),
        done=item["done"],
        asked_at=_instant(item.get("asked_at")),
        revision=item[REVISION],
    )


def to_post(item: Item) -> Post:
    """The post in an item."""
    content: dict[str, Any] = item["content"]
    return Post(
        id=item["id"],
        platform=Platform(item["platform"]),
        account_id=item["account_id"],
        username=item["username"],
        content=PostContent.model_validate({**content, "image_urls": tuple(content["image_urls"])}),
        status=PostStatus(item["status"]),
        scheduled_at=_instant(item.get("scheduled_at")),
        created_at=clock.from_text(item["created_at"]),
        attempts=item["attempts"],
        next_attempt_at=_instant(item.get("next_attempt_at")),
        published_at=_instant(item.get("published_at")),
        post_id=item.get("post_id"),
        post_url=item.get("post_url"),
        error=item.get("error"),
        origin=PostOrigin.model_validate(item["origin"]) if item.get("origin") else None,
    )


def _text(instant: datetime | None) -> str | None:
    return clock.to_text(instant) if instant else None


def _instant(text: str | None) -> datetime | None:
    return clock.from_text(text) if text else None
