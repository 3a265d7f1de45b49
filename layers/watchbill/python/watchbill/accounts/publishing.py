"""Wishes to publish: checked, kept, shown. What comes of them is `sending`'s work."""

from datetime import timedelta

from watchbill.accounts import courses, limits
from watchbill.accounts.models import AccountStatus
from watchbill.accounts.passages import PassageStore
from watchbill.accounts.posts import NewPost, Passage, Post, PostList, PostOrigin
from watchbill.accounts.service import AccountService
from watchbill.platform import clock, ids
from watchbill.platform.errors import BadRequest, Fault, NotFound, Unprocessable
from watchbill.platform.lists import Cursors, first_page
from watchbill.platform.table import AlreadyExists

_QUERY = "posts"
_CLOCKS = timedelta(minutes=1)


class PostService:
    """One organisation's posts."""

    def __init__(self, store: PassageStore, accounts: AccountService, cursors: Cursors) -> None:
        self._store = store
        self._accounts = accounts
        self._cursors = cursors

    def publish(self, wish: NewPost) -> Post:
        """Have something published, which follows from the stream. Raises BadRequest, NotFound, Unprocessable."""
        return self._kept(self._drafted(wish, ids.new_id()))

    def keep(self, wish: NewPost, post_id: str, origin: PostOrigin) -> Post:
        """As `publish`, under an id derived from what it is published for: once, however often it is wished for."""
        try:
            return self._kept(self._drafted(wish, post_id, origin))
        except AlreadyExists:
            return self.post(post_id)

    def is_kept(self, post_id: str) -> bool:
        """Whether there is such a post, whatever has become of it and of its account."""
        return self._store.passage(post_id) is not None

    def post(self, post_id: str) -> Post:
        """One post. Raises NotFound."""
        passage = self._store.passage(post_id)
        if passage is None:
            raise NotFound(f"there is no post {post_id!r}")
        return passage.post

    def posts(self, limit: int, cursor: str | None) -> PostList:
        """What was published and what is to be, newest first."""
        before = self._cursors.open(cursor, _QUERY).get("before")
        found = self._store.posts(clock.now() + _CLOCKS, before)
        shown, more = first_page(((post, {"before": place}) for post, place in found), limit)
        return PostList(items=tuple(shown), next_cursor=self._cursors.close(more, _QUERY))

    def _kept(self, passage: Passage) -> Post:
        self._store.create(passage)
        return passage.post

    def _drafted(self, wish: NewPost, post_id: str, origin: PostOrigin | None = None) -> Passage:
        self._accounts.endpoints(wish.platform)
        account = self._accounts.account(wish.account_id)
        if account.platform is not wish.platform:
            message = f"this is an account of {account.platform}"
            raise BadRequest(f"accountId: {message}", errors=[Fault("accountId", message)])
        if account.status is AccountStatus.REVOKED:
            raise Unprocessable(f"{account.username} has to be connected again: {account.reason}")
        if faults := limits.faults_of(wish.platform, wish.content):
            raise Unprocessable(f"{faults[0].path}: {faults[0].message}", errors=faults)
        return courses.drafted(wish, account, post_id, clock.now(), origin)
