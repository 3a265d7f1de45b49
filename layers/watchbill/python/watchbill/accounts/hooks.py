"""Webhooks of platforms: their challenges, their signatures, and what they tell. Pure.

Meta      https://developers.facebook.com/docs/graph-api/webhooks/getting-started
X         https://docs.x.com/x-api/webhooks/quickstart
LinkedIn  https://learn.microsoft.com/linkedin/shared/api-guide/webhook-validation
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from watchbill.accounts.models import Platform
from watchbill.accounts.tokens import ClientCredentials
from watchbill.platform import ids

OLDEST = timedelta(hours=36)
"""For so long Meta goes on trying to deliver; what is older was delivered before, or is somebody else's copy."""
_CLOCKS = timedelta(minutes=5)
_META = (Platform.FACEBOOK, Platform.INSTAGRAM)
_MOST_TEXT, _MOST_NAME, _MOST_TOLD = 2_000, 200, 500
_MILLISECONDS = 10**11
"""A Unix time above it is in milliseconds."""


@dataclass(frozen=True, slots=True)
class Told:
    """Something said to an account, which the platform knows by `subject`; `id` tells it apart from all else."""

    subject: str
    id: str
    kind: str
    at: datetime
    author: str
    text: str
    post_id: str


def challenged(platform: Platform, query: Mapping[str, str], known: ClientCredentials) -> tuple[str, str] | None:
    """The media type and the text that answer a platform's challenge; None for what is none of its own."""
    if platform in _META:
        proven = hmac.compare_digest(query.get("hub.verify_token", "").encode(), known.challenge.encode())
        right = query.get("hub.mode") == "subscribe" and bool(known.challenge) and proven
        return ("text/plain", query.get("hub.challenge", "")) if right else None
    if platform is Platform.TWITTER and (token := query.get("crc_token")):
        response = f"sha256={_base64(known.webhooks, token.encode())}"
        return "application/json", json.dumps({"response_token": response})
    if platform is Platform.LINKEDIN and (code := query.get("challengeCode")):
        response = _hex(known.webhooks, code.encode())
        return "application/json", json.dumps({"challengeCode": code, "challengeResponse": response})
    return None


def genuine(platform: Platform, headers: Mapping[str, str], body: bytes, known: ClientCredentials) -> bool:
    """Whether a platform has signed these very bytes."""
    if platform in _META:
        said, right = headers.get("x-hub-signature-256", ""), f"sha256={_hex(known.webhooks, body)}"
    elif platform is Platform.TWITTER:
        said, right = headers.get("x-twitter-webhooks-signature", ""), f"sha256={_base64(known.webhooks, body)}"
    elif platform is Platform.LINKEDIN:
        # What is signed begins with the name of the hash; the signature does not.
        said = headers.get("x-li-signature", "").removeprefix("hmacsha256=")
        right = _hex(known.webhooks, b"hmacsha256=" + body)
    else:
        return False
    return hmac.compare_digest(said.encode("utf-8", "replace"), right.encode())


def told(platform: Platform, payload: Mapping[str, Any], now: datetime) -> list[Told]:
    """What a webhook tells that is somebody's word to an account, but not what is too old."""
    found = (each for each in _READERS[platform](payload) if _fresh(each.at, now))
    return [each for each, _ in zip(found, range(_MOST_TOLD), strict=False)]


def stale(platform: Platform, payload: Mapping[str, Any], now: datetime) -> bool:
    """Whether all that a webhook tells is too old, or of the future."""
    instants = [each.at for each in _READERS[platform](payload)]
    return bool(instants) and not any(_fresh(instant, now) for instant in instants)


def _fresh(instant: datetime, now: datetime) -> bool:
    return now - OLDEST <= instant <= now + _CLOCKS


