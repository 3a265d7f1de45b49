"""Sessions and messages as items of the table."""

from datetime import timedelta

from watchbill.conversations.models import Conversation, Message
from watchbill.platform.items import EXPIRES_AT, Item

SESSION, LIFE = "session_id", "life"
_BODY = "body"
_MESSAGES_LAST = timedelta(days=7)
"""A hundred messages that follow each other within half an hour are two days apart; some have to wait for work."""


def from_conversation(conversation: Conversation) -> Item:
    """A session's item."""
    names = {SESSION: conversation.session_id, LIFE: conversation.life}
    expires = {EXPIRES_AT: int(conversation.expires_at.timestamp()) + 1}
    return {_BODY: conversation.model_dump_json(exclude_defaults=True)} | names | expires


def to_conversation(item: Item) -> Conversation:
    """The session of an item."""
    return Conversation.model_validate_json(item[_BODY])


def from_message(message: Message, conversation: Conversation) -> Item:
    """A message's item, which says whose it is to those who read the stream."""
    names = {SESSION: conversation.session_id, LIFE: conversation.life}
    expires = {EXPIRES_AT: int((message.at + _MESSAGES_LAST).timestamp())}
    return {_BODY: message.model_dump_json(exclude_defaults=True)} | names | expires


def to_message(item: Item) -> Message:
    """The message of an item."""
    return Message.model_validate_json(item[_BODY])
