"""Events' content handed over to the accounts of its channels, by which it is published once for each order."""

from pydantic import ValidationError

from watchbill.accounts.models import ConnectedAccount
from watchbill.accounts.posts import NewPost, PostOrigin
from watchbill.accounts.publishing import PostService
from watchbill.accounts.rules import Nobody
from watchbill.accounts.service import AccountService
from watchbill.calendar.contents import PublicationStatus
from watchbill.calendar.publications import Order, Refusal
from watchbill.platform.errors import BadRequest, NotFound, Unprocessable, faults_of


class Channels:
    """One organisation's channels: the accounts that it has connected."""

    def __init__(self, posts: PostService, accounts: AccountService) -> None:
        self._posts = posts
        self._accounts = accounts

    def publish(self, order: Order) -> Refusal | None:
        """Have content published by the account that its channel means; None when that is on its way."""
        if self._posts.is_kept(order.id):
            # Whatever has become of its account since: it may be there.
            return None
        account = self._accounts.account_for(order.channel, order.session_id)
        if isinstance(account, Nobody):
            return Refusal(account.reason, PublicationStatus.NO_ACCOUNT)
        return self._kept(order, account)

    def _kept(self, order: Order, account: ConnectedAccount) -> Refusal | None:
        origin = PostOrigin(event_id=order.event_id, occurrence=order.occurrence, channel=order.channel)
        try:
            self._posts.keep(_wish(order, account), order.id, origin)
        except ValidationError as error:
            return Refusal(faults_of(error.errors(), "content")[0].message)
        except (BadRequest, NotFound, Unprocessable) as refusal:
            return Refusal(str(refusal))
        return None


def _wish(order: Order, account: ConnectedAccount) -> NewPost:
    """The wish that an order is. Raises ValidationError for content that says nothing."""
    content = order.content.model_dump()
    return NewPost.model_validate({"platform": account.platform, "account_id": account.id, "content": content})
