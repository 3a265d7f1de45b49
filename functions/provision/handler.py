"""Invoked by the operator: makes an organisation and issues an admin key for it."""

from typing import Any

from watchbill.identity.models import Provision
from watchbill.platform.observability import observed
from watchbill.services import services


@observed()
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Make sure that the organisation exists, and issue a fresh key with every scope."""
    wish = Provision.model_validate(event)
    use = services(wish.organisation)
    made = use.identity.provision(wish)
    use.audit.note("identity.provision", "operator", made.key.id)
    return made.model_dump(mode="json")
