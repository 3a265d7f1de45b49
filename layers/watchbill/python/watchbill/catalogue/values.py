"""An entry of the catalogue: what an event is called, when it is told, and what its data is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from watchbill.platform.wire import Model


@dataclass(frozen=True, slots=True)
class Told:
    """An event: `event` is its name, `where` the room, `session` or `socket` that is told, or the `bus`.

    `when` is one sentence for readers, `data` what the event says, `example` such data as JSON.
    """

    event: str
    where: str
    when: str
    data: type[Model]
    example: Mapping[str, Any]
