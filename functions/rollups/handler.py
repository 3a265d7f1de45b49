"""Stream consumer: counts runs into rollups and budgets, metrics into tallies, keeps records of tasks and messages."""

from typing import Any

from watchbill.platform import stream
from watchbill.platform.observability import observed
from watchbill.services import services


@observed(causes=stream.causes)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Count the writes of runs, metrics and tasks that the table's stream tells of."""
    for organisation, records in stream.by_organisation(event).items():
        ours = services(organisation)
        ours.rollups.take_in(records, stream.shard_of(event))
        ours.budget_reviewer.take_in(records)
        ours.metric_follower.take_in(records, stream.shard_of(event))
        ours.task_follower.take_in(records, stream.shard_of(event))
        ours.message_follower.take_in(records)
    return stream.taken(event)
