"""Consents, connected accounts and their sealed tokens in the table, and where people may be sent back to.

Tokens have items of their own, which no consumer of the stream is given.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from watchbill.accounts.models import ConnectedAccount, ConsentState, Flow, Platform
from watchbill.accounts.packing import to_account
from watchbill.accounts.rules import Kept
from watchbill.platform import clock, keys
from watchbill.platform.keys import Key
from watchbill.platform.table import EXPIRES_AT, REVISION, Changed, Item, Table
from watchbill.platform.writes import Delete, Put, Write

_CONSENT_KEPT = timedelta(hours=1)
"""After the end of a state: whoever comes with it then is still told what is wrong."""
_ORPHANS_KEPT = timedelta(days=1)
"""How long the platform is asked to take back the tokens of an account that is forgotten."""
_VERIFIER = "verifier"


class AccountStore:
    """One organisation's accounts."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._organisation = table.organisation

    def ask(self, consent: ConsentState, verifier: bytes) -> None:
        """Store a consent that is asked for, with its sealed verifier."""
        self._table.replace(self._consent(consent.id), _from_consent(consent) | {_VERIFIER: verifier}, 0)

    def consent(self, consent_id: str) -> tuple[ConsentState, bytes, int] | None:
        """A consent with its sealed verifier and its revision, or None."""
        item = self._table.get(self._consent(consent_id))
        return (_to_consent(consent_id, item), bytes(item[_VERIFIER]), item[REVISION]) if item else None

    def answered(self, consent: ConsentState, revision: int) -> None:
        """Use a consent's state up, which was read at a revision. Raises Changed for whoever comes second."""
        used = consent.model_copy(update={"flow": Flow.ANSWERED})
        self._table.replace(self._consent(consent.id), _from_consent(used) | {_VERIFIER: b"used"}, revision)

    def refused(self, consent: ConsentState, reason: str) -> None:
        """Store that nothing came of a consent whose state was used."""
        self._table.set(self._consent(consent.id), {"flow": Flow.REFUSED.value, "reason": reason})

    def connect(self, accounts: Sequence[tuple[ConnectedAccount, Kept]]) -> None:
        """Store accounts with their tokens, whatever was there of them: all or none."""
        writes: list[Write] = []
        for account, kept in accounts:
            there = self._table.get(self._account(account.id))
            revision = (there or {}).get(REVISION, 0)
            writes.append(Put(self._account(account.id), _from_account(account) | {REVISION: revision + 1}))
            tokens = self._table.get(self._tokens(account.id))
            item = _from_kept(kept) | {REVISION: (tokens or {}).get(REVISION, 0) + 1}
            writes.append(Put(self._tokens(account.id), item))
        self._table.transact(writes)

    def account(self, account_id: str) -> ConnectedAccount | None:
        """An account, or None."""
        item = self._table.get(self._account(account_id))
        return to_account(item) if item else None

    def accounts(self) -> Iterator[ConnectedAccount]:
        """Every account."""
        partition = keys.ACCOUNT.partition(self._organisation)
        for stored in self._table.query(partition, prefix=keys.ACCOUNT.prefix()):
            yield to_account(stored.item)

    def change(self, account: ConnectedAccount, **fields: Any) -> None:
        """Set fields of an account, if it is still there as it was read, connected when it was."""
        item = self._table.get(self._account(account.id))
        if item is None or to_account(item).connected_at != account.connected_at:
            return
        changed = to_account(item).model_copy(update=fields)
        try:
            self._table.replace(self._account(account.id), _from_account(changed), item[REVISION])
        except Changed:
            self.change(account, **fields)

    def forget(self, account_id: str) -> None:
        """Remove an account; its tokens stay until the platform has taken them back, a day at most."""
        writes: list[Write] = [Delete(self._account(account_id))]
        if tokens := self._table.get(self._tokens(account_id)):
            gone = tokens | {EXPIRES_AT: _seconds(clock.now() + _ORPHANS_KEPT)}
            writes.append(Put(self._tokens(account_id), gone | {REVISION: tokens[REVISION] + 1}))
        self._table.transact(writes)

    def tokens(self, subject: str) -> Kept | None:
        """The tokens kept for a subject, an account or a service, or None."""
        item = self._table.get(self._tokens(subject))
        return _to_kept(item) if item else None

    def keep(self, subject: str, kept: Kept) -> Kept:
        """Store tokens over those that were read at their revision, 0 for none. Raises Changed."""
        self._table.replace(self._tokens(subject), _from_kept(kept), kept.revision)
        return replace(kept, revision=kept.revision + 1)

    def drop_tokens(self, subject: str) -> None:
        """Forget a subject's tokens."""
        self._table.delete(self._tokens(subject))

    def redirects(self) -> tuple[tuple[str, ...], datetime | None]:
        """The addresses that the organisation allows, and since when."""
        item = self._table.get(keys.REDIRECTS(self._organisation))
        return (tuple(item["redirects"]), clock.from_text(item["updated_at"])) if item else ((), None)

    def allow(self, redirects: tuple[str, ...], now: datetime) -> None:
        """Replace the addresses that the organisation allows."""
        item: Item = {"redirects": list(redirects), "updated_at": clock.to_text(now)}
        self._table.put(keys.REDIRECTS(self._organisation), item)

    def _consent(self, consent_id: str) -> Key:
        return keys.CONSENT(self._organisation, consent_id)

    def _account(self, account_id: str) -> Key:
        return keys.ACCOUNT(self._organisation, account_id)

    def _tokens(self, subject: str) -> Key:
        return keys.TOKENS(self._organisation, subject)


