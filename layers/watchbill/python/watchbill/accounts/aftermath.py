"""What messages about accounts and posts ask for: posts published, and what follows when an account comes or goes."""

from collections.abc import Mapping
from typing import Any

from watchbill.accounts.models import Platform
from watchbill.accounts.sending import PostSender
from watchbill.accounts.service import AccountService
from watchbill.accounts.store import ConnectedDirectory


class SocialWorker:
    """Works on one organisation's messages. What is there decides, not the message, which may be late or come twice."""

    def __init__(
        self, organisation: str, accounts: AccountService, sender: PostSender, directory: ConnectedDirectory
    ) -> None:
        self._organisation = organisation
        self._accounts = accounts
        self._sender = sender
        self._directory = directory

    def work(self, message: Mapping[str, Any]) -> None:
        """Do what a message asks for. Raises Later while a post is on its way, NotNow when a platform is silent."""
        if "post" in message:
            self._sender.send(message["post"])
        else:
            self._follow(message["account"], Platform(message["platform"]), message["subject"])

    def _follow(self, account_id: str, platform: Platform, subject: str) -> None:
        """Have webhooks find the account while it is there, and its tokens taken back when it is not."""
        if self._accounts.connected(account_id):
            self._directory.enter(platform, subject, self._organisation)
        else:
            self._directory.leave(platform, subject, self._organisation)
            self._accounts.take_back(platform, account_id)
