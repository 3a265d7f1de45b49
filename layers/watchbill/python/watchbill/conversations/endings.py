"""What becomes of a session when the work has ended which a message in it brought about. Pure."""

import json
from collections.abc import Sequence
from datetime import datetime

from watchbill.conversations import rules, wording
from watchbill.conversations.models import LONGEST_RESULT, Conversation, Message, Outcome, ReplyStatus, Speaker, Work
from watchbill.decisions.models import Decision, Language
from watchbill.platform import ids


def concluded(
    before: Conversation,
    work: Work,
    status: ReplyStatus,
    outcomes: Sequence[Outcome],
    decision: Decision | None,
    now: datetime,
) -> tuple[Conversation, Message]:
    """A session when the work that a message brought about has ended, and what the people in it are told of that."""
    language = before.preferences.language or before.language or Language.SPANISH
    subject = (decision.entities.product if decision else None) or before.context.business
    reply = Message(
        id=ids.derived_id("conclusion", work.orchestration_id),
        number=before.count + 1,
        role=Speaker.ASSISTANT,
        text=wording.concluded(work.intent, status, outcomes, subject, language),
        at=now,
        decision=decision,
        answers=work.number,
        answered_id=work.message_id,
        asked_at=work.at,
        status=status,
        orchestration_id=work.orchestration_id,
        task_ids=work.task_ids,
        results=tuple(map(bounded, outcomes)),
        context=rules.shown(before),
    )
    done = tuple(
        one.model_copy(update={"ended": True}) if one.orchestration_id == work.orchestration_id else one
        for one in before.work
    )
    return before.model_copy(update={"count": reply.number, "active_at": now, "work": done}), reply


def bounded(outcome: Outcome) -> Outcome:
    """An outcome whose result is left out when it is too long to be told."""
    if len(json.dumps(outcome.result, default=str)) <= LONGEST_RESULT:
        return outcome
    return outcome.model_copy(update={"result": {"omitted": f"see the task {outcome.task_id}"}})