def _meta(payload: Mapping[str, Any]) -> Iterator[Told]:
    for entry in _objects(payload.get("entry")):
        for change in _objects(entry.get("changes")):
            value = change.get("value")
            if isinstance(value, Mapping) and value.get("verb", "add") == "add":
                yield _of_meta(entry, str(change.get("field")), value)


def _of_meta(entry: Mapping[str, Any], kind: str, value: Mapping[str, Any]) -> Told:
    author = value.get("from") if isinstance(value.get("from"), Mapping) else {}
    named = author if isinstance(author, Mapping) else {}
    medium = value.get("media") if isinstance(value.get("media"), Mapping) else {}
    post = value.get("post_id") or value.get("media_id") or (medium if isinstance(medium, Mapping) else {}).get("id")
    which = value.get("comment_id") or value.get("id") or post or json.dumps(value, sort_keys=True, default=str)
    return _told(
        subject=entry.get("id"),
        parts=(kind, str(which)),
        kind=kind,
        at=value.get("created_time") or entry.get("time"),
        author=named.get("username") or named.get("name") or value.get("sender_name"),
        text=value.get("text") or value.get("message"),
        post_id=post,
    )


def _twitter(payload: Mapping[str, Any]) -> Iterator[Told]:
    subject = str(payload.get("for_user_id", ""))
    for tweet in _objects(payload.get("tweet_create_events")):
        user = tweet.get("user") if isinstance(tweet.get("user"), Mapping) else {}
        author = user if isinstance(user, Mapping) else {}
        if str(author.get("id_str")) != subject:
            yield _told(
                subject=subject,
                parts=("tweet", str(tweet.get("id_str"))),
                kind="mention",
                at=tweet.get("timestamp_ms"),
                author=author.get("screen_name"),
                text=tweet.get("text"),
                post_id=tweet.get("in_reply_to_status_id_str") or tweet.get("id_str"),
            )


def _linkedin(payload: Mapping[str, Any]) -> Iterator[Told]:
    for each in _objects(payload.get("notifications")):
        comment = each.get("decoratedGeneratedActivity")
        words = comment.get("comment") if isinstance(comment, Mapping) else None
        said = words if isinstance(words, Mapping) else {}
        yield _told(
            subject=str(each.get("organizationalEntity", "")).rpartition(":")[2],
            parts=("notification", str(each.get("notificationId"))),
            kind=str(each.get("action", "notification")).lower(),
            at=each.get("lastModifiedAt"),
            author=said.get("owner"),
            text=said.get("text"),
            post_id=each.get("sourcePost"),
        )


def _told(*, subject: Any, parts: tuple[str, ...], kind: str, at: Any, author: Any, text: Any, post_id: Any) -> Told:
    return Told(
        subject=str(subject or "")[:_MOST_NAME],
        id=ids.derived_id("mention", *parts),
        kind=kind[:_MOST_NAME],
        at=_instant(at),
        author=str(author or "")[:_MOST_NAME],
        text=str(text or "")[:_MOST_TEXT],
        post_id=str(post_id or "")[:_MOST_NAME],
    )


def _instant(said: Any) -> datetime:
    """An instant in seconds or milliseconds; what is none lies at the beginning of time, and is too old."""
    try:
        number = int(said)
        return datetime.fromtimestamp(number / 1000 if number >= _MILLISECONDS else number, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    yield from (each for each in value if isinstance(each, Mapping)) if isinstance(value, list) else ()


def _nothing(_: Mapping[str, Any]) -> Iterator[Told]:
    yield from ()


def _hex(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def _base64(secret: str, message: bytes) -> str:
    return base64.b64encode(hmac.new(secret.encode(), message, hashlib.sha256).digest()).decode()


_READERS = {
    Platform.INSTAGRAM: _meta,
    Platform.FACEBOOK: _meta,
    Platform.TWITTER: _twitter,
    Platform.LINKEDIN: _linkedin,
    Platform.YOUTUBE: _nothing,
    Platform.TIKTOK: _nothing,
}
