"""What others said to accounts, in the table: each under its instant and its id, by account and month."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from watchbill.accounts.hooks import Told
from watchbill.platform import clock, keys
from watchbill.platform.table import EXPIRES_AT, Item, Table

KEPT = timedelta(days=90)
Place = tuple[str, str]


class MentionStore:
    """What others said to one organisation's accounts."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._organisation = table.organisation

    def create(self, account_id: str, told: Told) -> None:
        """Store what was said. Raises AlreadyExists when it was told before."""
        at = clock.to_text(told.at)
        item: Item = {
            "subject": told.subject,
            "kind": told.kind,
            "author": told.author,
            "text": told.text,
            "post_id": told.post_id,
            EXPIRES_AT: int((told.at + KEPT).timestamp()),
        }
        self._table.create(keys.MENTION(self._organisation, account_id, at[:7], at, told.id), item)

    def mentions(self, account_id: str, latest: datetime, before: Place | None = None) -> Iterator[tuple[Told, Place]]:
        """What was said to an account, newest first, each with its place; from behind a place where one is given."""
        month, behind = clock.to_text(latest)[:7], None
        if before:
            month = before[0][:7]
            behind = keys.MENTION(self._organisation, account_id, month, *before).sk
        for each in clock.months_back(month, KEPT.days // 28 + 2):
            partition = keys.MENTION.partition(self._organisation, account_id, each)
            for stored in self._table.query(partition, before=behind, descending=True):
                values = keys.MENTION.parse(stored.key) or {}
                yield _to_told(values, stored.item), (values["at"], values["mention"])
            behind = None


def _to_told(values: dict[str, str], item: Item) -> Told:
    return Told(
        subject=item["subject"],
        id=values["mention"],
        kind=item["kind"],
        at=clock.from_text(values["at"]),
        author=item["author"],
        text=item["text"],
        post_id=item["post_id"],
    )
