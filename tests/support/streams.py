"""A stream of an organisation in process, and what makes its reviews go on."""

from dataclasses import dataclass
from typing import Any

from tests.support.service import Service
from tests.support.steps import STREAMS, get, made


@dataclass
class StreamOf:
    """One stream, as its users see it."""

    service: Service
    key: str
    id: str

    @property
    def address(self) -> str:
        """Where it is."""
        return f"{STREAMS}/{self.id}"

    def add(self, name: str, **fields: Any) -> dict[str, Any]:
        """Add an item."""
        return made(self.service.request("POST", f"{self.address}/items", {"name": name, **fields}, key=self.key))

    def add_all(self, *items: Any) -> Any:
        """What is answered to a batch."""
        return self.service.request("POST", f"{self.address}/items", {"items": list(items)}, key=self.key)

    def change(self, item_id: str, **fields: Any) -> Any:
        """What is answered to a change of an item."""
        return self.service.request("PATCH", f"{self.address}/items/{item_id}", fields, key=self.key)

    def set(self, **fields: Any) -> Any:
        """What is answered to a change of the stream."""
        return self.service.request("PATCH", self.address, fields, key=self.key)

    def get(self, what: str = "") -> Any:
        """What a GET below it answers, which must succeed."""
        return get(self.service, self.key, self.address + what)

    def names(self, question: str = "") -> list[str]:
        """The names of its items, in order."""
        return [item["name"] for item in self.get(f"/items{question}")["items"]]
