"""What API keys and the header that carries one look like. Pure."""

from dataclasses import dataclass

from watchbill.platform import ids
from watchbill.platform.tokens import Kind, new_token, organisation_of


@dataclass(frozen=True, slots=True)
class Credential:
    """A key as presented: the organisation it claims, its id, and the hash that proves it."""

    organisation: str
    key_id: str
    hash: str


def new_key(organisation: str) -> tuple[str, Credential]:
    """A fresh key for an organisation, and what it proves."""
    secret = new_token(Kind.API_KEY, organisation)
    return secret, _credential(organisation, secret)


def credential_of(secret: str) -> Credential | None:
    """What a key claims, or None when it has not the form of one."""
    organisation = organisation_of(Kind.API_KEY, secret)
    return _credential(organisation, secret) if organisation else None


def bearer(header: str | None) -> str | None:
    """The key in an Authorization header, or None."""
    scheme, _, secret = (header or "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else None


def _credential(organisation: str, secret: str) -> Credential:
    hashed = ids.secret_hash(secret)
    return Credential(organisation, ids.derived_id("key", hashed), hashed)
