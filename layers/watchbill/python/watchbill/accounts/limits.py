"""What each platform takes in one post, known before it is asked. Pure.

Instagram  https://developers.facebook.com/docs/instagram-platform/content-publishing
Facebook   https://developers.facebook.com/docs/pages-api/posts
X          https://docs.x.com/resources/fundamentals/counting-characters
LinkedIn   https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from watchbill.accounts.models import Platform
from watchbill.accounts.platforms import ENDPOINTS
from watchbill.accounts.posts import PostContent
from watchbill.platform.errors import Fault

_ADDRESS = re.compile(r"https?://\S+")
_HASHTAG, _MENTION = re.compile(r"(?<!\w)#\w+"), re.compile(r"(?<!\w)@\w+")
_X_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
"""The code points that count once; all others count twice."""
_X_ADDRESS, _X_MOST, _X_IMAGES = 23, 280, 4
_INSTAGRAM_TEXT, _INSTAGRAM_HASHTAGS, _INSTAGRAM_MENTIONS, _INSTAGRAM_ITEMS = 2_200, 30, 20, 10
_FACEBOOK_TEXT, _FACEBOOK_IMAGES = 63_206, 10
_LINKEDIN_TEXT, _LINKEDIN_IMAGES = 3_000, 20
_NO_JPEG = (".png", ".gif", ".webp", ".svg", ".bmp", ".tiff", ".heic")


def faults_of(platform: Platform, content: PostContent) -> list[Fault]:
    """What a platform would refuse a post for; nothing when it would take it."""
    if not ENDPOINTS[platform].publishes:
        title = ENDPOINTS[platform].title
        return [Fault("platform", f"nothing is published to {title}: its accounts are connected only")]
    return [Fault(f"content.{path}", said) for path, said in _CHECKS[platform](content)]


def x_length(text: str) -> int:
    """How long X takes a text to be."""
    addresses = len(_ADDRESS.findall(text))
    return addresses * _X_ADDRESS + sum(1 if _is_light(sign) else 2 for sign in _ADDRESS.sub("", text))


def _is_light(sign: str) -> bool:
    return any(first <= ord(sign) <= last for first, last in _X_LIGHT)


def _twitter(content: PostContent) -> Iterator[tuple[str, str]]:
    text = " ".join(filter(None, (content.text, content.link)))
    if (length := x_length(text)) > _X_MOST:
        yield "text", f"X takes {_X_MOST} characters, and counts {length} here"
    if len(content.image_urls) > _X_IMAGES:
        yield "imageUrls", f"X takes {_X_IMAGES} images"
    if content.video_url:
        yield "videoUrl", "videos are published to Instagram and Facebook only"


def _instagram(content: PostContent) -> Iterator[tuple[str, str]]:
    items = len(content.image_urls) + bool(content.video_url)
    if not items:
        yield "imageUrls", "Instagram shows images and videos: there is none"
    if items > _INSTAGRAM_ITEMS:
        yield "imageUrls", f"Instagram takes {_INSTAGRAM_ITEMS} images and videos"
    if len(content.text) > _INSTAGRAM_TEXT:
        yield "text", f"Instagram takes {_INSTAGRAM_TEXT:,} characters"
    if len(_HASHTAG.findall(content.text)) > _INSTAGRAM_HASHTAGS:
        yield "text", f"Instagram takes {_INSTAGRAM_HASHTAGS} hashtags"
    if len(_MENTION.findall(content.text)) > _INSTAGRAM_MENTIONS:
        yield "text", f"Instagram takes {_INSTAGRAM_MENTIONS} mentions"
    if content.link:
        yield "link", "Instagram shows no links"
    for number, url in enumerate(content.image_urls):
        if urlsplit(url).path.lower().endswith(_NO_JPEG):
            yield f"imageUrls.{number}", "Instagram takes JPEG images only"


def _facebook(content: PostContent) -> Iterator[tuple[str, str]]:
    if len(content.text) > _FACEBOOK_TEXT:
        yield "text", f"Facebook takes {_FACEBOOK_TEXT:,} characters"
    if len(content.image_urls) > _FACEBOOK_IMAGES:
        yield "imageUrls", f"Facebook takes {_FACEBOOK_IMAGES} images"
    if sum(map(bool, (content.image_urls, content.video_url, content.link))) > 1:
        yield "imageUrls", "Facebook takes images, a video or a link, and not two of these together"


def _linkedin(content: PostContent) -> Iterator[tuple[str, str]]:
    if len(content.text) > _LINKEDIN_TEXT:
        yield "text", f"LinkedIn takes {_LINKEDIN_TEXT:,} characters"
    if len(content.image_urls) > _LINKEDIN_IMAGES:
        yield "imageUrls", f"LinkedIn takes {_LINKEDIN_IMAGES} images"
    if content.image_urls and content.link:
        yield "link", "LinkedIn takes images or a link, and not both together"
    if content.video_url:
        yield "videoUrl", "videos are published to Instagram and Facebook only"


_CHECKS = {
    Platform.TWITTER: _twitter,
    Platform.INSTAGRAM: _instagram,
    Platform.FACEBOOK: _facebook,
    Platform.LINKEDIN: _linkedin,
}
