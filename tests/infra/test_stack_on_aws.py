"""The rest of the stack: what production keeps, who reads the stream, what raises an alarm, what is put out."""

import json

import pytest
from aws_cdk import aws_sqs as sqs

from infra.app import make_app
from infra.declarations import Stream
from infra.functions import FUNCTIONS
from infra.packaging import CLOUD_PYTHON, Target
from infra.stages import STAGES, UnknownStageError, stage_named

BUILT = ("Accounts", "Calendars", "Client", "Dependencies", "Language", "Parquet", "Prices", "Prometheus")
"""The layers that are built for where they run."""
CONSUMERS = [declared for declared in FUNCTIONS if isinstance(declared.trigger, Stream)]


def stream_readers(template):
    """The event sources that read the table's stream."""
    sources = template.resources("AWS::Lambda::EventSourceMapping").values()
    return [source for source in sources if "StartingPosition" in source]


@pytest.mark.parametrize("stage", STAGES.values(), ids=lambda stage: stage.name)
def test_only_production_s_table_is_protected_and_restorable(template, stage):
    (table,) = (each for each in template(stage.name).document["Resources"].values() if "Table" in each["Type"])
    properties = table["Properties"]
    is_production = stage.name == "production"

    assert properties.get("DeletionProtectionEnabled", False) is is_production
    assert properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is is_production
    assert table["DeletionPolicy"] == ("Retain" if is_production else "Delete")


def test_the_table_costs_nothing_while_idle_and_tells_of_every_change(development):
    table = development.only("AWS::DynamoDB::Table")

    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert [key["AttributeName"] for key in table["KeySchema"]] == ["pk", "sk"]


def test_exactly_the_declared_two_read_the_stream(development):
    sources = stream_readers(development)

    readers = {source["FunctionName"]["Ref"] for source in sources}
    assert len(sources) == 2
    assert readers == {development.function_id(declared.name) for declared in CONSUMERS}
    assert [declared.name for declared in CONSUMERS] == ["rollups", "outbox"]


@pytest.mark.parametrize("declared", CONSUMERS, ids=lambda declared: declared.name)
def test_a_consumer_never_loses_a_record_silently(development, declared):
    mine = {"Ref": development.function_id(declared.name)}
    sources = development.resources("AWS::Lambda::EventSourceMapping").values()
    (source,) = (each for each in sources if each["FunctionName"] == mine)
    queue = development.id_of("FailuresQueue")

    assert source["StartingPosition"] == "TRIM_HORIZON"
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["BisectBatchOnFunctionError"] is True
    assert source["MaximumRetryAttempts"] == 10
    assert source["DestinationConfig"]["OnFailure"]["Destination"] == {"Fn::GetAtt": [queue, "Arn"]}
    assert [each for each in development.statements(declared.name) if "sqs:SendMessage" in each["Action"]]


def test_rollups_learn_their_shard_from_a_tumbling_window(development):
    sources = stream_readers(development)
    windows = {each["FunctionName"]["Ref"]: each.get("TumblingWindowInSeconds") for each in sources}

    assert windows == {development.function_id("rollups"): 900, development.function_id("outbox"): None}


RUNS = "RUN"
METRICS = "METRIC"
TOLD = [{"prefix": f"{name}#"} for name in ("AGENT", "SETTINGS", "VERSION", "KEY", "EPISODE", "SUBSCRIPTION")]
REPORTS, TASKS, RUNNER, IMPORTS, LAYOUT = "REPORT", "TASK", "RUNNER", "IMPORT", "LAYOUT"
EXPORTS = {"prefix": "EXPORT#"}
BUDGETS = {"prefix": "BUDGET#"}
MESSAGES = {"prefix": "MESSAGE#"}
FOLLOWED = [*({"prefix": f"{name}#"} for name in ("STREAM", "PLACE", "INSIGHT")), "TRACE", "SPANS", "REPRICING"]
LATEST = ["CALENDAREVENT", {"prefix": "OCCASION#"}, "CONVERSATION", MESSAGES]
SOCIAL = [{"prefix": "ACCOUNT#"}, "CONSENT", "POST"]


@pytest.mark.parametrize(
    ("name", "sort_keys"),
    [
        ("rollups", [RUNS, METRICS, TASKS, LAYOUT, MESSAGES]),
        (
            "outbox",
            [
                RUNS,
                *TOLD,
                REPORTS,
                TASKS,
                RUNNER,
                BUDGETS,
                "ORCHESTRATION",
                IMPORTS,
                EXPORTS,
                *FOLLOWED,
                *LATEST,
                *SOCIAL,
            ],
        ),
    ],
)
def test_a_consumer_is_woken_by_its_own_items_only(development, name, sort_keys):
    mine = {"Ref": development.function_id(name)}
    sources = development.resources("AWS::Lambda::EventSourceMapping").values()
    (source,) = (each for each in sources if each["FunctionName"] == mine)
    (wanted,) = source["FilterCriteria"]["Filters"]

    assert json.loads(wanted["Pattern"]) == {"dynamodb": {"Keys": {"sk": {"S": sort_keys}}}}


def test_what_failed_is_kept_for_two_weeks(development):
    for queue in development.resources("AWS::SQS::Queue").values():
        assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600


