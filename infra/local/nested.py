"""Stacks within stacks as AWS updates them: what has not changed in one still has its attributes.

When the emulator updates a stack within another, it forgets the attributes of every resource that stays as it is, and
then fails at the first thing that refers to one, such as a function to the ARN of its role. This hands them over, as
the emulator itself does for a stack that stands alone.
"""

from collections.abc import Mapping
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import provisioners


def install() -> None:
    """Have the emulator's updates begin with the attributes that a resource has."""
    update = provisioners._update_resource

    def update_knowing(
        kind: str,
        physical_id: str,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        stack: str,
        logical_id: str | None = None,
        attributes: Mapping[str, Any] | None = None,
    ) -> Any:
        known = attributes or _attributes(stack, logical_id)
        return update(kind, physical_id, before, after, stack, logical_id, known)

    provisioners._update_resource = update_knowing


def _attributes(stack: str, logical_id: str | None) -> Mapping[str, Any]:
    resources = cloudformation._stacks.get(stack, {}).get("_resources", {})
    found: Mapping[str, Any] = resources.get(logical_id, {}).get("Attributes", {})
    return found
