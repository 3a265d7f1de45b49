"""Every function is deployed as it is declared, and may do what it is declared to do and nothing else."""

import re

import pytest
from aws_cdk import aws_lambda as lambda_

from infra.declarations import Api, Direct, Stream
from infra.functions import FUNCTIONS
from infra.packaging import CLOUD_PYTHON, ROOT
from infra.stages import STAGES

BY_NAME = {declared.name: declared for declared in FUNCTIONS}
UNLIMITED = {"xray:PutTelemetryRecords", "xray:PutTraceSegments", "dynamodb:ListStreams"}
SECRETS = ("SEALING_", "CREDENTIALS_", "REDIRECTS")
NAMED = ("QUEUE_", "ALERT_", "WEBHOOK_", "PRIVATE_", "MODEL", "SCHEDULE_", "FILES_", "LIVE_", "SOCKETS_", *SECRETS)
CHANNELS = tuple(f"WATCHBILL_{name}" for name in NAMED)
STREAM_ACTIONS = {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"}

each_function = pytest.mark.parametrize("declared", FUNCTIONS, ids=lambda declared: declared.name)


def as_list(value):
    return value if isinstance(value, list) else [value]


def actions_on(template, declared, resource):
    """The actions a function may do on exactly this resource."""
    allowed = [each for each in template.statements(declared.name) if resource in as_list(each["Resource"])]
    return {action for statement in allowed for action in as_list(statement["Action"])}


@each_function
def test_no_action_is_a_wildcard(development, declared):
    actions = {action for each in development.statements(declared.name) for action in as_list(each["Action"])}

    assert actions
    assert not [action for action in actions if "*" in action]


@each_function
def test_what_is_allowed_on_every_resource_cannot_be_limited_to_one_or_is_limited_by_a_condition(development, declared):
    everywhere = [each for each in development.statements(declared.name) if "*" in as_list(each["Resource"])]
    unconditional = [each for each in everywhere if "Condition" not in each]

    assert {action for each in unconditional for action in as_list(each["Action"])} <= UNLIMITED


@each_function
def test_the_actions_on_the_table_are_those_declared(development, declared):
    (table,) = development.resources("AWS::DynamoDB::Table")

    granted = actions_on(development, declared, {"Fn::GetAtt": [table, "Arn"]})

    assert granted == {f"dynamodb:{action}" for action in declared.table}


@each_function
def test_only_the_stream_s_consumers_may_read_it(development, declared):
    actions = {action for each in development.statements(declared.name) for action in as_list(each["Action"])}

    expected = STREAM_ACTIONS if isinstance(declared.trigger, Stream) else set()
    assert actions & STREAM_ACTIONS == expected


@each_function
def test_events_are_put_by_those_declared_to_and_on_our_bus_only(development, declared):
    (bus,) = development.resources("AWS::Events::EventBus")

    granted = actions_on(development, declared, {"Fn::GetAtt": [bus, "Arn"]})

    assert granted == ({"events:PutEvents"} if declared.puts_events else set())


@each_function
def test_files_are_written_and_read_by_those_declared_to_each_of_its_kind_and_nobody_lists_them(development, declared):
    (bucket,) = development.resources("AWS::S3::Bucket")

    def granted(kind):
        return actions_on(development, declared, {"Fn::Join": ["", [{"Fn::GetAtt": [bucket, "Arn"]}, f"/{kind}/*"]]})

    writing = {"s3:PutObject"} if declared.writes_files else set()
    linking = {"s3:GetObject"} if declared.links_files else set()
    assert granted("exports") == writing | linking
    assert granted("spans") == {f"s3:{action}" for action in declared.spans}
    variables = development.function(declared.name)["Environment"]["Variables"]
    assert ("WATCHBILL_FILES_BUCKET" in variables) == bool(writing | linking or declared.spans)


@each_function
def test_tokens_are_sealed_and_platforms_known_by_those_declared_to(development, declared):
    (key,) = development.resources("AWS::KMS::Key")
    actions = {action for each in development.statements(declared.name) for action in as_list(each["Action"])}

    sealing = {f"kms:{action}" for action in declared.sealing}
    assert actions_on(development, declared, {"Fn::GetAtt": [key, "Arn"]}) == sealing
    assert {action for action in actions if action.startswith(("kms:", "ssm:"))} == sealing | (
        {"ssm:GetParametersByPath"} if declared.knows_platforms else set()
    )
    variables = development.function(declared.name)["Environment"]["Variables"]
    assert ("WATCHBILL_SEALING_KEY" in variables) == bool(declared.sealing)
    assert ("WATCHBILL_CREDENTIALS_PATH" in variables) == declared.knows_platforms


def test_no_role_has_a_managed_policy_or_is_shared(development):
    roles = development.resources("AWS::IAM::Role")
    functions = development.resources("AWS::Lambda::Function").values()

    assert not [role for role in roles.values() if "ManagedPolicyArns" in role]
    assert len({str(function["Role"]) for function in functions}) == len(functions) == len(FUNCTIONS)


@each_function
def test_a_function_runs_its_own_folder_with_its_layers_and_is_traced(development, declared):
    function = development.function(declared.name)
    accounts = ["AccountsLayer"] if declared.sealing and declared.knows_platforms else []
    calendars = ["CalendarsLayer"] if declared.feeds_calendars else []
    language = ["LanguageLayer"] if declared.asks_models else []
    prices = ["PricesLayer"] if declared.prices_tokens else []
    prometheus = ["PrometheusLayer"] if declared.exposes_metrics else []
    parquet = ["ParquetLayer"] if declared.writes_files else []

    assert (ROOT / "functions" / declared.name / "handler.py").is_file()
    assert [re.sub("[0-9A-F]{8}$", "", layer["Ref"]) for layer in function["Layers"]] == [
        *accounts,
        *calendars,
        "DependenciesLayer",
        *language,
        "PackageLayer",
        *prices,
        *prometheus,
        *parquet,
    ]
    assert function["TracingConfig"] == {"Mode": "Active"}
    assert function["Timeout"] == declared.timeout
    assert function["MemorySize"] == declared.memory


@each_function
def test_a_function_is_told_its_table_bus_stage_and_retention(development, declared):
    (table,) = development.resources("AWS::DynamoDB::Table")
    (bus,) = development.resources("AWS::Events::EventBus")

    variables = development.function(declared.name)["Environment"]["Variables"]
    assert {name: value for name, value in variables.items() if not name.startswith(CHANNELS)} == {
        "WATCHBILL_TABLE_NAME": {"Ref": table},
        "WATCHBILL_BUS_NAME": {"Ref": bus},
        "WATCHBILL_STAGE": "development",
        "WATCHBILL_RETENTION_DAYS": "30",
        "POWERTOOLS_SERVICE_NAME": declared.name,
        "POWERTOOLS_METRICS_NAMESPACE": "Watchbill",
        "POWERTOOLS_LOG_LEVEL": "INFO",
    }


@pytest.mark.parametrize("stage", STAGES.values(), ids=lambda stage: stage.name)
def test_logs_are_kept_as_long_as_the_stage_says(template, stage):
    groups = template(stage.name).resources("AWS::Logs::LogGroup")

    assert len(groups) == len(FUNCTIONS) + 1
    assert {group["RetentionInDays"] for group in groups.values()} == {stage.log_retention_days}


def test_the_runtime_is_the_python_the_cloud_s_layer_is_built_for(development):
    runtimes = {function["Runtime"] for function in development.resources("AWS::Lambda::Function").values()}

    assert runtimes == {lambda_.Runtime.PYTHON_3_14.name} == {f"python{CLOUD_PYTHON}"}


def test_every_function_folder_is_declared():
    folders = {path.parent.name for path in (ROOT / "functions").glob("*/handler.py")}

    assert folders == set(BY_NAME)


def test_an_api_function_ends_before_the_api_gives_up():
    assert not [each.name for each in FUNCTIONS if isinstance(each.trigger, Api) and each.timeout >= 30]


def test_provision_has_no_trigger_but_an_operator(development):
    (name,) = (declared.name for declared in FUNCTIONS if isinstance(declared.trigger, Direct))
    permissions = development.resources("AWS::Lambda::Permission").values()

    invoked = [each["FunctionName"]["Fn::GetAtt"][0] for each in permissions]
    assert development.function_id(name) not in invoked
