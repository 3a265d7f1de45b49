"""The HTTP API: exact routes to one integration per function, an authorizer, CORS, throttling and JSON access logs."""

import json
from dataclasses import dataclass

import jsii
from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_apigateway as rest
from aws_cdk import aws_apigatewayv2 as http
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.declarations import Api
from infra.parts.findings import accept
from infra.parts.functions import log_retention
from infra.stages import Stage

ACCESS_LOG_FIELDS = {
    "requestId": "$context.requestId",
    "time": "$context.requestTimeEpoch",
    "ip": "$context.identity.sourceIp",
    "route": "$context.routeKey",
    "path": "$context.path",
    "status": "$context.status",
    "responseBytes": "$context.responseLength",
    "latencyMs": "$context.responseLatency",
    "integrationLatencyMs": "$context.integrationLatency",
    "organisation": "$context.authorizer.organisation",
    "keyId": "$context.authorizer.keyId",
    "error": "$context.error.message",
    "integrationError": "$context.integrationErrorMessage",
}

AUTHORIZER_CACHE_SECONDS = 60
"""How long API Gateway trusts an answer of the authorizer; a revoked key works at most this much longer."""

DEFAULT_ROUTE = "$default"


@jsii.implements(http.IAccessLogSettings)
class AccessLog:
    """One JSON line per request to `log_group`: who asked for what, and how long it took; no bodies, no keys."""

    def __init__(self, log_group: logs.LogGroup) -> None:
        self._destination = http.LogGroupLogDestination(log_group)
        self._format = rest.AccessLogFormat.custom(json.dumps(ACCESS_LOG_FIELDS))

    @property
    def destination(self) -> http.IAccessLogDestination:
        return self._destination

    @property
    def format(self) -> rest.AccessLogFormat:
        return self._format


@dataclass(frozen=True)
class GuardedApi:
    """The API, and the authorizer that is asked before each route which is not public."""

    api: http.HttpApi
    authorizer: authorizers.HttpLambdaAuthorizer

    def add_routes(self, scope: Construct, trigger: Api, function: lambda_.Function) -> None:
        """Lead the routes of `trigger` to `function`, both of the stack `scope`."""
        # One permission for the API instead of one per route keeps the function's policy far below its 20 KB.
        integration = integrations.HttpLambdaIntegration(
            f"{function.node.id}Integration", function, scope_permission_to_route=False
        )
        for route in trigger.routes:
            added = http.HttpRoute(
                scope,
                _route_id(route),
                http_api=self.api,
                route_key=_route_key(route),
                integration=integration,
                authorizer=None if trigger.public else self.authorizer,
            )
            if trigger.public:
                accept(added, "AwsSolutions-APIG4", trigger.public)


def make_api(scope: Construct, stage: Stage, authorizer: lambda_.Function) -> GuardedApi:
    """Create the API, without routes, and have it ask `authorizer` who the caller is."""
    api = http.HttpApi(
        scope,
        "Api",
        api_name=stage.stack_name,
        create_default_stage=False,
        cors_preflight=_cors(stage),
        description=f"Watchbill, {stage.name}",
    )
    _add_stage(scope, stage, api)
    return GuardedApi(api, _authorizer(authorizer))


def _cors(stage: Stage) -> http.CorsPreflightOptions | None:
    if not stage.cors_origins:
        return None
    return http.CorsPreflightOptions(
        allow_origins=list(stage.cors_origins),
        allow_methods=[
            http.CorsHttpMethod.GET,
            http.CorsHttpMethod.POST,
            http.CorsHttpMethod.PUT,
            http.CorsHttpMethod.PATCH,
            http.CorsHttpMethod.DELETE,
        ],
        allow_headers=["Authorization", "Content-Type", "Idempotency-Key"],
        expose_headers=["Link", "Location", "Retry-After"],
        max_age=Duration.hours(1),
    )


def _authorizer(function: lambda_.Function) -> authorizers.HttpLambdaAuthorizer:
    return authorizers.HttpLambdaAuthorizer(
        "Authorizer",
        function,
        response_types=[authorizers.HttpLambdaResponseType.SIMPLE],
        identity_source=["$request.header.Authorization"],
        results_cache_ttl=Duration.seconds(AUTHORIZER_CACHE_SECONDS),
    )


def _route_key(route: str) -> http.HttpRouteKey:
    if route == DEFAULT_ROUTE:
        return http.HttpRouteKey.DEFAULT
    method, path = route.split(" ")
    return http.HttpRouteKey.with_(path, http.HttpMethod[method])


def _route_id(route: str) -> str:
    return route.replace("/", "-").replace(" ", "")


def _add_stage(scope: Construct, stage: Stage, api: http.HttpApi) -> None:
    log_group = logs.LogGroup(
        scope,
        "AccessLogs",
        # API Gateway may write to groups under this prefix without another entry in the account's one log policy.
        log_group_name=f"/aws/vendedlogs/{stage.stack_name}/access",
        retention=log_retention(stage),
        removal_policy=RemovalPolicy.DESTROY,
    )
    http.HttpStage(
        scope,
        "ApiStage",
        http_api=api,
        stage_name=DEFAULT_ROUTE,
        auto_deploy=True,
        detailed_metrics_enabled=True,
        throttle=http.ThrottleSettings(burst_limit=stage.burst_limit, rate_limit=stage.rate_limit),
        access_log_settings=AccessLog(log_group),
    )
