"""Publishing to X: images are uploaded, then the post is made.

https://docs.x.com/x-api/posts/create-post
https://docs.x.com/x-api/media/upload-media
"""

import base64
import html
import re
from datetime import datetime, timedelta
from typing import Any

from watchbill.accounts.job import Job
from watchbill.accounts.posts import Published
from watchbill.platform import clock

HEADERS: dict[str, str] = {}
_MOST_IMAGE = 5_000_000
_ADDRESS = re.compile(r"https?://\S+")
_CLOCKS = timedelta(minutes=1)
"""How far their clock may be behind ours."""


class Twitter:
    """X's API, version 2."""

    def prepared(self, job: Job) -> Job:
        """The images, uploaded."""
        media: list[str] = list(job.done.get("media", []))
        for url in job.content.image_urls[len(media) :]:
            image, kind = job.api.fetched(url, _MOST_IMAGE)
            content = base64.b64encode(image).decode()
            asked = {"media": content, "media_category": "tweet_image", "media_type": kind}
            media.append(str(job.api.post("/media/upload", asked).said["data"]["id"]))
            job = job.remember(media=media)
        return job

    def post(self, job: Job) -> Published:
        """The post itself."""
        asked: dict[str, Any] = {"text": job.text} if job.text else {}
        if job.done.get("media"):
            asked["media"] = {"media_ids": list(job.done["media"])}
        return _published(job, job.api.post("/tweets", asked).said["data"])

    def found(self, job: Job, since: datetime) -> Published | None:
        """The post among the account's newest: X knows it by its images, or else by its text."""
        asked = {
            "max_results": "20",
            "start_time": clock.to_text(since - _CLOCKS),
            "tweet.fields": "created_at,attachments",
        }
        newest = job.api.get(f"/users/{job.account.subject}/tweets", **asked).said.get("data", [])
        return next((_published(job, each) for each in newest if _same(job, each)), None)


def _same(job: Job, tweet: dict[str, Any]) -> bool:
    shown = {str(key).rpartition("_")[2] for key in tweet.get("attachments", {}).get("media_keys", [])}
    if media := job.done.get("media"):
        return shown == set(media)
    # Addresses are shortened in what X shows.
    return not shown and _plain(html.unescape(tweet.get("text", ""))) == _plain(job.text)


def _plain(text: str) -> str:
    return " ".join(_ADDRESS.sub("", text).split())


def _published(job: Job, tweet: dict[str, Any]) -> Published:
    return Published(str(tweet["id"]), f"https://x.com/{job.account.username}/status/{tweet['id']}")
