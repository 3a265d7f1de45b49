"""Files in a private bucket, as one organisation sees it. The only module that talks to S3.

Every name begins with what the file is and the organisation. Whoever is given a link may fetch that one file for some
minutes, and needs no key for it. The bucket removes exports by itself after some days; spans are removed with the item
that names them.
"""

from datetime import timedelta
from enum import StrEnum

from watchbill.platform import aws
from watchbill.platform.settings import settings

LINKS_LAST = timedelta(minutes=15)


class Kind(StrEnum):
    """What files are kept of; the value is what their names begin with."""

    EXPORTS = "exports"
    SPANS = "spans"


class Files:
    """One organisation's files of a kind."""

    def __init__(self, organisation: str, kind: Kind) -> None:
        if not organisation:
            raise ValueError("files need an organisation")
        self._beginning = f"{kind}/{organisation}"

    def put(self, name: str, content: bytes, kind: str) -> None:
        """Store a file of a media type, whatever was there."""
        aws.s3().put_object(Bucket=settings().files_bucket, Key=self._key(name), Body=content, ContentType=kind)

    def get(self, name: str) -> bytes | None:
        """What a file holds, or None when it is gone."""
        try:
            answer = aws.s3().get_object(Bucket=settings().files_bucket, Key=self._key(name))
        except aws.ClientError as error:
            # Who may not list a bucket is refused what is not there.
            if error.response["Error"]["Code"] in ("NoSuchKey", "AccessDenied"):
                return None
            raise
        return answer["Body"].read()

    def remove(self, name: str) -> None:
        """Remove a file, whether it was there or not."""
        aws.s3().delete_object(Bucket=settings().files_bucket, Key=self._key(name))

    def link(self, name: str, saved_as: str) -> str:
        """An address to fetch a file from, for `LINKS_LAST`, and the name it is then saved under."""
        asked = {
            "Bucket": settings().files_bucket,
            "Key": self._key(name),
            "ResponseContentDisposition": f'attachment; filename="{saved_as}"',
        }
        seconds = int(LINKS_LAST.total_seconds())
        return aws.s3().generate_presigned_url("get_object", Params=asked, ExpiresIn=seconds)

    def _key(self, name: str) -> str:
        return f"{self._beginning}/{name}"
