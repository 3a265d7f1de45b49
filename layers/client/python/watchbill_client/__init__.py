"""Client for Watchbill, agent operations on your own AWS account; the `watchbill` command is in `watchbill_client.cli`.

Importing this package imports httpx and pydantic and nothing heavier.
"""

from watchbill_client.client import Watchbill
from watchbill_client.errors import (
    ApiError,
    AuthenticationFailed,
    BadRequest,
    ConfigurationError,
    Conflict,
    ConnectionFailed,
    NotFound,
    PayloadTooLarge,
    PermissionDenied,
    ServerError,
    TooManyRequests,
    UnexpectedAnswer,
    Unprocessable,
    UnusableName,
    WatchbillError,
)
from watchbill_client.figures import Activity, StatCard, VersionFigures
from watchbill_client.models import (
    Accepted,
    Agent,
    AgentVersion,
    ApiKey,
    BatchAnswer,
    FieldError,
    IssuedKey,
    NewRun,
    Organisation,
    Progress,
    Rebuild,
    Rejected,
    Run,
    RunError,
    RunUpdate,
    Scope,
    Tokens,
)
from watchbill_client.paging import Page
from watchbill_client.retries import Retries
from watchbill_client.version import __version__

__all__ = [
    "Accepted",
    "Activity",
    "Agent",
    "AgentVersion",
    "ApiError",
    "ApiKey",
    "AuthenticationFailed",
    "BadRequest",
    "BatchAnswer",
    "ConfigurationError",
    "Conflict",
    "ConnectionFailed",
    "FieldError",
    "IssuedKey",
    "NewRun",
    "NotFound",
    "Organisation",
    "Page",
    "PayloadTooLarge",
    "PermissionDenied",
    "Progress",
    "Rebuild",
    "Rejected",
    "Retries",
    "Run",
    "RunError",
    "RunUpdate",
    "Scope",
    "ServerError",
    "StatCard",
    "Tokens",
    "TooManyRequests",
    "UnexpectedAnswer",
    "Unprocessable",
    "UnusableName",
    "VersionFigures",
    "Watchbill",
    "WatchbillError",
    "__version__",
]
