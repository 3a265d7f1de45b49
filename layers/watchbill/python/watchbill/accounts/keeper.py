"""Tokens kept: sealed when they are stored, opened when they are used, renewed by one of all who want them.

Who finds a token that is nearly over says in the table that it renews it, in one conditional write; whoever is second
waits until the new one is there. So a refresh token that is good for one use is used once. When the one who renews
dies, its word is good for `rules.RENEWING`.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from watchbill.accounts import rules
from watchbill.accounts.grants import NotGranted, NotNow
from watchbill.accounts.rules import Kept, Renew, Spent, Use, Wait
from watchbill.accounts.store import AccountStore
from watchbill.accounts.tokens import Tokens
from watchbill.platform import clock
from watchbill.platform.sealing import Sealer
from watchbill.platform.table import Changed

_LONGEST_WAIT = 25.0
"""Seconds that anybody waits for another's renewal."""
_LOOKED_AFTER = 0.15
ACCESS, REFRESH = "access token", "refresh token"

Renewal = Callable[[Tokens], Tokens]
"""New tokens for those that are kept. Raises NotGranted, NotNow."""


class TokenKeeper:
    """One organisation's tokens, by their subject: an account, or a service that knows us by ourselves."""

    def __init__(self, store: AccountStore, sealer: Sealer) -> None:
        self._store = store
        self._sealer = sealer

    def sealed(self, subject: str, tokens: Tokens, *, renewable: bool, revision: int = 0) -> Kept:
        """Tokens as they may be kept."""
        return Kept(
            access=self._sealer.seal(tokens.access, ACCESS, subject),
            refresh=self._sealer.seal(tokens.refresh, REFRESH, subject) if tokens.refresh else None,
            renewable=renewable,
            expires_at=tokens.expires_at,
            revision=revision,
        )

    def usable(self, subject: str, renew: Renewal) -> str:
        """An access token that is good for the next minutes. Raises NotGranted when there is none, NotNow.

        One that was refused once is not asked for again: whoever is told so says it of the account.
        """
        give_up = clock.ticks() + _LONGEST_WAIT
        while (kept := self._store.tokens(subject)) is not None:
            match rules.step(kept, clock.now()):
                case Use():
                    return self._sealer.open(kept.access, ACCESS, subject)
                case Spent(reason, final):
                    raise NotGranted(reason) if final else NotNow(reason)
                case Renew() if (held := self._held(subject, kept)) is not None:
                    return self._renewed(subject, held, renew)
                case Wait() if clock.ticks() > give_up:
                    raise NotNow("its token is being renewed, and has been for long")
                case _:
                    clock.pause(_LOOKED_AFTER)
        raise NotGranted("there are no tokens of it")

    def first(self, subject: str, ask: Callable[[], Tokens]) -> str:
        """As `usable`, for a service that gives us tokens whenever we ask; the first is asked for here."""
        if self._store.tokens(subject) is None:
            # An item that has been over for ever is renewed as any other is, by one of all who want it.
            over = replace(self.sealed(subject, Tokens("none yet"), renewable=True), expires_at=clock.now())
            with suppress(Changed):  # somebody else has begun
                self._store.keep(subject, over)
        return self.usable(subject, lambda _: ask())

    def forget(self, subject: str) -> None:
        """Forget tokens, whatever they are good for."""
        self._store.drop_tokens(subject)

    def opened(self, subject: str) -> Tokens | None:
        """The tokens as they are, good or not, or None."""
        kept = self._store.tokens(subject)
        return self._opened(subject, kept) if kept else None

    def _held(self, subject: str, kept: Kept) -> Kept | None:
        """The tokens, as ours to renew; None when somebody else was quicker."""
        ours = replace(kept, renewing_until=clock.now() + rules.RENEWING, pause_until=None)
        try:
            return self._store.keep(subject, ours)
        except Changed:
            return None

    def _renewed(self, subject: str, held: Kept, renew: Renewal) -> str:
        try:
            tokens = renew(self._opened(subject, held))
        except NotGranted:
            # Nobody asks again, nor waits for who has asked.
            self._kept(subject, replace(held, renewing_until=None, renewable=False, expires_at=clock.now()))
            raise
        except NotNow:
            failed = replace(held, renewing_until=None, pause_until=clock.now() + rules.PAUSE_AFTER_FAILURE)
            self._kept(subject, failed)
            if held.expires_at and held.expires_at > clock.now():
                return self._sealer.open(held.access, ACCESS, subject)
            raise
        new = self.sealed(subject, tokens, renewable=held.renewable, revision=held.revision)
        self._kept(subject, new)
        return tokens.access

    def _kept(self, subject: str, kept: Kept) -> None:
        # If it was connected anew or forgotten meanwhile, what is there now is newer than ours.
        with suppress(Changed):
            self._store.keep(subject, kept)

    def _opened(self, subject: str, kept: Kept) -> Tokens:
        refresh = self._sealer.open(kept.refresh, REFRESH, subject) if kept.refresh else None
        return Tokens(self._sealer.open(kept.access, ACCESS, subject), refresh, kept.expires_at)
