"""Identifiers: the only source of new ones, and of ones derived from what they identify."""

import hashlib
import secrets

from ulid import ULID

from watchbill.platform import clock

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def new_id() -> str:
    """A new ULID: 26 characters of Crockford's base 32 that sort by the time they were made."""
    return str(ULID.from_datetime(clock.now()))


def derived_id(*parts: str) -> str:
    """26 characters in a ULID's alphabet that are the same for the same parts, for idempotent creation."""
    return str(ULID.from_bytes(_digest(*parts)[:16]))


def derived_hex(*parts: str, digits: int) -> str:
    """The first `digits` hex digits of the parts' digest."""
    return _digest(*parts).hex()[:digits]


def shard_of(text: str, shards: int) -> int:
    """Which of `shards` equal shares `text` falls into; the same on every machine, for ever."""
    return int.from_bytes(_digest(text)[:4]) % shards


def fraction(*parts: str) -> float:
    """A number between 0 and 1, both excluded, that is the same for the same parts, and evenly spread over others."""
    # As many bits as a float can hold beside the half that keeps both ends out.
    return ((int.from_bytes(_digest(*parts)[:8]) >> 12) + 0.5) / (1 << 52)


def to_bytes(id: str) -> bytes:
    """The 16 bytes of an id of 26 characters."""
    return ULID.from_str(id).bytes


def from_bytes(packed: bytes) -> str:
    """The id in 16 bytes."""
    return str(ULID.from_bytes(packed))


def new_secret(characters: int) -> str:
    """A random secret in base 62: 43 characters hold 256 bits."""
    return "".join(secrets.choice(_BASE62) for _ in range(characters))


def new_signing_key() -> bytes:
    """A random key of 256 bits for signatures."""
    return secrets.token_bytes(32)


def secret_hash(secret: str) -> str:
    """SHA-256 of a secret in hex. Our secrets are random and long, so that a slow hash would protect nothing."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _digest(*parts: str) -> bytes:
    # Lengths first, so that ("a", "bc") and ("ab", "c") differ.
    framed = b"".join(len(part.encode()).to_bytes(4) + part.encode() for part in parts)
    return hashlib.sha256(framed).digest()
