"""Platforms, connected accounts and consent, as asked for and as shown. No token is part of any of them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from watchbill.platform.addresses import MOST_CHARACTERS
from watchbill.platform.wire import CamelModel, Label, Moment

MOST_REDIRECTS = 20
"""That an organisation may allow."""
MOST_SESSIONS = 20
"""Sessions that an account remembers it was connected in."""


class Platform(StrEnum):
    """Where accounts may be."""

    INSTAGRAM = "instagram"
    FACEBOOK = "facebook"
    TWITTER = "twitter"
    LINKEDIN = "linkedin"
    YOUTUBE = "youtube"
    TIKTOK = "tiktok"


class PlatformStatus(StrEnum):
    """Whether a platform knows this deployment."""

    CONFIGURED = "configured"
    NOT_CONFIGURED = "not_configured"


class PlatformCard(CamelModel):
    """A platform: whether accounts of it can be connected, what is asked of their owners, what else has to be set."""

    platform: Platform
    title: str
    status: PlatformStatus
    publishes: bool
    scopes: tuple[str, ...]
    missing: tuple[str, ...]


class PlatformList(CamelModel):
    """The platforms that accounts may be connected of."""

    items: tuple[PlatformCard, ...]


RedirectText = Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS)]


class Initiation(CamelModel):
    """The wish to connect an account, in a session, with its owner being sent back to an address."""

    session_id: Label
    redirect_uri: RedirectText


class Consent(CamelModel):
    """Where an account's owner is asked, and the state that comes back with the answer."""

    auth_url: str
    state: str


class ConsentAnswer(CamelModel):
    """The answer of an account's owner, as the platform sent it back; the same address as at the beginning."""

    code: Annotated[str, Field(min_length=1, max_length=4_000)]
    state: Annotated[str, Field(min_length=1, max_length=200)]
    redirect_uri: RedirectText


class AccountStatus(StrEnum):
    """Whether an account can be used."""

    CONNECTED = "connected"
    REVOKED = "revoked"
    """The platform takes its tokens no longer: its owner has to connect it anew."""


class ConnectedAccount(CamelModel):
    """An account of a platform. `reason` says why it cannot be used, null while it can."""

    id: str
    platform: Platform
    subject: str
    username: str
    name: str
    status: AccountStatus
    reason: str | None
    scopes: tuple[str, ...]
    session_ids: tuple[str, ...]
    connected_at: Moment
    updated_at: Moment


class AccountList(CamelModel):
    """The accounts that were connected in a session, newest first."""

    items: tuple[ConnectedAccount, ...]
    next_cursor: str | None = None


class Disconnection(CamelModel):
    """The wish to forget an account."""

    account_id: Label


class Disconnected(CamelModel):
    """An account is forgotten here; the platform is told that its tokens are worth nothing any more."""

    account_id: str
    platform: Platform
    status: str = "disconnected"


class Redirects(CamelModel):
    """Addresses to which owners of accounts may be sent back: `{platform}` in one stands for each platform's name."""

    redirects: Annotated[tuple[RedirectText, ...], Field(max_length=MOST_REDIRECTS)]


class RedirectList(Redirects):
    """The organisation's own addresses, and those of the deployment, which any organisation may use."""

    of_deployment: tuple[str, ...]
    updated_at: Moment | None


class Flow(StrEnum):
    """How far a consent is."""

    ASKED = "asked"
    ANSWERED = "answered"
    """Its state was used; whatever came of it, it is good for nothing more."""
    REFUSED = "refused"
    """Nothing came of it, for the reason that it says."""


class ConsentState(CamelModel):
    """A consent under way, as it is kept: what its state stands for."""

    id: str
    platform: Platform
    session_id: str
    redirect_uri: str
    flow: Flow
    expires_at: datetime
    reason: str | None = None
