"""What the service answers of its live channel: tickets, and notifications to everybody who is connected."""

from watchbill_client.models import Answer, CamelAnswer, UtcDatetime


class LiveTicket(CamelAnswer):
    """The right to open one socket at `url`, until `expires_at`."""

    ticket: str
    url: str
    expires_at: UtcDatetime


class Notification(Answer):
    """What everybody who is connected is told."""

    id: str
    message: str
    level: str
    created_at: UtcDatetime
