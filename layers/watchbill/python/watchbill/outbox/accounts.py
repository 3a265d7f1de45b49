"""Which events and messages a write of an account, of a consent to connect one, or of a post means. Pure."""

from collections.abc import Iterator, Sequence
from typing import Any

from watchbill.accounts.models import AccountStatus, ConnectedAccount, Flow
from watchbill.accounts.packing import to_account
from watchbill.platform import ids, keys
from watchbill.platform.events import Event, EventType
from watchbill.platform.items import to_item
from watchbill.platform.stream import Record

_ENDED = {"published": EventType.POST_PUBLISHED, "failed": EventType.POST_FAILED}
_PLACES = ("platform", "account_id", "username", "scheduled_at", "published_at", "post_id", "post_url")
_OF_EVENTS = ("post_id", "post_url", "error")
_OF_POSTS = (*_PLACES, "error", "origin")


def of_account(record: Record) -> Iterator[Event]:
    """That an account was connected or disconnected, or that its platform takes its tokens no longer."""
    before, after = _accounts(record)
    if after is None:
        if before:
            yield _event(record, EventType.OAUTH_DISCONNECTED, _told(before))
    elif after.status is AccountStatus.CONNECTED and (before is None or before.connected_at != after.connected_at):
        yield _event(record, EventType.OAUTH_SUCCESS, _told(after))
    elif after.status is AccountStatus.REVOKED and (before is None or before.status is not AccountStatus.REVOKED):
        yield _event(record, EventType.OAUTH_ERROR, _told(after) | {"reason": after.reason})


def of_consent(record: Record) -> Iterator[Event]:
    """That nothing came of a consent."""
    before, after = (to_item(image) if image else {} for image in (record.before, record.after))
    if after.get("flow") == Flow.REFUSED and before.get("flow") != Flow.REFUSED:
        told = {"platform": after["platform"], "session_ids": [after["session_id"]], "reason": after["reason"]}
        yield _event(record, EventType.OAUTH_ERROR, told)


def of_post(record: Record) -> Iterator[Event]:
    """That a post was published, or will not be."""
    if ended := _ended(record):
        told = {name: ended.get(name) for name in _OF_POSTS}
        yield _event(record, _ENDED[ended["status"]], told | {"publication_id": ended["id"]})


def ended_posts_of(records: Sequence[Record]) -> list[dict[str, Any]]:
    """What events of the calendar are to know of the posts that were made for them, and have ended."""
    ended = [(record, post) for record in records if keys.POST.parse(record.key) and (post := _ended(record))]
    return [
        {
            "organisation": record.organisation,
            "event": post["origin"]["event_id"],
            "post": {"publication": post["id"]} | {name: post.get(name) for name in _OF_EVENTS},
        }
        for record, post in ended
        if post.get("origin")
    ]


def social_messages_of(records: Sequence[Record]) -> list[dict[str, Any]]:
    """What is to be done: accounts entered among those that webhooks may name, or taken back; new posts published."""
    of_accounts = [each for record in records if keys.ACCOUNT.parse(record.key) for each in _following(record)]
    of_posts = [
        {"organisation": record.organisation, "post": found["post"]}
        for record in records
        if record.before is None and record.after and (found := keys.POST.parse(record.key)) and _at_once(record)
    ]
    return of_accounts + of_posts


def _ended(record: Record) -> dict[str, Any] | None:
    """A post that a write has ended."""
    before, after = (to_item(image) if image else {} for image in (record.before, record.after))
    return after if after.get("status") in _ENDED and before.get("status") != after["status"] else None


def _at_once(record: Record) -> bool:
    """Whether a new post is due by now; those of later are found by the clock."""
    item = to_item(record.after or {})
    return bool(item["due_at"] <= item["created_at"])


def _following(record: Record) -> Iterator[dict[str, Any]]:
    before, after = _accounts(record)
    account = after or before
    if account and (before is None or after is None):
        yield {
            "organisation": record.organisation,
            "account": account.id,
            "platform": account.platform.value,
            "subject": account.subject,
        }


def _accounts(record: Record) -> tuple[ConnectedAccount | None, ConnectedAccount | None]:
    before, after = (to_account(to_item(image)) if image else None for image in (record.before, record.after))
    return before, after


def _told(account: ConnectedAccount) -> dict[str, Any]:
    told = account.model_dump(mode="json", include={"platform", "username", "name", "session_ids"})
    return told | {"account_id": account.id}


def _event(record: Record, kind: EventType, told: dict[str, Any]) -> Event:
    event_id = ids.derived_id("event", *record.key, str(record.sequence), kind)
    return Event(event_id, kind, record.organisation, told, record.cause)