def test_every_function_raises_an_alarm_and_throttling_anywhere_does(development):
    alarms = development.resources("AWS::CloudWatch::Alarm").values()

    watched = {alarm["Dimensions"][0]["Value"]["Ref"] for alarm in alarms if alarm["MetricName"] == "Errors"}
    assert watched == {development.function_id(declared.name) for declared in FUNCTIONS}
    assert ["Dimensions" in alarm for alarm in alarms if alarm["MetricName"] == "Throttles"] == [False]


def test_late_consumers_waiting_failures_and_server_errors_raise_alarms(development):
    alarms = development.resources("AWS::CloudWatch::Alarm").values()
    late = [alarm for alarm in alarms if alarm["MetricName"] == "IteratorAge"]

    assert len(late) == len(CONSUMERS)
    assert {alarm["Threshold"] for alarm in late} == {120_000}
    assert [alarm for alarm in alarms if alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"]
    assert [alarm for alarm in alarms if alarm["MetricName"] == "5xx"]


def test_every_alarm_is_told_and_says_what_happened(development):
    (topic,) = (name for name in development.resources("AWS::SNS::Topic") if name.startswith("AlarmTopic"))

    for alarm in development.resources("AWS::CloudWatch::Alarm").values():
        assert alarm["AlarmActions"] == [{"Ref": topic}]
        assert alarm["AlarmDescription"]
        assert alarm["TreatMissingData"] == "notBreaching"


def test_the_outputs_are_those_that_programs_read(development):
    assert set(development.document["Outputs"]) == {
        "ApiUrl",
        "ApiId",
        "SocketApiId",
        "TableName",
        "BusName",
        "AlertTopicArn",
        "ProvisionFunctionName",
        "ClientLayerArn",
    }


def test_files_lie_in_a_private_bucket_which_removes_those_that_users_fetched(development):
    ((name, bucket),) = development.resources("AWS::S3::Bucket").items()
    (policy,) = development.resources("AWS::S3::BucketPolicy").values()
    (refused,) = policy["PolicyDocument"]["Statement"]

    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    (encryption,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    expiring, _ = bucket["LifecycleConfiguration"]["Rules"]
    assert (expiring["Status"], expiring["ExpirationInDays"], expiring["Prefix"]) == ("Enabled", 7, "exports/")
    assert (refused["Effect"], refused["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    assert policy["Bucket"] == {"Ref": name}


def test_the_client_is_a_layer_of_the_functions_runtime_and_no_function_of_ours_has_it(development):
    named = development.document["Outputs"]["ClientLayerArn"]["Value"]["Ref"]
    layers = development.resources("AWS::Lambda::LayerVersion")
    ours = json.dumps([each["Layers"] for each in development.resources("AWS::Lambda::Function").values()])

    assert named.startswith("ClientLayer")
    assert layers[named]["CompatibleRuntimes"] == [f"python{CLOUD_PYTHON}"]
    assert layers[named]["CompatibleArchitectures"] == ["arm64"]
    assert named not in ours


def test_a_client_layer_that_somebody_may_have_attached_outlives_its_successor(development):
    client = development.document["Resources"][development.document["Outputs"]["ClientLayerArn"]["Value"]["Ref"]]

    assert (client["UpdateReplacePolicy"], client["DeletionPolicy"]) == ("Retain", "Delete")


def test_nothing_differs_for_this_machine_but_the_wheels_and_where_alerts_and_sockets_lead(template):
    here, cloud = template("development", Target.HOST), template("development", Target.CLOUD)
    resources = here.document["Resources"], cloud.document["Resources"]
    reaching_out = [
        declared.name
        for declared in FUNCTIONS
        if declared.sends_mail
        or declared.calls_out
        or declared.checks_targets
        or declared.sends_through_sockets
        or declared.tells_sockets_address
    ]

    different = {name for name in resources[1] if resources[0][name] != resources[1][name]}

    (sender,) = here.resources("AWS::SES::EmailIdentity")
    assert set(resources[0]) - set(resources[1]) == {sender}
    layers = {name for name in different if name.partition("Layer")[0] in BUILT}
    allowed = {name for function in reaching_out for name in here.belonging_to(function)}
    assert len(layers) == len(BUILT)
    assert different - layers <= allowed


def test_on_aws_nobody_reaches_private_addresses_and_the_standard_schedule_of_webhooks_holds(template):
    for stage in STAGES:
        for function in template(stage, Target.CLOUD).resources("AWS::Lambda::Function").values():
            names = set(function["Environment"]["Variables"])
            assert not names & {"WATCHBILL_PRIVATE_TARGETS", "WATCHBILL_WEBHOOK_DELAYS"}


def test_a_finding_nobody_accepted_stops_the_synthesis():
    app = make_app({"target": Target.HOST, "aws:cdk:disable-asset-staging": True})
    sqs.Queue(app.node.find_child("watchbill-development"), "Forgotten")

    with pytest.raises(RuntimeError, match="AwsSolutions-SQS3"):
        app.synth()


def test_an_unknown_stage_is_refused_by_name():
    with pytest.raises(UnknownStageError, match="'test': choose one of development, staging, production"):
        stage_named("test")


def test_runs_are_kept_longer_the_more_a_stage_matters():
    assert [stage.run_retention_days for stage in STAGES.values()] == [30, 60, 90]
