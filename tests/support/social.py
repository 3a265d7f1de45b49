"""Accounts on other platforms in process: platforms configured, accounts connected, and what follows from that."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

import boto3

from tests.support.authorization_server import CLIENT_ID, CLIENT_SECRET, OWNER, Authority
from tests.support.bus import Bus, work
from tests.support.local_table import ENVIRONMENT
from tests.support.service import Answer, Service
from watchbill import services
from watchbill.platform import clock, settings
from watchbill.platform.queue import Queue

SOCIAL = "/api/social"
REDIRECT = "http://localhost:9999/api/social/auth/{platform}/callback"
SESSION = "session-1"
WEBHOOK_TOKEN = "verify-me-3f0a9c61"


def set_parameter(name: str, value: str) -> None:
    """Put what an operator puts into the Parameter Store."""
    path = f"{ENVIRONMENT[settings.CREDENTIALS_PATH]}/{name}"
    boto3.client("ssm").put_parameter(Name=path, Value=value, Type="SecureString", Overwrite=True)


def configure(platform: str, url: str) -> None:
    """Have a platform know this deployment; a server on the loopback interface stands for it."""
    values = {
        "client-id": CLIENT_ID,
        "client-secret": CLIENT_SECRET,
        "base-url": url,
        "verify-token": WEBHOOK_TOKEN,
    }
    for name, value in values.items():
        set_parameter(f"{platform}/{name}", value)
    services.forget()


@dataclass
class Social:
    """An organisation that connects accounts."""

    service: Service
    key: str
    authority: Authority
    bus: Bus

    def ask(self, method: str, path: str, body: Any = None, key: str | None = None, **more: Any) -> Answer:
        """Send a request to a route of accounts."""
        return self.service.request(method, f"{SOCIAL}/{path}", body, key=key or self.key, **more)

    def initiate(self, platform: str, **fields: Any) -> Answer:
        """Begin to connect an account."""
        wish = {"sessionId": SESSION, "redirectUri": REDIRECT.format(platform=platform), **fields}
        return self.ask("POST", f"auth/{platform}/initiate", wish)

    def consented(self, platform: str, **fields: Any) -> dict[str, str]:
        """What comes back of an owner who agrees."""
        begun = self.initiate(platform, **fields)
        assert begun.status == 201, begun.text
        return self.authority.consent(begun.json["authUrl"])

    def complete(self, platform: str, answer: dict[str, str], **fields: Any) -> Answer:
        """Bring back an owner's answer."""
        wish = {**answer, "redirectUri": REDIRECT.format(platform=platform), **fields}
        return self.ask("POST", f"auth/{platform}/complete", wish)

    def connect(self, platform: str) -> dict[str, Any]:
        """An account of a platform, connected."""
        answer = self.complete(platform, self.consented(platform))
        assert answer.status == 201, answer.text
        account: dict[str, Any] = answer.json["items"][0]
        return account

    def accounts(self) -> list[dict[str, Any]]:
        """The accounts of the session."""
        items: list[dict[str, Any]] = self.ask("GET", f"accounts/{SESSION}").json["items"]
        return items

    def settle(self) -> list[dict[str, Any]]:
        """Let everything follow that follows by itself; the events that were told."""
        told = self.bus.settle()
        work(self.service, "social_worker", Queue.SOCIAL)
        return told + self.bus.settle()


def a_mention(tweet: str = "5") -> tuple[bytes, dict[str, str]]:
    """A tweet that names the account of X, as X delivers it: the body, and the headers that sign it."""
    now = str(int(clock.now().timestamp() * 1000))
    told = {"id_str": tweet, "text": "@ana", "timestamp_ms": now, "user": {"id_str": "9", "screen_name": "luz"}}
    body = json.dumps({"for_user_id": OWNER, "tweet_create_events": [told]}).encode()
    digest = base64.b64encode(hmac.new(CLIENT_SECRET.encode(), body, hashlib.sha256).digest()).decode()
    return body, {"x-twitter-webhooks-signature": f"sha256={digest}"}


def kinds(events: list[dict[str, Any]]) -> list[str]:
    """The types of events."""
    return [event["detail-type"] for event in events]
