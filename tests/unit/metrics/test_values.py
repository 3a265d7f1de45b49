"""What may be posted as a metric, and that a value is kept as it was sent."""

from datetime import timedelta
from decimal import Decimal
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.support.memory_table import MemoryTable
from watchbill.metrics.models import NewMetric, ProjectedMetric
from watchbill.metrics.service import MetricService
from watchbill.metrics.store import MetricStore
from watchbill.metrics.tallies import TallyStore
from watchbill.platform.wire import MAX_QUANTITY

MONTH = timedelta(days=30)


def value_of(value: Any) -> Decimal:
    return NewMetric.model_validate({"name": "clicks", "value": value}).value


@given(st.integers(0, MAX_QUANTITY) | st.floats(0, MAX_QUANTITY))
def test_a_value_is_kept_to_its_last_digit_or_the_twentieth(value: float) -> None:
    assert abs(value_of(value) - Decimal(str(value))) <= Decimal("5e-21")


def test_a_zero_has_no_sign() -> None:
    assert str(value_of(-0.0)) == "0"


@given(
    st.integers(max_value=-1)
    | st.integers(MAX_QUANTITY + 1)
    | st.floats(max_value=-1e-9)
    | st.floats(MAX_QUANTITY * 1.1)
    | st.sampled_from([float("nan"), Decimal("NaN"), Decimal("Infinity"), None, True, False, {}, [1]])
    | st.text()
)
def test_what_is_no_number_from_zero_on_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        value_of(value)

    assert {error["loc"] for error in refused.value.errors()} == {("value",)}


@pytest.mark.parametrize("name", [*ProjectedMetric, "token_usage", "~"])
def test_names_that_are_not_to_be_had_are_refused_with_the_reason(name: str) -> None:
    with pytest.raises(ValidationError, match="choose another name"):
        NewMetric(name=name, value=Decimal(1))


def test_of_two_that_post_one_metric_at_once_the_second_looks_again() -> None:
    class Contested(MemoryTable):
        """Lets another post come in between a read and its write."""

        other: Any = None

        def replace(self, *write: Any) -> None:
            if self.other:
                others, self.other = self.other, None
                others()
            super().replace(*write)

    def service(table: MemoryTable) -> MetricService:
        unused = cast(Any, None)
        return MetricService(MetricStore(table), TallyStore(table), unused, unused, lambda _: MONTH)

    table = Contested()
    theirs = NewMetric(id=1, name="clicks", value=Decimal(1), campaign_id="theirs")
    ours = NewMetric(id=1, name="clicks", value=Decimal(2))
    table.other = lambda: service(table).record(theirs)

    recorded = service(table).record(ours)

    assert recorded.value == 2
    assert [metric.value for metric, _ in service(table).points()] == [2]
    assert list(service(table).points(campaign_id="theirs")) == []
