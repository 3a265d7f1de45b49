"""Idempotency-Key: the same request sent again gets the first answer again. Built on Powertools' idempotency.

Imported at first use only: the machinery costs a cold start about 100 ms that requests without the header need not pay.
"""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyValidationError,
)

from watchbill.platform import aws, keys
from watchbill.platform.errors import Conflict, Unprocessable
from watchbill.platform.settings import settings
from watchbill.platform.table import EXPIRES_AT

REMEMBERED_SECONDS = 24 * 3600

Answer = dict[str, Any]

_NO_CLIENT: Any = object()
"""What stores are made with. Each of them, of which every request has one, would have the client that it is given add
to all that is sent from then on that Powertools asks, and look for it among what the stores before have added."""


def once(organisation: str, request: str, body: str, work: Callable[[], Answer], context: Any) -> Answer:
    """What `work` answers, or what it answered when the same request was first made.

    `request` names who asks for what (key, route, Idempotency-Key), `body` what it carries. An answer of 4xx or 5xx is
    not kept. Raises Conflict while the first is still running, Unprocessable when the body is another one.
    """
    config = IdempotencyConfig(
        event_key_jmespath="request",
        payload_validation_jmespath="body",
        expires_after_seconds=REMEMBERED_SECONDS,
        lambda_context=context,
    )
    guarded = idempotent_function(
        lambda data: work(),  # noqa: ARG005 - Powertools looks at `data`, the work needs none of it
        data_keyword_argument="data",
        key_prefix=keys.IDEMPOTENCY.prefix().removesuffix(keys.SEPARATOR),  # Powertools adds it, and a hash
        persistence_store=_store(organisation, request),
        config=config,
    )
    try:
        return guarded(data={"request": request, "body": body})  # type: ignore[no-any-return]
    except IdempotencyAlreadyInProgressError as error:
        raise Conflict("a request with this Idempotency-Key is still being answered", retry_after=1) from error
    except IdempotencyValidationError as error:
        raise Unprocessable("this Idempotency-Key was used with another body") from error


def _store(organisation: str, request: str) -> DynamoDBPersistenceLayer:
    store = DynamoDBPersistenceLayer(
        table_name=settings().table_name,
        key_attr="pk",
        sort_key_attr="sk",
        static_pk_value=keys.IDEMPOTENCY.partition(organisation, request),
        expiry_attr=EXPIRES_AT,
        boto3_client=_NO_CLIENT,
    )
    store.client = aws.dynamodb()
    return store
