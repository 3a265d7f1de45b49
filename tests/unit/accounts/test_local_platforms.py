"""What the launcher is told of platforms in its environment is what the service looks for."""

from infra.local.platforms import parameters
from watchbill.accounts.models import Platform
from watchbill.accounts.rules import credentials_of, missing


def test_each_platform_is_known_by_the_variables_that_are_named_after_it() -> None:
    environment = {f"{platform}_CLIENT_{part}".upper(): part for platform in Platform for part in ("ID", "SECRET")}

    found = dict(parameters(environment))

    assert [missing(platform, found) for platform in Platform] == [()] * len(Platform)


def test_what_is_not_set_is_not_told() -> None:
    found = dict(parameters({"TWITTER_CLIENT_ID": "c", "TWITTER_CLIENT_SECRET": "", "HOME": "/root"}))

    assert found == {"twitter/client-id": "c"}
    assert credentials_of(Platform.TWITTER, found) is None


def test_the_media_backend_has_the_variables_that_it_always_had() -> None:
    environment = {f"MEDIA_BACKEND_{name}": name for name in ("URL", "CLIENT_ID", "CLIENT_SECRET")}

    assert set(dict(parameters(environment))) == {"media/url", "media/client-id", "media/client-secret"}
