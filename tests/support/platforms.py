"""Instagram, Facebook, X and LinkedIn on the loopback interface: they check each request against their documents.

A request that their documents do not know is kept as `wrong`, and refused. `mishaps` are what goes wrong: where,
whether what was asked for is done all the same, and what is answered.
"""

import base64
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.integration.client.server import HANG_UP, Reply, Seen
from tests.support.authorization_server import OWNER, form

IMAGE = b"\xff\xd8\xff\xe0 a photo"
PAGE = "777"
GENERATE = "/generate/"
"""Where a backend generates media, which is beside them."""
LINKEDIN_POST = {
    "author",
    "commentary",
    "visibility",
    "distribution",
    "lifecycleState",
    "isReshareDisabledByAuthor",
    "content",
}


@dataclass(frozen=True)
class Mishap:
    """What goes wrong with the next request to a path: `done` says whether it is done all the same."""

    method: str
    path: str
    reply: Reply = HANG_UP
    done: bool = False
    repeats: bool = False
    """Whether it says in its refusal what it was shown as a token."""

    def said(self, request: Seen) -> Reply:
        """What is answered."""
        shown = request.headers["authorization"].removeprefix("Bearer ")
        words = f"Malformed access token {shown}"
        meta = {"message": words, "code": 100}
        return Reply(400, {"detail": words, "message": words, "error": meta}) if self.repeats else self.reply


