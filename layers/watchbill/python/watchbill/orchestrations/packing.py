"""An orchestration as an item. Pure."""

from watchbill.orchestrations.models import Orchestration
from watchbill.platform.items import Item


def to_orchestration(item: Item) -> Orchestration:
    """The orchestration in an item."""
    return Orchestration.model_validate_json(item["orchestration"])


def from_orchestration(orchestration: Orchestration) -> Item:
    """The item of an orchestration; its status stays readable for the stream's consumers."""
    packed = orchestration.model_dump_json(exclude_none=True)
    return {"orchestration": packed, "status": orchestration.status.value}
