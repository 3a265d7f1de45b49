"""Secrets that requests are signed with, as they are kept: sealed when they are written, opened when they sign.

Those that were written before secrets were sealed are text, good as they are, and sealed when their owner next writes.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

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


class SigningKeeper:
    """Seals and opens what one organisation's requests are signed with. `subject` is whom they go to."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def kept(self, subject: str, secret: str) -> SealedSigning:
        """A new secret as it may be kept."""
        return SealedSigning(self._sealer.seal(secret, _PURPOSE, subject))

    def sealed(self, subject: str, kept: SealedSigning) -> SealedSigning:
        """What is kept, and nothing of it in clear."""
        former = None if kept.former is None else self._sealed(subject, kept.former)
        return replace(kept, secret=self._sealed(subject, kept.secret), former=former)

    def rotated(
        self, subject: str, kept: SealedSigning, secret: str, overlap_hours: int, now: datetime
    ) -> SealedSigning:
        """A new secret, the old one being good for some hours more; one that is older is forgotten."""
        new = self.kept(subject, secret)
        if not overlap_hours:
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