@dataclass
class Platforms:
    """All four of them, each with its posts."""

    url: str = ""
    posts: list[dict[str, Any]] = field(default_factory=list)
    uploads: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    mishaps: list[Mishap] = field(default_factory=list)
    waits: list[str] = field(default_factory=list)
    """What Instagram says of its containers, one after the other, before they are finished."""
    containers: dict[str, dict[str, str]] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    _busy: threading.Lock = field(default_factory=threading.Lock)

    def begin_anew(self) -> None:
        """Forget everything."""
        for remembered in (self.posts, self.uploads, self.wrong, self.mishaps, self.waits, self.containers, self.seen):
            remembered.clear()

    def answer(self, request: Seen) -> Reply:
        """The answer to a request."""
        self.seen.append(request)
        mishap = next((m for m in self.mishaps if m.method == request.method and m.path == request.path), None)
        if mishap:
            self.mishaps.remove(mishap)
            if not mishap.done:
                return mishap.said(request)
        if request.path.startswith(GENERATE):
            return Reply(200, {"url": f"https://media.example.com/{request.path.removeprefix(GENERATE)}"})
        if request.path.startswith("/photo"):
            return Reply(200, IMAGE, {"Content-Type": "image/jpeg"})
        try:
            with self._busy:
                reply = self._of(request)
        except AssertionError as error:
            self.wrong.append(f"{request.method} {request.path}: {error}")
            reply = Reply(400, {"error": {"message": "this is not as documented", "code": 100}})
        return mishap.reply if mishap else reply

    def _of(self, request: Seen) -> Reply:
        assert request.headers["authorization"].startswith("Bearer "), "no token"
        routes: dict[tuple[str, str], Callable[[Seen], Reply]] = {
            ("POST", "/2/media/upload"): self._x_upload,
            ("POST", "/2/tweets"): self._x_post,
            ("GET", f"/2/users/{OWNER}/tweets"): self._x_newest,
            ("POST", "/rest/images"): self._linkedin_image,
            ("PUT", "/dms-uploads/image"): self._linkedin_upload,
            ("POST", "/rest/posts"): self._linkedin_post,
            ("GET", "/rest/posts"): self._linkedin_newest,
            ("POST", f"/v23.0/{PAGE}/photos"): self._facebook_photo,
            ("POST", f"/v23.0/{PAGE}/feed"): self._facebook_post,
            ("GET", f"/v23.0/{PAGE}/published_posts"): self._facebook_newest,
            ("POST", f"/v23.0/{OWNER}/media"): self._instagram_container,
            ("POST", f"/v23.0/{OWNER}/media_publish"): self._instagram_post,
            ("GET", f"/v23.0/{OWNER}/media"): self._instagram_newest,
        }
        known = routes.get((request.method, request.path))
        if known is None and request.method == "GET" and request.path.startswith("/v23.0/"):
            return self._instagram_thing(request)
        assert known, "there is no such address"
        return known(request)

    def _x_upload(self, request: Seen) -> Reply:
        assert set(request.json) == {"media", "media_category", "media_type"}
        assert request.json["media_category"] == "tweet_image"
        assert base64.b64decode(request.json["media"]) == IMAGE
        self.uploads.append(f"9{len(self.uploads)}")
        return Reply(200, {"data": {"id": self.uploads[-1], "media_key": f"3_{self.uploads[-1]}"}})

    def _x_post(self, request: Seen) -> Reply:
        assert set(request.json) <= {"text", "media"}
        media = request.json.get("media", {}).get("media_ids", [])
        assert set(media) <= set(self.uploads)
        keys = {"attachments": {"media_keys": [f"3_{each}" for each in media]}} if media else {}
        # X shortens addresses and writes signs as HTML does.
        text = request.json.get("text", "").replace("&", "&amp;").replace("https://example.com/", "https://t.co/x1")
        self.posts.append({"id": f"19{len(self.posts)}", "text": text, **keys})
        return Reply(201, {"data": {"id": self.posts[-1]["id"], "text": text}})

    def _x_newest(self, request: Seen) -> Reply:
        assert request.query["tweet.fields"] == "created_at,attachments"
        assert 5 <= int(request.query["max_results"]) <= 100
        return Reply(200, {"data": self.posts[::-1], "meta": {"result_count": len(self.posts)}})

    def _linkedin(self, request: Seen) -> None:
        assert request.headers["linkedin-version"].isdecimal()
        assert len(request.headers["linkedin-version"]) == 6
        assert request.headers["x-restli-protocol-version"] == "2.0.0"

    def _linkedin_image(self, request: Seen) -> Reply:
        self._linkedin(request)
        assert request.query == {"action": "initializeUpload"}
        assert request.json == {"initializeUploadRequest": {"owner": f"urn:li:person:{OWNER}"}}
        self.uploads.append(f"urn:li:image:C{len(self.uploads)}")
        return Reply(200, {"value": {"uploadUrl": f"{self.url}/dms-uploads/image", "image": self.uploads[-1]}})

    def _linkedin_upload(self, request: Seen) -> Reply:
        assert request.body == IMAGE
        return Reply(201)

    def _linkedin_post(self, request: Seen) -> Reply:
        self._linkedin(request)
        assert set(request.json) <= LINKEDIN_POST
        assert request.json["author"] == f"urn:li:person:{OWNER}"
        assert request.json["lifecycleState"] == "PUBLISHED"
        urn = f"urn:li:share:6844{len(self.posts)}"
        self.posts.append({"id": urn, "createdAt": 4_102_444_800_000, **request.json})
        return Reply(201, b"", {"x-restli-id": urn})

    def _linkedin_newest(self, request: Seen) -> Reply:
        self._linkedin(request)
        assert request.query["q"] == "author"
        return Reply(200, {"elements": self.posts[::-1]})

    def _facebook_photo(self, request: Seen) -> Reply:
        asked = form(request)
        assert asked["url"].startswith("http")
        if asked.get("published") == "false":
            self.uploads.append(f"55{len(self.uploads)}")
            return Reply(200, {"id": self.uploads[-1]})
        self.posts.append({"id": f"{PAGE}_{len(self.posts)}", "message": asked.get("caption", "")})
        return Reply(200, {"id": "551", "post_id": self.posts[-1]["id"]})

    def _facebook_post(self, request: Seen) -> Reply:
        asked = form(request)
        media = [json.loads(value)["media_fbid"] for name, value in asked.items() if name.startswith("attached_media[")]
        assert set(media) <= set(self.uploads)
        self.posts.append({"id": f"{PAGE}_{len(self.posts)}", "message": asked.get("message", ""), "media": media})
        return Reply(200, {"id": self.posts[-1]["id"]})

    def _facebook_newest(self, request: Seen) -> Reply:
        assert request.query["fields"] == "id,message,created_time"
        return Reply(200, {"data": self.posts[::-1]})

    def _instagram_container(self, request: Seen) -> Reply:
        asked = form(request)
        assert ("image_url" in asked) + ("video_url" in asked) + ("children" in asked) == 1
        assert asked.get("media_type") in (None, "REELS", "VIDEO", "CAROUSEL")
        assert set(asked.get("children", "").split(",")) <= {*self.containers, ""}
        container = f"178{len(self.containers)}"
        self.containers[container] = {**asked, "status_code": "FINISHED"}
        return Reply(200, {"id": container})

    def _instagram_post(self, request: Seen) -> Reply:
        container = self.containers[form(request)["creation_id"]]
        assert container["status_code"] == "FINISHED", "it is published, or not ready"
        container["status_code"] = "PUBLISHED"
        self.posts.append({"id": f"179{len(self.posts)}", "caption": container.get("caption", "")})
        return Reply(200, {"id": self.posts[-1]["id"]})

    def _instagram_newest(self, request: Seen) -> Reply:
        assert request.query["fields"] == "id,caption,timestamp,permalink"
        return Reply(200, {"data": self.posts[::-1]})

    def _instagram_thing(self, request: Seen) -> Reply:
        thing = request.path.rpartition("/")[2]
        if thing in self.containers:
            assert request.query == {"fields": "status_code"}
            return Reply(
                200, {"status_code": self.waits.pop(0) if self.waits else self.containers[thing]["status_code"]}
            )
        assert request.query == {"fields": "permalink"}
        return Reply(200, {"id": thing, "permalink": f"https://www.instagram.com/p/{thing}/"})
