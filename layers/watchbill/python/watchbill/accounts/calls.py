"""Calling a platform's API for an account, and what its refusals mean: to wait, to give up, to ask the owner again.

Rate limits: X names the second at which its limit is lifted in `x-rate-limit-reset`; Meta says in
`x-business-use-case-usage` after how many minutes, and that it is one by the code of the error; others by Retry-After.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from watchbill.accounts.grants import NotNow, sent, without
from watchbill.accounts.models import Platform
from watchbill.accounts.platforms import Endpoints
from watchbill.platform import clock
from watchbill.platform.calls import retry_after
from watchbill.platform.outgoing import Answer, NoAnswer, Outgoing, Refused

_META = (Platform.FACEBOOK, Platform.INSTAGRAM)
_META_LIMITS = frozenset({4, 9, 17, 32, 341, 368, 613, *range(80000, 80015)})
"""Codes of https://developers.facebook.com/docs/graph-api/guides/error-handling that mean: not so much at once."""
_META_TOKENS = frozenset({102, 190, 463, 467})
_USUAL_WAIT = timedelta(minutes=15)
_LONGEST_WAIT = timedelta(hours=24)
_MOST_REASON = 500


class Rejected(Exception):
    """The platform refuses, and would again; the message says why, in its own words."""


class TokenRefused(Exception):
    """The platform takes the token no longer."""


class Limited(Exception):
    """The platform asks to wait until an instant."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"it asks to wait until {clock.to_text(until)}")
        self.until = until


class NotReady(Exception):
    """What was begun at the platform is not done yet: look again after so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__("the platform is still at work")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Reply:
    """What a platform answered, with success."""

    headers: Mapping[str, str]
    said: dict[str, Any]


class PlatformApi:
    """One platform's API, as an account's owner lets us use it."""

    def __init__(self, outgoing: Outgoing, endpoints: Endpoints, token: str, headers: Mapping[str, str]) -> None:
        self._outgoing = outgoing
        self._endpoints = endpoints
        self._token = token
        self._headers = headers

    def get(self, path: str, **asked: str) -> Reply:
        """Ask for something. Raises NotNow, Limited, Rejected, TokenRefused, as all of these do."""
        return self._ask("GET", self._url(path, asked))

    def post(self, path: str, body: Mapping[str, Any], **asked: str) -> Reply:
        """Send a JSON object."""
        content = json.dumps(body, ensure_ascii=False).encode()
        return self._ask("POST", self._url(path, asked), content, "application/json")

    def form(self, path: str, **fields: str) -> Reply:
        """Send a form."""
        return self._ask("POST", self._url(path, {}), urlencode(fields).encode(), "application/x-www-form-urlencoded")

    def upload(self, url: str, content: bytes, kind: str) -> None:
        """Put a file where the platform said, whole."""
        self._ask("PUT", url, content, kind)

    def fetched(self, url: str, most_bytes: int) -> tuple[bytes, str]:
        """An image and its media type, from an address that a user gave. Raises Rejected, NotNow."""
        try:
            answer = self._outgoing.send("GET", url, headers={"Accept": "image/*"}, most_bytes=most_bytes)
        except Refused as error:
            raise Rejected(f"{url[:200]} cannot be fetched: {error}") from error
        except NoAnswer as error:
            raise NotNow(f"{url[:200]} cannot be fetched: {error}") from error
        kind = answer.headers.get("content-type", "").split(";")[0].strip().lower()
        if answer.status != HTTPStatus.OK or not kind.startswith("image/"):
            raise Rejected(f"{url[:200]} is no image: it answers {answer.status} {kind}")
        if not answer.complete:
            raise Rejected(f"{url[:200]} has more than {most_bytes:,} bytes")
        return answer.body, kind

    def _url(self, path: str, asked: Mapping[str, str]) -> str:
        return self._endpoints.at(self._endpoints.api + path) + (f"?{urlencode(asked)}" if asked else "")

    def _ask(self, method: str, url: str, body: bytes = b"", kind: str | None = None) -> Reply:
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json", **self._headers}
        answer = sent(self._outgoing, method, url, headers | ({"Content-Type": kind} if kind else {}), body)
        said = _said(answer, self._token)
        if answer.status < HTTPStatus.MULTIPLE_CHOICES:
            return Reply(answer.headers, said)
        raise refusal(self._endpoints.platform, answer, said, clock.now())


def refusal(platform: Platform, answer: Answer, said: Mapping[str, Any], now: datetime) -> Exception:
    """What an answer means that is no success."""
    error = said.get("error") if isinstance(said.get("error"), Mapping) else {}
    code = error.get("code") if platform in _META and isinstance(error, Mapping) else None
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS or code in _META_LIMITS:
        return Limited(_until(answer, now))
    if answer.status == HTTPStatus.UNAUTHORIZED or code in _META_TOKENS:
        return TokenRefused(_reason(said, answer.status))
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or (isinstance(error, Mapping) and error.get("is_transient")):
        return NotNow(f"it answered {answer.status}")
    return Rejected(_reason(said, answer.status))


def _until(answer: Answer, now: datetime) -> datetime:
    reset = answer.headers.get("x-rate-limit-reset", "")
    if reset.isdecimal():
        wanted = datetime.fromtimestamp(int(reset[:11]), UTC)
    elif seconds := retry_after(answer.headers.get("retry-after", ""), now):
        wanted = now + timedelta(seconds=seconds)
    else:
        wanted = now + (_regained(answer.headers.get("x-business-use-case-usage", "")) or _USUAL_WAIT)
    return max(now + timedelta(seconds=1), min(wanted, now + _LONGEST_WAIT))


def _regained(usage: str) -> timedelta | None:
    """After how long Meta lets us in again, by its header: minutes, by business and kind of use."""
    try:
        told = json.loads(usage) if usage else {}
        minutes = [int(each.get("estimated_time_to_regain_access", 0)) for used in told.values() for each in used]
    except (ValueError, AttributeError, TypeError):
        return None
    return timedelta(minutes=max(minutes)) if minutes and max(minutes) > 0 else None


def _said(answer: Answer, token: str) -> dict[str, Any]:
    try:
        said = json.loads(without(answer.body.decode(), [token])) if answer.body else {}
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _reason(said: Mapping[str, Any], status: int) -> str:
    """Why, in the platform's own words, wherever it has them."""
    error = said.get("error")
    told = error if isinstance(error, Mapping) else said
    words = (told.get("error_user_msg"), told.get("message"), told.get("detail"), told.get("title"))
    text = next((str(word) for word in words if word), f"it answered {status}")
    return "".join(sign if sign.isprintable() else " " for sign in text)[:_MOST_REASON]
