"""Requests that a receiver can see are ours, as https://www.standardwebhooks.com has them: secrets and signatures."""

import base64
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from pydantic import Field

from watchbill.platform import ids
from watchbill.platform.wire import Model

MOST_OVERLAP_HOURS = 24


@dataclass(frozen=True, slots=True)
class Signing:
    """The secret that requests are signed with, and its predecessor, which signs them too until `former_until`."""

    secret: str = field(repr=False)
    former: str | None = field(default=None, repr=False)
    former_until: datetime | None = None


class Rotation(Model):
    """The wish for a new secret: for `overlap_hours` requests are signed with the old one too, 0 for a leaked one."""

    overlap_hours: Annotated[int, Field(ge=0, le=MOST_OVERLAP_HOURS)] = MOST_OVERLAP_HOURS


def new_secret() -> str:
    """A fresh secret of 256 bits, as receivers are given it."""
    return "whsec_" + base64.b64encode(ids.new_signing_key()).decode()


def headers(signing: Signing, message: str, body: str, now: datetime) -> dict[str, str]:
    """The headers that let a receiver see who sent this, when, and whether it has had the message of this id before."""
    from standardwebhooks import Webhook

    secrets = [signing.secret]
    if signing.former and signing.former_until and now < signing.former_until:
        secrets.append(signing.former)
    return {
        "Content-Type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Webhook(secret).sign(message, now, body) for secret in secrets),
    }
