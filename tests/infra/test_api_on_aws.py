"""The deployed API has exactly the routes the functions answer, each behind the authorizer unless it is public."""

import importlib
import json
import re

import pytest
from aws_lambda_powertools.event_handler.api_gateway import ApiGatewayResolver

from infra.declarations import Api
from infra.functions import FUNCTIONS
from infra.parts.api import DEFAULT_ROUTE
from infra.stages import STAGES

API_FUNCTIONS = [declared for declared in FUNCTIONS if isinstance(declared.trigger, Api)]
ANSWERING = [declared for declared in API_FUNCTIONS if declared.name != "dashboard"]
"""The functions whose routes are theirs one by one: of the page's addresses only its own function knows."""
PARAMETER = re.compile(r"<[^>]+>|\{[^}]+\}")


def target_of(template, route):
    """The logical id of the function a route's integration invokes."""
    integration = route["Target"]["Fn::Join"][1][1]["Ref"]
    return template.resources("AWS::ApiGatewayV2::Integration")[integration]["IntegrationUri"]["Fn::GetAtt"][0]


def apis(template):
    """The properties of both APIs."""
    return template.resources("AWS::ApiGatewayV2::Api").values()


def routes_of_handler(name):
    """The routes a handler's resolver knows, with their parameters' names left out."""
    module = importlib.import_module(f"functions.{name}.handler")
    (resolver,) = (value for value in vars(module).values() if isinstance(value, ApiGatewayResolver))
    return {f"{method} {PARAMETER.sub('{}', path)}" for method, path in known_routes(resolver)}


def known_routes(resolver):
    routes = [*resolver._static_routes, *resolver._dynamic_routes]
    return [(route.method, route.path) for route in routes]


@pytest.mark.parametrize("declared", API_FUNCTIONS, ids=lambda declared: declared.name)
def test_the_routes_of_a_function_are_deployed_to_it(development, declared):
    mine = development.function_id(declared.name)
    routes = development.of_api("HTTP", "AWS::ApiGatewayV2::Route").values()

    deployed = {route["RouteKey"] for route in routes if target_of(development, route) == mine}

    assert deployed == set(declared.trigger.routes)


@pytest.mark.parametrize("declared", ANSWERING, ids=lambda declared: declared.name)
def test_the_deployed_routes_are_those_the_handler_answers(declared):
    deployed = {PARAMETER.sub("{}", route) for route in declared.trigger.routes if route != DEFAULT_ROUTE}

    assert deployed == routes_of_handler(declared.name)


def test_no_route_is_declared_twice_and_only_the_page_s_forward_a_whole_subtree():
    routes = [route for declared in API_FUNCTIONS for route in declared.trigger.routes]

    assert len(set(routes)) == len(routes)
    assert [route for route in routes if "+" in route or route.startswith("ANY")] == [
        "GET /dashboard/{page+}",
        "POST /dashboard/{page+}",
    ]


def test_every_route_that_is_not_public_asks_the_authorizer(development):
    (authorizer,) = development.of_api("HTTP", "AWS::ApiGatewayV2::Authorizer")
    public = {route for declared in API_FUNCTIONS if declared.trigger.public for route in declared.trigger.routes}

    for route in development.of_api("HTTP", "AWS::ApiGatewayV2::Route").values():
        guarded = (route["AuthorizationType"], route.get("AuthorizerId"))
        assert guarded == (("NONE", None) if route["RouteKey"] in public else ("CUSTOM", {"Ref": authorizer}))


def test_only_documentation_the_page_and_what_platforms_call_are_public():
    public = {declared.name for declared in API_FUNCTIONS if declared.trigger.public}

    assert public == {"documentation", "dashboard", "feed", "social_callback", "social_webhook"}


def test_the_authorizer_s_answer_is_simple_and_trusted_for_a_minute(development):
    (authorizer,) = development.of_api("HTTP", "AWS::ApiGatewayV2::Authorizer").values()

    assert authorizer["EnableSimpleResponses"] is True
    assert authorizer["AuthorizerPayloadFormatVersion"] == "2.0"
    assert authorizer["AuthorizerResultTtlInSeconds"] == 60
    assert authorizer["IdentitySource"] == ["$request.header.Authorization"]


def test_every_function_of_the_api_has_one_integration(development):
    assert len(development.of_api("HTTP", "AWS::ApiGatewayV2::Integration")) == len(API_FUNCTIONS)


@pytest.mark.parametrize("stage", STAGES.values(), ids=lambda stage: stage.name)
def test_the_apis_are_throttled_as_the_stage_says(template, stage):
    stages = template(stage.name).resources("AWS::ApiGatewayV2::Stage").values()
    limits = [each["DefaultRouteSettings"] for each in stages]

    assert [(each["ThrottlingBurstLimit"], each["ThrottlingRateLimit"]) for each in limits] == [
        (stage.burst_limit, stage.rate_limit)
    ] * 2


def test_access_logs_are_json_and_name_neither_key_nor_body(development):
    (group,) = (
        name
        for name, each in development.resources("AWS::Logs::LogGroup").items()
        if each["LogGroupName"].startswith("/aws/vendedlogs/")
    )
    (stage,) = development.of_api("HTTP", "AWS::ApiGatewayV2::Stage").values()
    settings = stage["AccessLogSettings"]
    fields = json.loads(settings["Format"])

    assert settings["DestinationArn"] == {"Fn::GetAtt": [group, "Arn"]}
    assert {"requestId", "route", "status", "organisation", "keyId", "integrationError"} <= set(fields)
    assert not [value for value in fields.values() if "header" in value or "body" in value]


def test_development_answers_the_dashboards_of_this_machine(development):
    (cors,) = (each["CorsConfiguration"] for each in apis(development) if "CorsConfiguration" in each)

    assert cors["AllowOrigins"] == ["http://localhost:3000", "http://localhost:3001"]
    methods = {route.split(" ")[0] for declared in API_FUNCTIONS for route in declared.trigger.routes}
    assert set(cors["AllowMethods"]) == methods - {DEFAULT_ROUTE}
    assert {"Authorization", "Idempotency-Key"} <= set(cors["AllowHeaders"])
    assert "Link" in cors["ExposeHeaders"]


@pytest.mark.parametrize("stage", ["staging", "production"])
def test_other_stages_answer_no_foreign_page(template, stage):
    assert not [each for each in apis(template(stage)) if "CorsConfiguration" in each]
