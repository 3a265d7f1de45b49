"""Files that users fetch, in a private bucket, as one organisation sees it. The only module that talks to S3.

Every name begins with the organisation. Whoever is given a link may fetch that one file for some minutes, and needs no
key for it; the bucket removes files by itself after some days.
"""

from datetime import timedelta

from watchbill.platform import aws
from watchbill.platform.settings import settings

LINKS_LAST = timedelta(minutes=15)


class Files:
    """One organisation's files."""

    def __init__(self, organisation: str) -> None:
        if not organisation:
            raise ValueError("files need an organisation")
        self._organisation = organisation

    def put(self, name: str, content: bytes, kind: str) -> None:
        """Store a file of a media type, whatever was there."""
        aws.s3().put_object(Bucket=settings().files_bucket, Key=self._key(name), Body=content, ContentType=kind)

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
        return f"{self._organisation}/{name}"
