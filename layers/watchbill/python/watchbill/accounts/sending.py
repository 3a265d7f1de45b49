"""One post brought to its platform: claimed, prepared, asked for once, and looked for where nobody answered.

That the platform is about to be asked is written before it is asked. Who finds that written, and no answer, does not
know whether the post is there: so it is looked for first, and asked for again only when it is not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from watchbill.accounts import courses, facebook, instagram, linkedin, twitter
from watchbill.accounts.calls import Limited, NotReady, PlatformApi, Rejected, TokenRefused
from watchbill.accounts.courses import Claimed, Early, Ended
from watchbill.accounts.grants import NotGranted, NotNow
from watchbill.accounts.job import Job, Publisher
from watchbill.accounts.models import ConnectedAccount, Platform
from watchbill.accounts.passages import PassageStore
from watchbill.accounts.posts import Passage, Published
from watchbill.accounts.service import AccountService
from watchbill.platform import clock
from watchbill.platform.errors import NotFound, Unprocessable
from watchbill.platform.observability import count
from watchbill.platform.outgoing import Outgoing
from watchbill.platform.queue import come_again
from watchbill.platform.table import Changed

_PUBLISHERS: Mapping[Platform, tuple[Publisher, Mapping[str, str]]] = {
    Platform.TWITTER: (twitter.Twitter(), twitter.HEADERS),
    Platform.LINKEDIN: (linkedin.LinkedIn(), linkedin.HEADERS),
    Platform.FACEBOOK: (facebook.Facebook(), facebook.HEADERS),
    Platform.INSTAGRAM: (instagram.Instagram(), instagram.HEADERS),
}
_NOT_KNOWN = "it is not known whether it was published: {platform} did not answer, and does not let us look ({why})"


class PostSender:
    """Publishes one organisation's posts."""

    def __init__(self, store: PassageStore, accounts: AccountService, outgoing: Outgoing) -> None:
        self._store = store
        self._accounts = accounts
        self._outgoing = outgoing

    def overdue(self) -> Iterable[str]:
        """The posts that should have been worked on by now."""
        return self._store.due(clock.now())

    def send(self, post_id: str) -> None:
        """Do what is to be done about a post at this moment. Raises Later while it is not over."""
        passage = self._store.passage(post_id)
        if passage is None:
            return
        match courses.claim(passage, clock.now()):
            case Ended():
                return
            case Early(until):
                come_again(until)
            case Claimed(claimed):
                self._worked(passage, claimed)

    def _worked(self, before: Passage, claimed: Passage) -> None:
        try:
            passage = self._store.advance(before, claimed)
        except Changed:
            return  # somebody else was quicker
        attempt = _Attempt(self._store, passage)
        after = self._outcome(attempt)
        self._store.advance(attempt.passage, after)
        count("PostPublished" if after.post.post_id else "PostAttemptFailed")
        come_again(after.due_at)

    def _outcome(self, attempt: "_Attempt") -> Passage:
        """The post as it is after an attempt."""
        now = clock.now()
        try:
            published = self._published(attempt)
        except Limited as limited:
            # It has answered, and not made the post.
            return courses.later(attempt.unasked, str(limited), limited.until, counts=False)
        except NotReady as working:
            until = now + timedelta(seconds=working.seconds)
            return courses.later(attempt.passage, str(working), until, counts=False)
        except NotNow as error:
            pause = courses.pause_after(attempt.passage.post.attempts)
            return courses.later(attempt.passage, f"no answer yet: {error}", now + pause)
        except (Rejected, NotGranted, NotFound, Unprocessable) as error:
            return courses.failed(attempt.unasked, str(error))
        return courses.published(attempt.passage, published, clock.now())

    def _published(self, attempt: "_Attempt") -> Published:
        post = attempt.passage.post
        account = self._accounts.account(post.account_id)
        publisher, headers = _PUBLISHERS[post.platform]
        token = self._accounts.token(account)
        api = PlatformApi(self._outgoing, self._accounts.endpoints(post.platform), token, headers)
        job = attempt.job(account, api)
        try:
            if attempt.passage.asked_at and (there := self._found(publisher, job, attempt.passage.asked_at)):
                return there
            job = publisher.prepared(job)
            attempt.ask()
            return publisher.post(job)
        except TokenRefused as refusal:
            self._accounts.revoked(account, str(refusal))
            raise Rejected(f"{account.username} has to be connected again: {refusal}") from refusal

    @staticmethod
    def _found(publisher: Publisher, job: Job, since: datetime) -> Published | None:
        try:
            return publisher.found(job, since)
        except Rejected as error:
            raise Rejected(_NOT_KNOWN.format(platform=job.account.platform, why=error)) from error


class _Attempt:
    """A post while it is ours: every step is stored before the next one is taken."""

    def __init__(self, store: PassageStore, passage: Passage) -> None:
        self._store = store
        self._asked = False
        self.passage = passage

    def job(self, account: ConnectedAccount, api: PlatformApi) -> Job:
        """What the platform's module is given."""

        def remember(**done: Any) -> Job:
            self._step(replace(self.passage, done={**self.passage.done, **done}))
            return self.job(account, api)

        return Job(account, self.passage.post.content, api, self.passage.done, remember)

    def ask(self) -> None:
        """Write that the platform is asked for the post now."""
        self._step(replace(self.passage, asked_at=clock.now()))
        self._asked = True

    @property
    def unasked(self) -> Passage:
        """The post, of which is known that it is not there if this attempt asked for it and was answered."""
        return replace(self.passage, asked_at=None) if self._asked else self.passage

    def _step(self, after: Passage) -> None:
        self.passage = self._store.advance(self.passage, after)
