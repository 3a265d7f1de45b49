"""What others said to accounts: taken in from platforms' webhooks, kept once however often it is told, and shown."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from watchbill.accounts import hooks, rules
from watchbill.accounts.hooks import Told
from watchbill.accounts.known import KnownPlatforms
from watchbill.accounts.mentionstore import MentionStore
from watchbill.accounts.models import Platform
from watchbill.accounts.service import AccountService
from watchbill.accounts.store import ConnectedDirectory
from watchbill.platform import bodies, clock
from watchbill.platform.errors import BadRequest, Forbidden
from watchbill.platform.lists import Cursors, first_page
from watchbill.platform.table import AlreadyExists
from watchbill.platform.wire import CamelModel, Count, Moment

_CLOCKS = timedelta(minutes=10)


class Mention(CamelModel):
    """Something that was said to an account, or of it, at the platform."""

    id: str
    account_id: str
    kind: str
    at: Moment
    author: str
    text: str
    post_id: str


class MentionList(CamelModel):
    """What was said to an account, newest first."""

    items: tuple[Mention, ...]
    next_cursor: str | None


class Taken(CamelModel):
    """How much of what a webhook told was of accounts that are connected here, and is kept."""

    taken: Count


class MentionService:
    """What others said to one organisation's accounts."""

    def __init__(self, store: MentionStore, accounts: AccountService, cursors: Cursors) -> None:
        self._store = store
        self._accounts = accounts
        self._cursors = cursors

    def keep(self, platform: Platform, told: Told) -> bool:
        """Keep what was said to one of its accounts; whether it has that account."""
        account_id = rules.account_id(platform, told.subject)
        if not self._accounts.connected(account_id):
            return False
        with suppress(AlreadyExists):
            self._store.create(account_id, told)
        return True

    def mentions(self, account_id: str, limit: int, cursor: str | None) -> MentionList:
        """What was said to an account, newest first. Raises NotFound."""
        account = self._accounts.account(account_id)
        query = f"mentions {account.id}"
        before = self._cursors.open(cursor, query).get("before")
        found = self._store.mentions(account.id, clock.now() + _CLOCKS, tuple(before) if before else None)
        shown, more = first_page(((_shown(account.id, told), {"before": place}) for told, place in found), limit)
        return MentionList(items=tuple(shown), next_cursor=self._cursors.close(more, query))


class WebhookIntake:
    """Takes in the webhooks of platforms, which are sent to the deployment, and name accounts."""

    def __init__(
        self, known: KnownPlatforms, directory: ConnectedDirectory, mentions_of: Callable[[str], MentionService]
    ) -> None:
        self._known = known
        self._directory = directory
        self._mentions_of = mentions_of

    def challenge(self, platform: Platform, query: Mapping[str, str]) -> tuple[str, str]:
        """The media type and text that answer a challenge. Raises Forbidden, Unprocessable."""
        _, credentials = self._known.known(platform)
        answer = hooks.challenged(platform, query, credentials)
        if answer is None:
            raise Forbidden(f"this is no challenge of {platform}, or not for us")
        return answer

    def take(self, platform: Platform, headers: Mapping[str, str], body: bytes) -> Taken:
        """Keep what a webhook tells. Raises Forbidden for a forged one, BadRequest for a stale one, Unprocessable."""
        _, credentials = self._known.known(platform)
        if not hooks.genuine(platform, headers, body, credentials):
            raise Forbidden(f"this was not signed by {platform}")
        payload: dict[str, Any] = bodies.parsed(body)
        now = clock.now()
        if hooks.stale(platform, payload, now):
            raise BadRequest("this is too old: it was delivered before, or is a copy")
        told = hooks.told(platform, payload, now)
        owners = {each.subject: self._directory.organisations(platform, each.subject) for each in told if each.subject}
        kept = [
            self._mentions_of(organisation).keep(platform, each)
            for each in told
            for organisation in owners.get(each.subject, ())
        ]
        return Taken(taken=sum(kept))


def _shown(account_id: str, told: Told) -> Mention:
    return Mention(
        id=told.id,
        account_id=account_id,
        kind=told.kind,
        at=told.at,
        author=told.author,
        text=told.text,
        post_id=told.post_id,
    )
