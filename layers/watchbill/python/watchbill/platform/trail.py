"""What is done on somebody's behalf, and the port through which it is written down before it is done and behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from watchbill.platform import aws
from watchbill.platform.access import Principal
from watchbill.platform.errors import WatchbillError
from watchbill.platform.observability import count, logger

_FAILED = 500

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody asks for: the name of it, at which address, in which request, and whether on the web page."""

    who: Principal
    action: str
    resource: str
    request_id: str
    on_page: bool = False


@dataclass(frozen=True, slots=True)
class End:
    """How a deed ended: the HTTP status of its answer, and the id of what it made."""

    status: int
    made: str | None = None


class Trail(Protocol):
    """Whoever writes down what is done."""

    def __call__(self, deed: Deed) -> Callable[[End], None]:
        """Write down that something is about to be done; what is returned is told how it ended.

        Either raises when it cannot write.
        """


def kept(trail: Trail, deed: Deed, work: Callable[[], T], end_of: Callable[[T], End]) -> T:
    """What `work` comes to. Nothing is done of which the trail cannot take note before."""
    ended = trail(deed)
    try:
        result = work()
    except Exception as error:
        _tell(ended, End(error.status if isinstance(error, WatchbillError) else _FAILED))
        raise
    _tell(ended, end_of(result))
    return result


def _tell(ended: Callable[[End], None], end: End) -> None:
    try:
        ended(end)
    except (aws.ClientError, aws.Unreached):
        # It is done, and who asked is to hear so. The trail goes on saying that nobody knows how it ended.
        logger().exception("how something ended could not be written down")
        count("EndsUnwritten")
