"""The WebSocket API: who is let in, whom sockets reach, who may send through them, and where they are."""

import json

import pytest

from infra.functions import FUNCTIONS
from infra.live import TOLD
from infra.packaging import Target
from watchbill.realtime import rooms

ROUTES = {"$connect", "$default", "$disconnect"}
SENDERS = [declared.name for declared in FUNCTIONS if declared.sends_through_sockets]
METHODS = ("DELETE", "POST")


@pytest.fixture
def api(development):
    """The logical id of the API."""
    apis = development.resources("AWS::ApiGatewayV2::Api").items()
    (name,) = (name for name, each in apis if each["ProtocolType"] == "WEBSOCKET")
    return name


def test_a_socket_is_opened_only_by_whom_the_authorizer_lets_in_by_a_ticket(development):
    ((authorizer, asked),) = development.of_api("WEBSOCKET", "AWS::ApiGatewayV2::Authorizer").items()
    routes = development.of_api("WEBSOCKET", "AWS::ApiGatewayV2::Route").values()
    guards = {route["RouteKey"]: (route["AuthorizationType"], route.get("AuthorizerId")) for route in routes}

    assert set(guards) == ROUTES
    assert guards["$connect"] == ("CUSTOM", {"Ref": authorizer})
    assert (asked["AuthorizerType"], asked["IdentitySource"]) == ("REQUEST", ["route.request.querystring.ticket"])
    assert development.function_id("live_authorizer") in json.dumps(asked["AuthorizerUri"])


def test_whatever_sockets_do_reaches_one_function(development):
    mine = development.function_id("live")
    integrations = development.of_api("WEBSOCKET", "AWS::ApiGatewayV2::Integration").values()

    assert len(integrations) == len(ROUTES)
    assert all(mine in json.dumps(each["IntegrationUri"]) for each in integrations)


def test_those_declared_to_send_through_sockets_and_close_them_of_this_api_only(development, api):
    for declared in FUNCTIONS:
        allowed = [each for each in development.statements(declared.name) if "execute-api" in json.dumps(each)]
        assert len(allowed) == (1 if declared.name in SENDERS else 0)
        for statement in allowed:
            ends = [each["Fn::Join"][1][-2:] for each in statement["Resource"]]
            assert statement["Action"] == "execute-api:ManageConnections"
            assert ends == [[{"Ref": api}, f"/live/{method}/@connections/*"] for method in METHODS]


def test_senders_know_where_to_and_users_are_told_where_sockets_are(template):
    here, cloud = template("development", Target.HOST), template("development", Target.CLOUD)

    def variables(stack, name):
        return stack.function(name)["Environment"]["Variables"]

    for name in SENDERS:
        assert json.dumps(variables(cloud, name)["WATCHBILL_SOCKETS_URL"]).startswith('{"Fn::Join": ["", ["https://"')
        assert variables(here, name)["WATCHBILL_SOCKETS_URL"]["Fn::Join"][1][0] == "/_aws/execute-api/"
    assert json.dumps(variables(cloud, "realtime")["WATCHBILL_LIVE_URL"]).startswith('{"Fn::Join": ["", ["wss://"')
    assert "WATCHBILL_LIVE_URL" not in variables(here, "realtime")


def test_exactly_what_has_a_place_in_a_room_is_put_into_the_broadcaster_s_queue():
    assert sorted(TOLD) == sorted(rooms.TOLD)
