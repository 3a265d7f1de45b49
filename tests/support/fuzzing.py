"""Requests that the OpenAPI document allows, and some that it does not, made up by schemathesis."""

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import one_of
from schemathesis import Case, GenerationMode

from functions.documentation.handler import OPENAPI

# The document as it is served, which another test compares; known before a test begins, it makes one test per route.
_OPERATIONS = [found.ok() for found in schemathesis.openapi.from_path(OPENAPI).get_all_operations()]

each_operation = pytest.mark.parametrize("operation", _OPERATIONS, ids=lambda operation: operation.label)


def for_examples(operation: Any, most: int, proves: Callable[[Case], None]) -> None:
    """Have something proven for up to so many requests of an operation, the same each time."""

    @given(case=one_of(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))
    @settings(
        max_examples=most,
        derandomize=True,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    def prove(case: Case) -> None:
        proves(case)

    prove()
