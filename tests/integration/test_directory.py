"""The directory of organisations, from which the clock's work starts."""

from tests.support.local_table import every_item
from watchbill.identity.models import Provision
from watchbill.identity.service import directory
from watchbill.identity.store import deployment_store
from watchbill.services import services


def test_every_organisation_is_in_the_directory_once(service):
    for name in ("b", "a", "b"):
        service.organisation(name)

    assert list(directory()) == ["a", "b"]


def test_an_organisation_whose_making_died_half_way_is_passed_over(service):
    deployment_store().list_organisation("half")

    assert list(directory()) == []

    services("half").identity.provision(Provision(organisation="half"))
    assert list(directory()) == ["half"]


def test_no_organisation_can_be_named_as_the_deployment(service):
    service.organisation("demo")

    owners = {item["pk"]["S"].split("#")[0] for item in every_item()}
    assert owners == {"~", "demo"}
    assert service.request("GET", "/api/organisation", key="wb_~_" + "x" * 43).status == 401
