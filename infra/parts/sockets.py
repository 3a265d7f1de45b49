"""The WebSocket API: who is let in, the one function behind its routes, and who may send through its sockets."""

from dataclasses import dataclass
from typing import cast

from aws_cdk import Names, Stack
from aws_cdk import aws_apigatewayv2 as gateway
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.parts.findings import accept, accept_grant
from infra.stages import SOCKET_STAGE, Stage
from watchbill.platform import settings

TICKET = "route.request.querystring.ticket"
ROUTES = ("$connect", "$disconnect", "$default")
SENDING = ("POST", "DELETE")
"""How a socket is sent to, and how it is closed."""


@dataclass(frozen=True)
class SocketApi:
    """The WebSocket API of a stage."""

    stage: Stage
    api: gateway.WebSocketApi
    deployed: gateway.WebSocketStage

    def add_routes(self, scope: Construct, function: lambda_.Function, authorizer: lambda_.Function) -> None:
        """Lead whatever sockets do to `function` of the stack `scope`, once `authorizer` has let them in."""
        guard = authorizers.WebSocketLambdaAuthorizer("SocketAuthorizer", authorizer, identity_source=[TICKET])
        for route in ROUTES:
            name = route.removeprefix("$").capitalize()
            added = gateway.WebSocketRoute(
                scope,
                f"Socket{name}Route",
                web_socket_api=self.api,
                route_key=route,
                integration=integrations.WebSocketLambdaIntegration(f"Socket{name}Integration", function),
                authorizer=guard if route == "$connect" else None,
            )
            if route != "$connect":
                reason = "Who may send is decided once, when a socket is opened; API Gateway asks at no other route."
                accept(added, "AwsSolutions-APIG4", reason)

    def address(self) -> dict[str, str]:
        """Where users open sockets, for who tells them; on this machine that is the host at which they ask."""
        return {} if self.stage.sockets_path else {settings.LIVE_URL: self.deployed.url}

    def variables(self) -> dict[str, str]:
        """What a function needs to know to send through sockets."""
        local = f"{self.stage.sockets_path}{self.api.api_id}/{SOCKET_STAGE}"
        return {settings.SOCKETS_URL: local if self.stage.sockets_path else self.deployed.callback_url}

    def grant_sending(self, function: lambda_.Function) -> None:
        """Let a function send through sockets and close them."""
        paths = [f"{self.api.api_id}/{SOCKET_STAGE}/{method}/@connections/*" for method in SENDING]
        arns = [Stack.of(function).format_arn(service="execute-api", resource=path) for path in paths]
        function.add_to_role_policy(iam.PolicyStatement(actions=["execute-api:ManageConnections"], resources=arns))
        # The function's stack is given the API by a parameter, and cdk-nag knows it by that one's name.
        api = Names.node_unique_id(cast(gateway.CfnApi, self.api.node.default_child).node)
        for method in SENDING:
            finding = (
                "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:"
                f"<referenceto{api}Ref>/{SOCKET_STAGE}/{method}/@connections/*]"
            )
            accept_grant(function, finding, "Sockets have names made while the service runs, in their own API.")


def make_sockets(scope: Construct, stage: Stage) -> SocketApi:
    """Create the API, without routes."""
    api = gateway.WebSocketApi(
        scope,
        "SocketApi",
        api_name=f"{stage.stack_name}-live",
        description=f"Watchbill, {stage.name}: live",
    )
    deployed = gateway.WebSocketStage(
        scope,
        "SocketStage",
        web_socket_api=api,
        stage_name=SOCKET_STAGE,
        auto_deploy=True,
        throttle=gateway.ThrottleSettings(burst_limit=stage.burst_limit, rate_limit=stage.rate_limit),
    )
    reason = (
        "Access logs of a WebSocket API need a role that is a setting of the whole account, which is not this stack's"
        " to change. The functions log every socket that is opened and closed, and every message."
    )
    accept(deployed, "AwsSolutions-APIG1", reason)
    return SocketApi(stage, api, deployed)
