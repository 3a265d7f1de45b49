"""Who asks, and what a key may do."""

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """What a key may do."""

    INGEST = "ingest"
    READ = "read"
    EXECUTE = "execute"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: a key of an organisation, and what it was called when it was issued."""

    organisation: str
    key_id: str
    scopes: frozenset[str]
    key_name: str = ""
