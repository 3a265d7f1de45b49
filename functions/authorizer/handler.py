"""Authorizer of the HTTP API: says whose key a request carries. What the key may do is for the routes to decide."""

from typing import Any

from watchbill.identity.rules import bearer
from watchbill.identity.service import recognise
from watchbill.platform.observability import API_CORRELATION_ID, observed


@observed(API_CORRELATION_ID)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Recognise the key. One that is not ours passes without a name, and the route answers 401 in our own words."""
    principal = recognise(bearer(event["headers"].get("authorization")))
    if principal is None:
        return {"isAuthorized": True, "context": {}}
    return {
        "isAuthorized": True,
        "context": {
            "organisation": principal.organisation,
            "keyId": principal.key_id,
            "keyName": principal.key_name,
            "scopes": " ".join(sorted(principal.scopes)),
        },
    }
