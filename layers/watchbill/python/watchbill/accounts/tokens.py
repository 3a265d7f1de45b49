"""What a platform grants: tokens, which nothing shows that is printed, and whose they are."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Tokens:
    """The right to act for an account until an instant, None for as long as nobody takes it back."""

    access: str = field(repr=False)
    refresh: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grant:
    """Tokens of one account, and who it is: the platform's own id, what it is called there, and its title."""

    subject: str
    username: str
    name: str
    tokens: Tokens


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """What a platform knows this deployment by.

    `challenge` is what its webhooks are set up with, and `webhooks` what they are signed with.
    """

    id: str
    secret: str = field(repr=False)
    challenge: str = field(default="", repr=False)
    webhooks: str = field(default="", repr=False)
