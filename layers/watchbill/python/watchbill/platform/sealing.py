"""Secrets of others that must be kept and read again: encrypted by KMS, each for one purpose of one organisation.

What a secret is about is part of its encryption: text that is copied to another item, or to another organisation's, is
no secret there, because KMS does not decrypt it under another context. The only module that talks to KMS.
"""

from watchbill.platform import aws
from watchbill.platform.settings import settings

MOST_BYTES = 4_096
"""What KMS encrypts in one request."""


class NotSealable(ValueError):
    """A secret is longer than what is kept of one."""


class NotOurs(RuntimeError):
    """What was to be opened was not sealed for this purpose of this organisation: a bug, or somebody's doing."""


class Sealer:
    """Seals and opens one organisation's secrets."""

    def __init__(self, organisation: str) -> None:
        self._organisation = organisation

    def seal(self, secret: str, purpose: str, subject: str) -> bytes:
        """A secret as it may be kept: what it is for, and what it is about, are part of it. Raises NotSealable."""
        plain = secret.encode()
        if not 0 < len(plain) <= MOST_BYTES:
            raise NotSealable(f"a secret has 1 to {MOST_BYTES:,} bytes")
        context = self._context(purpose, subject)
        answer = aws.kms().encrypt(KeyId=settings().sealing_key, Plaintext=plain, EncryptionContext=context)
        return answer["CiphertextBlob"]

    def open(self, sealed: bytes, purpose: str, subject: str) -> str:
        """The secret that was sealed for this. Raises NotOurs."""
        context = self._context(purpose, subject)
        try:
            answer = aws.kms().decrypt(KeyId=settings().sealing_key, CiphertextBlob=sealed, EncryptionContext=context)
        except aws.ClientError as error:
            if error.response["Error"]["Code"] in ("InvalidCiphertextException", "IncorrectKeyException"):
                raise NotOurs(f"what is kept as {purpose} of {subject!r} was not sealed for that") from error
            raise
        return answer["Plaintext"].decode()

    def _context(self, purpose: str, subject: str) -> dict[str, str]:
        return {"organisation": self._organisation, "purpose": purpose, "subject": subject}
