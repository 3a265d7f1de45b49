"""A sealer that needs no KMS, for tests of what is done with what it seals."""

from watchbill.platform.sealed_signing import SigningKeeper
from watchbill.platform.sealing import Sealer


class OpenSealer(Sealer):
    """Seals nothing, but knows what for."""

    def seal(self, secret: str, purpose: str, subject: str) -> bytes:
        return f"{purpose}|{subject}|{secret}".encode()

    def open(self, sealed: bytes, purpose: str, subject: str) -> str:
        kind, about, secret = sealed.decode().split("|")
        assert (kind, about) == (purpose, subject)
        return secret


SIGNINGS = SigningKeeper(OpenSealer("demo"))