class ConnectedDirectory:
    """Which organisations have connected an account of a platform; the deployment's, because webhooks name accounts."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def enter(self, platform: Platform, subject: str, organisation: str) -> None:
        """Enter that an organisation has connected an account."""
        self._table.put(keys.CONNECTED(self._table.organisation, platform, subject, organisation), {})

    def leave(self, platform: Platform, subject: str, organisation: str) -> None:
        """Forget that it had."""
        self._table.delete(keys.CONNECTED(self._table.organisation, platform, subject, organisation))

    def organisations(self, platform: Platform, subject: str) -> list[str]:
        """Who has connected an account."""
        partition = keys.CONNECTED.partition(self._table.organisation, platform, subject)
        return [keys.unescape(stored.key.sk) for stored in self._table.query(partition)]


def directory() -> ConnectedDirectory:
    """The deployment's directory."""
    return ConnectedDirectory(Table(keys.DEPLOYMENT))


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp())


def _from_consent(consent: ConsentState) -> Item:
    item: Item = consent.model_dump(mode="json", exclude={"id", "expires_at"})
    return item | {
        "until": clock.to_text(consent.expires_at),
        EXPIRES_AT: _seconds(consent.expires_at + _CONSENT_KEPT),
    }


def _to_consent(consent_id: str, item: Item) -> ConsentState:
    return ConsentState(
        id=consent_id,
        platform=Platform(item["platform"]),
        session_id=item["session_id"],
        redirect_uri=item["redirect_uri"],
        flow=Flow(item["flow"]),
        expires_at=clock.from_text(item["until"]),
        reason=item.get("reason"),
    )


def _from_account(account: ConnectedAccount) -> Item:
    item: Item = account.model_dump(mode="json")
    return item


def _from_kept(kept: Kept) -> Item:
    return {
        "access": kept.access,
        "refresh": kept.refresh,
        "renewable": kept.renewable,
        "until": _text(kept.expires_at),
        "renewing_until": _text(kept.renewing_until),
        "pause_until": _text(kept.pause_until),
    }


def _to_kept(item: Item) -> Kept:
    refresh = item.get("refresh")
    return Kept(
        access=bytes(item["access"]),
        refresh=bytes(refresh) if refresh else None,
        renewable=item["renewable"],
        expires_at=_instant(item.get("until")),
        revision=item[REVISION],
        renewing_until=_instant(item.get("renewing_until")),
        pause_until=_instant(item.get("pause_until")),
    )


def _text(instant: datetime | None) -> str | None:
    return clock.to_text(instant) if instant else None


def _instant(text: str | None) -> datetime | None:
    return clock.from_text(text) if text else None
