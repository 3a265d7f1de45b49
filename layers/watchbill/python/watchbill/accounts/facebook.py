"""Publishing to a Facebook page: its feed, its photos, its videos.

https://developers.facebook.com/docs/pages-api/posts
"""

import json
from datetime import datetime, timedelta

from watchbill.accounts.job import Job
from watchbill.accounts.posts import Published

HEADERS: dict[str, str] = {}
_CLOCKS = timedelta(minutes=1)


class Facebook:
    """The Pages API. A page is published to with its own token."""

    def prepared(self, job: Job) -> Job:
        """Where there are several images, each of them, uploaded without being shown."""
        photos: list[str] = list(job.done.get("photos", []))
        wanted = job.content.image_urls if len(job.content.image_urls) > 1 else ()
        for url in wanted[len(photos) :]:
            answer = job.api.form(f"/{job.account.subject}/photos", url=url, published="false")
            photos.append(str(answer.said["id"]))
            job = job.remember(photos=photos)
        return job

    def post(self, job: Job) -> Published:
        """The post itself."""
        page, content = job.account.subject, job.content
        if content.video_url:
            said = job.api.form(f"/{page}/videos", file_url=content.video_url, description=content.text).said
        elif len(content.image_urls) == 1:
            said = job.api.form(f"/{page}/photos", url=content.image_urls[0], caption=content.text).said
        else:
            photos = {
                f"attached_media[{number}]": json.dumps({"media_fbid": photo})
                for number, photo in enumerate(job.done.get("photos", []))
            }
            link = {"link": content.link} if content.link else {}
            said = job.api.form(f"/{page}/feed", message=content.text, **link, **photos).said
        return _published(str(said.get("post_id") or said["id"]))

    def found(self, job: Job, since: datetime) -> Published | None:
        """The post in the page's feed, by its text and time."""
        asked = {"fields": "id,message,created_time", "since": str(int((since - _CLOCKS).timestamp())), "limit": "25"}
        for each in job.api.get(f"/{job.account.subject}/published_posts", **asked).said.get("data", []):
            if str(each.get("message", "")).strip() == job.content.text.strip():
                return _published(str(each["id"]))
        return None


def _published(post_id: str) -> Published:
    return Published(post_id, f"https://www.facebook.com/{post_id}")
