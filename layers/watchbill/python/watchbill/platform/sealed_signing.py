"""Secrets that requests are signed with, as they are kept: sealed when they are written, opened when they sign.

Those that were written before secrets were sealed are text, good as they are, and sealed when their owner next writes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from watchbill.platform import clock
from watchbill.platform.sealing import Sealer
from watchbill.platform.signing import Signing

_PURPOSE = "signing secret"

Kept = bytes | str
"""A secret that is sealed, or one in clear from before."""


@dataclass(frozen=True, slots=True)
class SealedSigning:
    """A `Signing` as it is kept."""

    secret: Kept = field(repr=False)
    former: Kept | None = field(default=None, repr=False)
    former_until: datetime | None = None


def to_item(signing: SealedSigning | None) -> dict[str, Any]:
    """What an item holds of it."""
    if signing is None:
        return {}
    until = clock.to_text(signing.former_until) if signing.former_until else None
    return {"secret": signing.secret, "former_secret": signing.former, "former_until": until}


def from_item(item: Mapping[str, Any]) -> SealedSigning | None:
    """What an item holds of it, None where requests are not signed."""
    secret, former, until = (item.get(name) for name in ("secret", "former_secret", "former_until"))
    if secret is None:
        return None
    return SealedSigning(_kept(secret), former and _kept(former), until and clock.from_text(until))


class SigningKeeper:
    """Seals and opens what one organisation's requests are signed with. `subject` is whom they go to."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def kept(self, subject: str, secret: str) -> SealedSigning:
        """A new secret as it may be kept."""
        return SealedSigning(self._sealer.seal(secret, _PURPOSE, subject))

    def sealed(self, subject: str, kept: SealedSigning | None) -> SealedSigning | None:
        """What is kept, if anything, and nothing of it in clear."""
        if kept is None:
            return None
        former = None if kept.former is None else self._sealed(subject, kept.former)
        return replace(kept, secret=self._sealed(subject, kept.secret), former=former)

    def rotated(
        self, subject: str, kept: SealedSigning | None, secret: str, overlap_hours: int, now: datetime
    ) -> SealedSigning:
        """A new secret, the one there was being good for some hours more; one that is older is forgotten."""
        new = self.kept(subject, secret)
        if kept is None or not overlap_hours:
            return new
        until = now + timedelta(hours=overlap_hours)
        return replace(new, former=self._sealed(subject, kept.secret), former_until=until)

    def opened(self, subject: str, kept: SealedSigning, now: datetime) -> Signing:
        """What requests are signed with now."""
        secret, until = self._opened(subject, kept.secret), kept.former_until
        if kept.former is None or until is None or until <= now:
            return Signing(secret)
        return Signing(secret, self._opened(subject, kept.former), until)

    def _sealed(self, subject: str, secret: Kept) -> bytes:
        return self._sealer.seal(secret, _PURPOSE, subject) if isinstance(secret, str) else secret

    def _opened(self, subject: str, secret: Kept) -> str:
        return secret if isinstance(secret, str) else self._sealer.open(secret, _PURPOSE, subject)


def _kept(secret: Any) -> Kept:
    # The table gives bytes in a wrapper of its own.
    return secret if isinstance(secret, str) else bytes(secret)
