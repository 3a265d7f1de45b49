"""The composition root's part for what reaches other platforms: connected accounts, and what is done with them.

An area is imported when it is first asked for: a function pays at its start for what it does, not for what there is.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from watchbill.observing import Observing
from watchbill.platform.settings import settings

if TYPE_CHECKING:
    from watchbill.accounts.aftermath import SocialWorker
    from watchbill.accounts.keeper import TokenKeeper
    from watchbill.accounts.known import KnownPlatforms
    from watchbill.accounts.media import MediaBackend
    from watchbill.accounts.mentions import MentionService, WebhookIntake
    from watchbill.accounts.models import ConnectedAccount, Platform
    from watchbill.accounts.passages import PassageStore
    from watchbill.accounts.publishing import PostService
    from watchbill.accounts.sending import PostSender
    from watchbill.accounts.service import AccountService
    from watchbill.accounts.store import AccountStore
    from watchbill.calendar.feed import FeedService
    from watchbill.calendar.models import CalendarEvent


def webhooks_to(mentions_of: "Callable[[str], MentionService]") -> "WebhookIntake":
    """What takes in platforms' webhooks, and hands over what they say to each organisation's own."""
    from watchbill.accounts.known import KnownPlatforms
    from watchbill.accounts.mentions import WebhookIntake
    from watchbill.accounts.store import directory

    return WebhookIntake(KnownPlatforms(settings().credentials_path), directory(), mentions_of)


class Reaching(Observing):
    """The use cases of one organisation that reach other platforms."""

    @cached_property
    def accounts(self) -> "AccountService":
        """Its accounts on other platforms."""
        from watchbill.accounts.service import AccountService

        return AccountService(
            self._table.organisation,
            self._account_store,
            self._token_keeper,
            self._outgoing(),
            self._known_platforms,
            settings().redirects,
        )

    def connect_returned(self, platform: "Platform", answer: Mapping[str, str]) -> "Sequence[ConnectedAccount]":
        """Connect the accounts that an owner's browser comes back with, who has no key; written down all the same."""
        accounts = self.accounts.returned(platform, answer)
        for account in accounts:
            self.audit.note("social.complete", "social_callback", account.id)
        return accounts

    @cached_property
    def social_worker(self) -> "SocialWorker":
        """What publishes its posts, and follows its accounts."""
        from watchbill.accounts.aftermath import SocialWorker
        from watchbill.accounts.store import directory

        return SocialWorker(self._table.organisation, self.accounts, self.post_sender, directory())

    @cached_property
    def posts(self) -> "PostService":
        """What it publishes."""
        from watchbill.accounts.publishing import PostService

        return PostService(self._passage_store, self.accounts, self._cursors)

    @cached_property
    def post_sender(self) -> "PostSender":
        """What brings its posts to their platforms."""
        from watchbill.accounts.sending import PostSender

        return PostSender(self._passage_store, self.accounts, self._outgoing())

    @cached_property
    def media(self) -> "MediaBackend":
        """What has media generated for it."""
        from watchbill.accounts.media import MediaBackend

        return MediaBackend(self._known_platforms, self._token_keeper, self._outgoing())

    @cached_property
    def mentions(self) -> "MentionService":
        """What others said to its accounts."""
        from watchbill.accounts.mentions import MentionService
        from watchbill.accounts.mentionstore import MentionStore

        return MentionService(MentionStore(self._table), self.accounts, self._cursors)

    @cached_property
    def _known_platforms(self) -> "KnownPlatforms":
        from watchbill.accounts.known import KnownPlatforms

        return KnownPlatforms(settings().credentials_path)

    @cached_property
    def _passage_store(self) -> "PassageStore":
        from watchbill.accounts.passages import PassageStore

        return PassageStore(self._table)

    @cached_property
    def _token_keeper(self) -> "TokenKeeper":
        from watchbill.accounts.keeper import TokenKeeper
        from watchbill.platform.sealing import Sealer

        return TokenKeeper(self._account_store, Sealer(self._table.organisation))

    @cached_property
    def _account_store(self) -> "AccountStore":
        from watchbill.accounts.store import AccountStore

        return AccountStore(self._table)

    @cached_property
    def feed(self) -> "FeedService":
        """Its calendar, for the calendars of others."""
        from watchbill.calendar.feed import FeedService
        from watchbill.calendar.store import CalendarStore

        return FeedService(self._table.organisation, CalendarStore(self._table), _as_ical)


def _as_ical(events: "Iterable[CalendarEvent]") -> str:
    """Events as an iCalendar, by a library that only the function has which feeds other calendars."""
    from watchbill.calendar.ical import written

    return written(events)
