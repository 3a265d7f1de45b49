"""Publishing to LinkedIn: images are uploaded, then the post is made.

https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api
https://learn.microsoft.com/linkedin/marketing/community-management/shares/images-api
"""

import re
from datetime import datetime, timedelta
from typing import Any

from watchbill.accounts.job import Job
from watchbill.accounts.posts import Published

HEADERS = {"LinkedIn-Version": "202511", "X-Restli-Protocol-Version": "2.0.0"}
"""The version of the API, by its month; each is kept for a year at least."""
_MOST_IMAGE = 8_000_000
_CLOCKS = timedelta(minutes=1)
_RESERVED = re.compile(r"[\\|{}@\[\]()<>*_~]|#(?!\w)")
"""What means something in LinkedIn's little text format, and stands for itself behind a backslash; `#word` is meant."""


class LinkedIn:
    """LinkedIn's Posts API."""

    def prepared(self, job: Job) -> Job:
        """The images, uploaded."""
        images: list[str] = list(job.done.get("images", []))
        for url in job.content.image_urls[len(images) :]:
            image, kind = job.api.fetched(url, _MOST_IMAGE)
            wanted = {"initializeUploadRequest": {"owner": _author(job)}}
            place = job.api.post("/rest/images", wanted, action="initializeUpload").said["value"]
            job.api.upload(str(place["uploadUrl"]), image, kind)
            images.append(str(place["image"]))
            job = job.remember(images=images)
        return job

    def post(self, job: Job) -> Published:
        """The post itself; its id is in a header."""
        asked: dict[str, Any] = {
            "author": _author(job),
            "commentary": escaped(job.content.text),
            "visibility": "PUBLIC",
            "distribution": {
                "feedDistribution": "MAIN_FEED",
                "targetEntities": [],
                "thirdPartyDistributionChannels": [],
            },
            "lifecycleState": "PUBLISHED",
            "isReshareDisabledByAuthor": False,
        }
        if content := _content(job):
            asked["content"] = content
        return _published(job.api.post("/rest/posts", asked).headers["x-restli-id"])

    def found(self, job: Job, since: datetime) -> Published | None:
        """The post among the account's newest, by its text."""
        asked = {"author": _author(job), "q": "author", "count": "10", "sortBy": "LAST_MODIFIED"}
        earliest = int((since - _CLOCKS).timestamp() * 1000)
        for each in job.api.get("/rest/posts", **asked).said.get("elements", []):
            if int(each.get("createdAt", 0)) >= earliest and each.get("commentary") == escaped(job.content.text):
                return _published(str(each["id"]))
        return None


def escaped(text: str) -> str:
    """A text that says in LinkedIn's little text format what it says."""
    return _RESERVED.sub(lambda match: f"\\{match[0]}", text)


def _author(job: Job) -> str:
    return f"urn:li:person:{job.account.subject}"


def _content(job: Job) -> dict[str, Any] | None:
    images = job.done.get("images", [])
    if len(images) > 1:
        return {"multiImage": {"images": [{"id": image} for image in images]}}
    if images:
        return {"media": {"id": images[0]}}
    if job.content.link:
        return {"article": {"source": job.content.link, "title": job.content.link[:400]}}
    return None


def _published(urn: str) -> Published:
    return Published(urn, f"https://www.linkedin.com/feed/update/{urn}/")
