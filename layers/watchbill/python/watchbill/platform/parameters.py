"""Secrets that an operator gives a deployment: kept in the Parameter Store, read when they are first needed."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from watchbill.platform import aws

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.parameters import SSMProvider

_KEPT = 300
"""Seconds for which what was read is taken for true."""


class Parameters:
    """What is kept under one path, by what follows it; nothing where no path is given."""

    def __init__(self, path: str) -> None:
        self._path = path.rstrip("/")

    def all(self) -> Mapping[str, str]:
        """Every parameter, decrypted, by its name below the path, such as `twitter/client-id`."""
        if not self._path:
            return {}
        found = self._provider.get_multiple(self._path, max_age=_KEPT, decrypt=True, recursive=True)
        return {str(name).strip("/"): str(value) for name, value in (found or {}).items()}

    @cached_property
    def _provider(self) -> "SSMProvider":
        from aws_lambda_powertools.utilities.parameters import SSMProvider

        return SSMProvider(boto3_client=aws.ssm())
