"""Accounts as items of the table have them. Pure."""

from collections.abc import Mapping
from typing import Any

from watchbill.accounts.models import AccountStatus, ConnectedAccount, Platform
from watchbill.platform import clock


def to_account(item: Mapping[str, Any]) -> ConnectedAccount:
    """The account in an item."""
    return ConnectedAccount(
        id=item["id"],
        platform=Platform(item["platform"]),
        subject=item["subject"],
        username=item["username"],
        name=item["name"],
        status=AccountStatus(item["status"]),
        reason=item.get("reason"),
        scopes=tuple(item["scopes"]),
        session_ids=tuple(item["session_ids"]),
        connected_at=clock.from_text(item["connected_at"]),
        updated_at=clock.from_text(item["updated_at"]),
    )
