"""What the clock has done in every organisation: a question each, and a message for those where something is due."""

from watchbill.platform import queue
from watchbill.platform.queue import Queue
from watchbill.services import services


def wake_dispatchers() -> None:
    """Have every organisation looked after that has something overdue; the others cost nothing but the question."""
    from watchbill.identity.service import directory

    overdue = [organisation for organisation in directory() if services(organisation).dispatcher.overdue()]
    queue.send(Queue.DISPATCH, [{"organisation": organisation, "overdue": True} for organisation in overdue])


def wake_workflows() -> None:
    """Have the agents of every organisation started that the clock is to start."""
    from watchbill.identity.service import directory

    due = [organisation for organisation in directory() if services(organisation).workflow_follower.overdue()]
    queue.send(Queue.WORKFLOWS, [{"organisation": organisation} for organisation in due])


def wake_posts() -> None:
    """Have the posts of every organisation worked on that are due, or whose worker was not heard of again."""
    from watchbill.identity.service import directory

    for organisation in directory():
        due = services(organisation).post_sender.overdue()
        queue.send(Queue.SOCIAL, [{"organisation": organisation, "post": post_id} for post_id in due])


def wake_calendars() -> None:
    """Have the events of every organisation looked at whose time has come, whatever became of their schedules."""
    from watchbill.identity.service import directory

    for organisation in directory():
        due = services(organisation).moments.overdue()
        queue.send(Queue.MOMENTS, [{"organisation": organisation, "event": event_id} for event_id in due])


def check_schedules() -> None:
    """Have every agent's schedule kept once more, whatever became of the message that first asked for it."""
    from watchbill.identity.service import directory

    for organisation in directory():
        scheduled = services(organisation).schedules.scheduled()
        queue.send(Queue.SCHEDULES, [{"organisation": organisation, "agent": agent_id} for agent_id in scheduled])
