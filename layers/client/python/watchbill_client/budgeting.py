"""What the API says of budgets: how much may be spent in a day or a month, and how much is."""

from watchbill_client.models import Answer, Money, UtcDatetime


class Budget(Answer):
    """A budget as it stands, in USD; `share` is what is spent of its limit, and may be more than 1.

    `scope` is `organisation`, `agent`, `campaign` or `user`, `period` `day` or `month` (UTC), `state` `ok`, `warned`
    (80%) or `held`. `frees_at` is when the tasks start that it holds, and `held_tasks` how many; None unless it does.
    """

    id: str
    scope: str
    subject: str | None = None
    name: str
    period: str
    limit: Money
    spent: Money
    share: float
    state: str
    starts_at: UtcDatetime
    ends_at: UtcDatetime
    frees_at: UtcDatetime | None = None
    held_tasks: int | None = None
    created_at: UtcDatetime | None = None
    updated_at: UtcDatetime | None = None
