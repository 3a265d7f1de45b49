"""A rebuild that the launcher began is followed for as long as it gets anywhere."""

import itertools
from typing import Any

import httpx
import pytest

from infra.local import service
from infra.local.deployment import Deployment
from infra.local.errors import LauncherError
from infra.local.service import Service
from infra.local.settings import Settings


class Told(Service):
    """A service whose rebuild answers what it is told to."""

    answers: Any

    def _request(self, *_: Any, **__: Any) -> httpx.Response:
        state, done = next(self.answers)
        progress = {"done": done, "total": 10, "percentage": 10 * done}
        return httpx.Response(202, json={"state": state, "progress": progress, "retry_after": 0})


@pytest.fixture
def told(tmp_path, monkeypatch):
    """A service, and a clock that goes on a minute whenever it is read."""
    minutes = itertools.count(step=60)
    monkeypatch.setattr(service.time, "monotonic", lambda: next(minutes))
    return Told(Settings(tmp_path, 1, 2), Deployment(fingerprint="", outputs={}))


def test_a_rebuild_that_gets_anywhere_is_followed_to_its_end(told):
    object.__setattr__(told, "answers", iter([*(("counting", done) for done in range(10)), ("completed", 10)]))
    shown: list[float] = []

    told.rebuild(shown.append)

    assert shown == [10 * done for done in range(10)]


def test_a_rebuild_that_stands_still_is_given_up_in_one_sentence(told):
    object.__setattr__(told, "answers", itertools.repeat(("applying", 3)))

    with pytest.raises(LauncherError, match="applying and stands still"):
        told.rebuild(lambda _: None)
