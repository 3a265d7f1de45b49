"""Sessions and their messages in the table. A session that has expired is gone, also while its item is there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchbill.conversations.models import MOST_KEPT, Conversation, Message
from watchbill.conversations.packing import from_conversation, from_message, to_conversation, to_message
from watchbill.platform import clock, keys
from watchbill.platform.items import EXPIRES_AT, REVISION
from watchbill.platform.keys import Key
from watchbill.platform.table import Table
from watchbill.platform.writes import Create, Delete, Replace, Write

_REMEMBERED = timedelta(days=2)
"""How long it is known that a message was heard: longer than it may come again."""
_DIGITS = 10


@dataclass(frozen=True, slots=True)
class StoredConversation:
    """A session as it was read, None for one that is not there any more; what is there is at `revision`."""

    conversation: Conversation | None
    revision: int


class ConversationStore:
    """One organisation's sessions."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._organisation = table.organisation

    def conversation(self, session_id: str, now: datetime) -> StoredConversation:
        """A session as it is now."""
        item = self._table.get(self._session(session_id))
        if item is None:
            return StoredConversation(None, 0)
        found = to_conversation(item)
        return StoredConversation(found if found.expires_at > now else None, item[REVISION])

    def replacement(self, stored: StoredConversation, after: Conversation, *messages: Message) -> list[Write]:
        """What stores a session over the one that was read, and new messages of it, for a transaction.

        As many of the oldest messages go as come.
        """
        writes: list[Write] = [
            Replace(self._session(after.session_id), from_conversation(after), stored.revision),
            *(Create(self._message(after.life, one.number), from_message(one, after)) for one in messages),
        ]
        gone = (one.number - MOST_KEPT for one in messages)
        return [*writes, *(Delete(self._message(after.life, number)) for number in gone if number > 0)]

    def hearing(self, session_id: str, message_id: str, now: datetime) -> Write:
        """What remembers that a message was heard, for a transaction; it is refused when it was heard before."""
        until = now + _REMEMBERED
        item = {"until": clock.to_text(until), EXPIRES_AT: int(until.timestamp()) + 1}
        return Create(self._heard(session_id, message_id), item)

    def heard(self, session_id: str, message_id: str) -> bool:
        """Whether a message was heard before."""
        return self._table.get(self._heard(session_id, message_id)) is not None

    def write(self, writes: Sequence[Write]) -> None:
        """Do all of the writes or none. Raises AlreadyExists, Changed."""
        self._table.transact(writes)

    def message(self, conversation: Conversation, number: int) -> Message | None:
        """A message of a session, or None when it is not kept any more."""
        item = self._table.get(self._message(conversation.life, number))
        return to_message(item) if item else None

    def messages(self, conversation: Conversation, before: int | None = None) -> Iterator[Message]:
        """The messages of a session that are kept, newest first, behind the `before`-th."""
        partition = keys.MESSAGE.partition(self._organisation, conversation.life)
        until = self._message(conversation.life, before).sk if before else keys.MESSAGE.last()
        for stored in self._table.query(partition, before=until, descending=True):
            yield to_message(stored.item)

    def remove(self, conversation: Conversation, revision: int) -> None:
        """Forget a session and its messages. Raises Changed."""
        numbers = range(max(1, conversation.count - MOST_KEPT + 1), conversation.count + 1)
        self._table.transact([Delete(self._session(conversation.session_id), revision)])
        for number in numbers:
            self._table.delete(self._message(conversation.life, number))

    def _session(self, session_id: str) -> Key:
        return keys.CONVERSATION(self._organisation, session_id)

    def _message(self, life: str, number: int) -> Key:
        return keys.MESSAGE(self._organisation, life, f"{number:0{_DIGITS}}")

    def _heard(self, session_id: str, message_id: str) -> Key:
        return keys.HEARD(self._organisation, session_id, message_id)
