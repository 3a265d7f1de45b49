"""Campaigns as tests begin with them."""

from datetime import UTC, datetime
from typing import Any

from watchbill.campaigns.models import Campaign

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def campaign(**facts: Any) -> Campaign:
    """A campaign made at `NOW`."""
    return Campaign(**{"id": "01", "name": "Summer", "created_at": NOW, "updated_at": NOW} | facts)
