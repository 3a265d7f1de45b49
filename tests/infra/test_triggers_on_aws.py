"""Queues, schedules and rules: what wakes a function besides the API and the stream, and what it may reach."""

import json

from infra.declarations import DeadLetters, Events, Messages, Schedule
from infra.functions import FUNCTIONS

CONSUMERS = [declared for declared in FUNCTIONS if isinstance(declared.trigger, Messages)]
INVOKED = [declared for declared in FUNCTIONS if isinstance(declared.trigger, Schedule | Events)]
FED = [declared for declared in CONSUMERS if declared.trigger.events]
CONSUMING = {
    "sqs:ReceiveMessage",
    "sqs:ChangeMessageVisibility",
    "sqs:GetQueueUrl",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
}
WRITTEN = {"CreateSchedule", "UpdateSchedule", "DeleteSchedule"}
SENDING = {"sqs:SendMessage", "sqs:SendMessageBatch", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"}


def as_list(value):
    return value if isinstance(value, list) else [value]


def actions_on(template, name, resource):
    """What a function may do on a resource, by the resource's logical id."""
    arn = {"Fn::GetAtt": [resource, "Arn"]}
    allowed = [each for each in template.statements(name) if arn in as_list(each["Resource"])]
    return {action for statement in allowed for action in as_list(statement["Action"])}


def test_every_queue_has_one_consumer():
    queues = [declared.trigger.queue for declared in CONSUMERS]

    assert len(queues) == len(set(queues))
    assert {queue for declared in FUNCTIONS for queue in declared.queues} == set(queues)


def test_a_queue_hides_a_message_longer_than_its_consumer_takes_and_puts_aside_what_fails(development):
    for declared in CONSUMERS:
        title = declared.trigger.queue.title()
        queue = development.resources("AWS::SQS::Queue")[development.id_of(f"{title}Queue")]
        dead_letters = development.id_of(f"{title}DeadLetters")

        assert queue["VisibilityTimeout"] == 6 * declared.timeout
        assert queue["RedrivePolicy"] == {
            "deadLetterTargetArn": {"Fn::GetAtt": [dead_letters, "Arn"]},
            "maxReceiveCount": declared.trigger.max_receives,
        }
        assert queue["SqsManagedSseEnabled"] is True


def test_a_consumer_of_messages_reports_each_failure_by_itself(development):
    sources = development.resources("AWS::Lambda::EventSourceMapping").values()
    for declared in CONSUMERS:
        mine = {"Ref": development.function_id(declared.name)}
        (source,) = (each for each in sources if each["FunctionName"] == mine)

        assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert source["BatchSize"] == declared.trigger.batch_size
        assert source.get("ScalingConfig", {}).get("MaximumConcurrency") == declared.trigger.at_once


def test_what_is_put_aside_of_the_tasks_is_consumed_and_nothing_else_of_that_queue_may_be(development):
    (declared,) = (each for each in FUNCTIONS if isinstance(each.trigger, DeadLetters))
    title = declared.trigger.queue.title()
    sources = development.resources("AWS::Lambda::EventSourceMapping").values()
    mine = {"Ref": development.function_id(declared.name)}
    (source,) = (each for each in sources if each["FunctionName"] == mine)

    assert source["EventSourceArn"] == {"Fn::GetAtt": [development.id_of(f"{title}DeadLetters"), "Arn"]}
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert actions_on(development, declared.name, development.id_of(f"{title}DeadLetters")) == CONSUMING
    assert actions_on(development, declared.name, development.id_of(f"{title}Queue")) == set()


def test_a_function_may_do_with_queues_what_it_is_declared_to_and_knows_their_addresses(development):
    queues = {
        declared.trigger.queue: development.id_of(f"{declared.trigger.queue.title()}Queue") for declared in CONSUMERS
    }
    for declared in FUNCTIONS:
        variables = development.function(declared.name)["Environment"]["Variables"]
        for name, resource in queues.items():
            consumes = isinstance(declared.trigger, Messages) and declared.trigger.queue == name
            expected = (CONSUMING if consumes else set()) | (SENDING if name in declared.sends_to else set())
            assert actions_on(development, declared.name, resource) == expected
            assert variables.get(f"WATCHBILL_QUEUE_{name.upper()}") == (
                {"Ref": resource} if name in declared.queues else None
            )


def test_schedules_and_events_invoke_their_functions_and_what_fails_is_kept(development):
    rules = {rule["Name"]: rule for rule in development.resources("AWS::Events::Rule").values()}
    kept = development.resources("AWS::Lambda::EventInvokeConfig").values()
    failures = {"Fn::GetAtt": [development.id_of("FailuresQueue"), "Arn"]}

    assert set(rules) == {f"watchbill-development-{declared.name}" for declared in (*INVOKED, *FED)}
    for declared in INVOKED:
        rule = rules[f"watchbill-development-{declared.name}"]
        (target,) = rule["Targets"]
        (after,) = (each for each in kept if each["FunctionName"] == {"Ref": development.function_id(declared.name)})
        assert target["Arn"] == {"Fn::GetAtt": [development.function_id(declared.name), "Arn"]}
        assert target["DeadLetterConfig"] == {"Arn": failures}
        assert after["DestinationConfig"] == {"OnFailure": {"Destination": failures}}
        assert _said(rule) == _wanted(declared.trigger)


def test_events_are_put_into_the_queues_of_those_who_want_them_and_what_could_not_be_is_kept(development):
    rules = {rule["Name"]: rule for rule in development.resources("AWS::Events::Rule").values()}
    failures = {"Fn::GetAtt": [development.id_of("FailuresQueue"), "Arn"]}

    for declared in FED:
        rule = rules[f"watchbill-development-{declared.name}"]
        (target,) = rule["Targets"]
        queue = development.id_of(f"{declared.trigger.queue.title()}Queue")
        assert target["Arn"] == {"Fn::GetAtt": [queue, "Arn"]}
        assert target["DeadLetterConfig"] == {"Arn": failures}
        assert rule["EventPattern"] == {
            "source": ["watchbill"],
            "detail-type": [kind.value for kind in declared.trigger.events],
        }
    assert {declared.name for declared in FED} == {"broadcaster", "conversation_worker"}


def test_schedules_are_written_by_those_declared_to_under_the_stage_s_name_with_one_role_only(development):
    role = {"Fn::GetAtt": [development.id_of("ScheduleRole"), "Arn"]}
    for declared in FUNCTIONS:
        said = [each for each in development.statements(declared.name) if "scheduler:" in json.dumps(each)]
        passed = [each for each in development.statements(declared.name) if each["Action"] == "iam:PassRole"]
        assert bool(said) == bool(passed) == bool(declared.keeps_schedules)
        for statement in said:
            assert {action.removeprefix("scheduler:") for action in statement["Action"]} == WRITTEN
            assert statement["Resource"]["Fn::Join"][1][-1] == ":schedule/*/watchbill-development-*"
        for statement in passed:
            assert statement["Resource"] == role
            assert statement["Condition"] == {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}


def test_schedules_may_send_firings_and_nothing_else_and_their_groups_are_the_stage_s(development):
    name = development.id_of("ScheduleRole")
    role = development.resources("AWS::IAM::Role")[name]
    (statement,) = development.statements_of_role(name)
    (assumed,) = role["AssumeRolePolicyDocument"]["Statement"]

    assert statement["Action"] == "sqs:SendMessage"
    fed = ("FiringsQueue", "FiringsDeadLetters", "MomentsQueue", "MomentsDeadLetters")
    queues = {development.id_of(queue) for queue in fed}
    assert {resource["Fn::GetAtt"][0] for resource in statement["Resource"]} == queues
    assert assumed["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert assumed["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    groups = {group["Name"] for group in development.resources("AWS::Scheduler::ScheduleGroup").values()}
    assert groups == {"watchbill-development", "watchbill-development-moments"}


def test_alerts_are_told_by_those_declared_to_only(development):
    topic = development.id_of("AlertTopic")
    for declared in FUNCTIONS:
        allowed = [each for each in development.statements(declared.name) if each["Resource"] == {"Ref": topic}]
        assert [each["Action"] for each in allowed] == (["sns:Publish"] if declared.tells_alerts else [])


def test_mail_is_sent_by_those_declared_to_and_from_the_stage_s_sender_only(development):
    from_us = {"StringEqualsIfExists": {"ses:FromAddress": "watchbill@example.com"}}
    for declared in FUNCTIONS:
        allowed = [each for each in development.statements(declared.name) if "ses:" in json.dumps(each["Action"])]
        assert [(each["Action"], each["Condition"]) for each in allowed] == (
            [("ses:SendEmail", from_us)] if declared.sends_mail else []
        )


def _said(rule):
    return rule.get("ScheduleExpression"), rule.get("EventPattern")


def _wanted(trigger):
    if isinstance(trigger, Schedule):
        return trigger.expression, None
    return None, {"source": ["watchbill"], "detail-type": [kind.value for kind in trigger.types]}
