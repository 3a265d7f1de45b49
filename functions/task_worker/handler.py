"""Queue consumer: works on tasks that have a slot."""

from typing import Any

from watchbill.platform import queue
from watchbill.platform.observability import observed
from watchbill.platform.queue import Message, Queue
from watchbill.services import begin_tasks, services


@observed(causes=queue.causes)
def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Begin the tasks named together, then make an attempt at each of them, all at the same time."""
    begun = begin_tasks(queue.bodies(event))

    def work(message: Message) -> None:
        organisation, task_id = message.body["organisation"], message.body["task"]
        worker = services(organisation).worker
        queue.come_again(worker.work(task_id, begun.pop((organisation, task_id), None)))

    return queue.handled_together(Queue.TASKS, event, context, work)
