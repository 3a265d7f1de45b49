"""Publishing to Instagram: a container is made, which it fills from our addresses, and published when it is ready.

A container is published once, so asking for that a second time shows nothing twice.
https://developers.facebook.com/docs/instagram-platform/content-publishing
"""

from datetime import datetime, timedelta

from watchbill.accounts.calls import Limited, NotReady, Rejected, TokenRefused
from watchbill.accounts.grants import NotNow
from watchbill.accounts.job import Job
from watchbill.accounts.posts import Published

HEADERS: dict[str, str] = {}
_LOOKED_AFTER = 10.0
"""Seconds; videos take minutes, and are asked about once a minute at most by its documents."""
_VIDEO_LOOKED_AFTER = 60.0
_CLOCKS = timedelta(minutes=1)


class Instagram:
    """The Instagram API with Instagram Login."""

    def prepared(self, job: Job) -> Job:
        """The container, ready to be published. Raises NotReady while it is not."""
        job = self._contained(job)
        status = self._status(job)
        match status:
            case "FINISHED" | "PUBLISHED":
                return job
            case "IN_PROGRESS":
                raise NotReady(_VIDEO_LOOKED_AFTER if job.content.video_url else _LOOKED_AFTER)
            case "EXPIRED":
                job.remember(container=None, children=[])
                raise NotReady(_LOOKED_AFTER)
            case _:
                raise Rejected("Instagram could not take the media: it wants JPEG images and MP4 videos it can fetch")

    def post(self, job: Job) -> Published:
        """The post itself."""
        path = f"/{job.account.subject}/media_publish"
        media = str(job.api.form(path, creation_id=str(job.done["container"])).said["id"])
        return self._shown(job, media)

    def found(self, job: Job, since: datetime) -> Published | None:
        """The post among the account's newest, when the container says that it was published."""
        if not job.done.get("container") or self._status(job) != "PUBLISHED":
            return None
        asked = {"fields": "id,caption,timestamp,permalink", "limit": "10", "since": _seconds(since - _CLOCKS)}
        newest = job.api.get(f"/{job.account.subject}/media", **asked).said.get("data", [])
        for each in newest:
            if str(each.get("caption", "")).strip() == job.content.text.strip():
                return Published(str(each["id"]), str(each.get("permalink", "")))
        # It is there, says the container, which is what counts: under the container's id it is at least not lost.
        return Published(str(job.done["container"]))

    def _contained(self, job: Job) -> Job:
        if job.done.get("container"):
            return job
        path, content = f"/{job.account.subject}/media", job.content
        medium = [{"image_url": url} for url in content.image_urls]
        medium += [{"media_type": "REELS", "video_url": content.video_url}] if content.video_url else []
        if len(medium) == 1:
            wanted = medium[0]
        else:
            children: list[str] = list(job.done.get("children", []))
            for each in medium[len(children) :]:
                kind = {"media_type": "VIDEO"} if "video_url" in each else {}
                child = job.api.form(path, **{**each, **kind}, is_carousel_item="true")
                children.append(str(child.said["id"]))
                job = job.remember(children=children)
            wanted = {"media_type": "CAROUSEL", "children": ",".join(children)}
        made = job.api.form(path, **wanted, caption=content.text)
        return job.remember(container=str(made.said["id"]))

    @staticmethod
    def _status(job: Job) -> str:
        return str(job.api.get(f"/{job.done['container']}", fields="status_code").said.get("status_code", ""))

    @staticmethod
    def _shown(job: Job, media: str) -> Published:
        # Where it is seen is worth a question, and not worth a failure.
        try:
            return Published(media, str(job.api.get(f"/{media}", fields="permalink").said.get("permalink", "")))
        except (NotNow, Limited, Rejected, TokenRefused):
            return Published(media)


def _seconds(instant: datetime) -> str:
    return str(int(instant.timestamp()))
