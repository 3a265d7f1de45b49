"""AWS's prices from `aws_prices.toml`, the only file that knows any, and what quantities cost by them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Self

MILLION = 1_000_000
_LIST = Path(__file__).with_suffix(".toml")
_DAYS_PER_MONTH = Decimal(365) / 12
_BYTES_PER_GB = Decimal(2**30)


@dataclass(frozen=True)
class Prices:
    """The prices of a region on a day."""

    region: str
    date: str
    usd_per_million: Mapping[str, Decimal]
    usd_per_gb_month: Mapping[str, Decimal]

    @classmethod
    def listed(cls) -> Self:
        """The prices in the list."""
        return cls(**tomllib.loads(_LIST.read_text(), parse_float=Decimal))

    def million(self, quantities: Mapping[str, float]) -> dict[str, Decimal]:
        """What a million of something costs that takes these quantities each, by what is paid for."""
        # A million of it, and prices of a million: the same number.
        return {name: Decimal(str(each)) * self.usd_per_million[name] for name, each in quantities.items()}

    def million_kept(self, name: str, size: float, days: int) -> Decimal:
        """What it costs to keep a million of something for some days, of which each has so many bytes."""
        months = Decimal(days) / _DAYS_PER_MONTH
        return Decimal(str(size)) * MILLION / _BYTES_PER_GB * months * self.usd_per_gb_month[name]


def chunks(size: int, each: int) -> int:
    """How often something is billed that is billed for every so many bytes."""
    return max(1, -(-size // each))
