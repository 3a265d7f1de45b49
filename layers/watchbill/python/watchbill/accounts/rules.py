"""Decisions about consent and tokens: what a state is, who is sent back where, when a token is renewed. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from watchbill.accounts.models import (
    AccountStatus,
    ConnectedAccount,
    ConsentState,
    Flow,
    Platform,
    PlatformCard,
    PlatformStatus,
)
from watchbill.accounts.platforms import ENDPOINTS
from watchbill.accounts.tokens import ClientCredentials
from watchbill.platform import addresses, ids

STATE_LIFE = timedelta(minutes=10)
RENEWED_BEFORE = timedelta(minutes=5)
"""A token that lasts for less is renewed before it is used."""
RENEWING = timedelta(seconds=40)
"""How long one renewal may take; whoever has begun it and not ended it by then is taken for dead."""
PAUSE_AFTER_FAILURE = timedelta(seconds=30)
_MOST_NAMED = 5
_OURS = frozenset({"localhost", "127.0.0.1", "::1"})
_VARIABLE = "{platform}"
CLIENT_ID, CLIENT_SECRET = "client-id", "client-secret"
VERIFY_TOKEN, WEBHOOK_SECRET = "verify-token", "webhook-secret"
BASE_URL = "base-url"
"""Names a server that stands for the platform's own, as in tests."""


def consent_id(state: str) -> str:
    """What a state is kept under: its digest, so that nobody who reads the table can answer in its place."""
    return ids.derived_id("consent", ids.secret_hash(state))


def account_id(platform: Platform, subject: str) -> str:
    """The id of an account, which is the same whenever it is connected again."""
    return ids.derived_id("account", platform, subject)


def new_verifier() -> str:
    """A fresh code verifier, as RFC 7636 has it: 43 to 128 characters."""
    return ids.new_secret(64)


def unusable(consent: ConsentState | None, platform: Platform, now: datetime) -> str | None:
    """Why a state that came back is good for nothing, None when it may be used."""
    if consent is None or consent.platform is not platform:
        return "this state is none that was given out for this platform: begin anew"
    if consent.flow is not Flow.ASKED:
        return "this state was used before: begin anew"
    if consent.expires_at <= now:
        return "this state was good for ten minutes, which are over: begin anew"
    return None


def allowed(redirect: str, platform: Platform, patterns: Iterable[str]) -> bool:
    """Whether owners of accounts may be sent back there: only to an address that is on the list, letter for letter."""
    return any(redirect == pattern.replace(_VARIABLE, platform) for pattern in patterns)


def wrong_with(redirect: str) -> str | None:
    """What is wrong with an address that is to be allowed, None when nothing is."""
    try:
        target = addresses.parsed(redirect.replace(_VARIABLE, "platform"))
    except addresses.NotAnAddress as error:
        return str(error)
    if target.scheme != "https" and target.host not in _OURS:
        return "an address begins with https://, unless it is on this machine"
    return None


def credentials_of(platform: str, parameters: Mapping[str, str]) -> ClientCredentials | None:
    """What a platform knows this deployment by, or None while that is not set."""
    values = {name: parameters.get(f"{platform}/{name}", "") for name in (CLIENT_ID, CLIENT_SECRET)}
    if not all(values.values()):
        return None
    return ClientCredentials(
        values[CLIENT_ID],
        values[CLIENT_SECRET],
        parameters.get(f"{platform}/{VERIFY_TOKEN}", ""),
        parameters.get(f"{platform}/{WEBHOOK_SECRET}", "") or values[CLIENT_SECRET],
    )


def missing(platform: str, parameters: Mapping[str, str], *besides: str) -> tuple[str, ...]:
    """The parameters that are still to be set for a platform, of those that all have, or of these."""
    wanted = (f"{platform}/{name}" for name in besides or (CLIENT_ID, CLIENT_SECRET))
    return tuple(name for name in wanted if not parameters.get(name))


def card(platform: Platform, parameters: Mapping[str, str], path: str) -> PlatformCard:
    """A platform as it is shown; `path` is where its parameters are looked for."""
    endpoints, lacking = ENDPOINTS[platform], missing(platform, parameters)
    return PlatformCard(
        platform=platform,
        title=endpoints.title,
        status=PlatformStatus.NOT_CONFIGURED if lacking else PlatformStatus.CONFIGURED,
        publishes=endpoints.publishes,
        scopes=endpoints.scopes,
        missing=tuple(f"{path}/{name}" for name in lacking),
    )


@dataclass(frozen=True, slots=True)
class Nobody:
    """There is no account to publish by; `reason` says what to do."""

    reason: str


def account_for(
    channel: str, session_id: str | None, accounts: Iterable[ConnectedAccount]
) -> ConnectedAccount | Nobody:
    """Whose account a channel means: the one that was connected in the session, else the only one of its platform."""
    platform = _platform_of(channel)
    if platform is None or not ENDPOINTS[platform].publishes:
        return Nobody(f"nothing can be published on {channel!r}")
    title = ENDPOINTS[platform].title
    found = [each for each in accounts if each.platform is platform]
    usable = [each for each in found if each.status is AccountStatus.CONNECTED] or found
    ours = [each for each in usable if session_id in each.session_ids] or usable
    if len(ours) == 1:
        return ours[0]
    if ours:
        named = ", ".join(sorted(each.username for each in ours)[:_MOST_NAMED])
        return Nobody(
            f"{len(ours)} accounts of {title} could be meant ({named}): have one of them connected in the session"
        )
    return Nobody(
        f"no account of {title} is connected: POST /api/social/auth/{platform}/initiate begins to connect one"
    )


def _platform_of(channel: str) -> Platform | None:
    name = channel.strip().lower()
    return next((each for each in Platform if name in (each.value, ENDPOINTS[each].title.lower())), None)


@dataclass(frozen=True, slots=True)
class Kept:
    """Tokens as they are kept, sealed: until when they are good, and who is renewing them.

    Whoever renews them holds them until `renewing_until`. After a renewal that failed, the next one is not tried before
    `pause_until`.
    """

    access: bytes = field(repr=False)
    refresh: bytes | None = field(repr=False)
    renewable: bool
    expires_at: datetime | None
    revision: int = 0
    renewing_until: datetime | None = None
    pause_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """The token is good as it is."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Somebody renews it: look again."""


@dataclass(frozen=True, slots=True)
class Renew:
    """It is to be renewed, by whoever says so first."""


@dataclass(frozen=True, slots=True)
class Spent:
    """It is good for nothing, now; `final` says that it never will be again."""

    reason: str
    final: bool


def step(kept: Kept, now: datetime) -> Use | Wait | Renew | Spent:
    """What to do about tokens that are to be used now."""
    if kept.expires_at is None or kept.expires_at - now > RENEWED_BEFORE:
        return Use()
    if kept.renewing_until and kept.renewing_until > now:
        return Wait()
    good, paused = kept.expires_at > now, bool(kept.pause_until and kept.pause_until > now)
    if kept.renewable and not paused:
        return Renew()
    if good:
        return Use()
    if kept.renewable:
        return Spent("the platform could not be asked for a new token", final=False)
    return Spent("its token has expired, and the platform gives no new one: connect it again", final=True)
