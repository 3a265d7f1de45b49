"""Feeds that write of the same things for weeks, and of something else in the last one."""

from datetime import timedelta
from email.utils import format_datetime

from watchbill.platform import clock

NEWS = "Baterías cuánticas"
"""What nobody told of before the last seven days."""
_WORDS = ("harbour", "sails", "rope", "deck", "anchor", "keel", "mast")


def feed(paper: str) -> bytes:
    """A paper's feed: two entries a day of five weeks."""
    return f"<rss><channel>{''.join(_item(paper, number) for number in range(70))}</channel></rss>".encode()


def _item(paper: str, number: int) -> str:
    at = format_datetime(clock.now() - timedelta(hours=12 * number + 1))
    title = f"{NEWS if number < 14 else 'Nothing new'}, {_WORDS[number % 7]} {_WORDS[number % 5]}"
    return f"<item><title>{title}</title><link>https://{paper}.example/{number}</link><pubDate>{at}</pubDate></item>"
