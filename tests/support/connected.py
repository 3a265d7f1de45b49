"""An account of X that is connected, without anybody having been asked, and a post of it that waits."""

from datetime import timedelta

import boto3

from tests.support.local_table import ENVIRONMENT
from tests.support.steps import A_POST
from watchbill.accounts import courses
from watchbill.accounts.models import AccountStatus, ConnectedAccount, Platform
from watchbill.accounts.passages import PassageStore
from watchbill.accounts.posts import NewPost
from watchbill.accounts.rules import Kept, account_id
from watchbill.accounts.store import AccountStore
from watchbill.platform import clock, settings
from watchbill.platform.table import Table

USUAL = "12345"
"""The subject of the account that `A_POST` is of."""


def knows_x(url: str = "http://127.0.0.1:9") -> None:
    """Have X know this deployment; nobody is there."""
    for name, value in {"client-id": "c", "client-secret": "s", "base-url": url}.items():
        path = f"{ENVIRONMENT[settings.CREDENTIALS_PATH]}/twitter/{name}"
        boto3.client("ssm").put_parameter(Name=path, Value=value, Type="SecureString", Overwrite=True)


def connected(organisation: str, subject: str = USUAL, name: str = "ana") -> ConnectedAccount:
    """An account of an organisation, whose tokens nobody can open."""
    now = clock.now()
    account = ConnectedAccount(
        id=account_id(Platform.TWITTER, subject),
        platform=Platform.TWITTER,
        subject=subject,
        username=name,
        name=name,
        status=AccountStatus.CONNECTED,
        reason=None,
        scopes=(),
        session_ids=("a-session",),
        connected_at=now,
        updated_at=now,
    )
    AccountStore(Table(organisation)).connect([(account, Kept(b"sealed", None, renewable=False, expires_at=None))])
    return account


def a_waiting_post(organisation: str, account: ConnectedAccount, post_id: str) -> str:
    """A post of an account that is due some time; its id."""
    wish = NewPost.model_validate({**A_POST, "accountId": account.id})
    later = wish.model_copy(update={"scheduled_at": clock.now() + timedelta(days=1)})
    PassageStore(Table(organisation)).create(courses.drafted(later, account, post_id, clock.now()))
    return post_id
