"""What a million runs cost by AWS's price list: the arithmetic of `benchmarks/ingest.py`, worked out by hand."""

from decimal import Decimal

import pytest

from benchmarks.aws_prices import Prices, chunks
from benchmarks.ingest_cost import Spent

PRICES = Prices(
    region="anywhere",
    date="2026-01-01",
    usd_per_million={"writes": Decimal("0.625"), "requests": Decimal("1.00")},
    usd_per_gb_month={"storage": Decimal("0.25")},
)


def test_a_million_of_what_takes_one_unit_costs_the_price_of_a_million_units() -> None:
    assert PRICES.million({"writes": 1}) == {"writes": Decimal("0.625")}


def test_what_runs_share_costs_each_of_them_its_part() -> None:
    cost = PRICES.million({"writes": 1.24, "requests": 1 / 100})

    assert cost == {"writes": Decimal("0.775"), "requests": Decimal("0.01")}


def test_a_kilobyte_kept_for_a_year_is_paid_for_twelve_months() -> None:
    # A million of them are 1 000 000 / 1 048 576 GB, each 0.25 USD a month.
    assert round(PRICES.million_kept("storage", 1024, 365), 6) == Decimal("2.861023")


@pytest.mark.parametrize(("size", "billed"), [(0, 1), (1, 1), (524_288, 1), (524_289, 2)])
def test_a_part_of_a_chunk_is_billed_as_one(size: int, billed: int) -> None:
    assert chunks(size, 512 * 1024) == billed


def test_everything_that_requests_take_has_a_price_in_the_list() -> None:
    took = Spent(2, read_units=400, events=200, bytes_sent=20_000, wall={"telemetry": [0.1, 0.3]})
    took.write_units["RUN"] = 250

    quantities = took.quantities()
    cost = Prices.listed().million(quantities)

    assert quantities["DynamoDB write units"] == 250 / 200
    assert quantities["DynamoDB read units"] == 400 / 200
    # 1 769 MiB for 0.2 s, shared by the 100 runs of a request.
    assert quantities["Lambda GB seconds"] == pytest.approx(1769 / 1024 * 0.2 / 100)
    assert cost["DynamoDB write units"] == Decimal("0.78125")
    assert set(cost) == set(quantities)
