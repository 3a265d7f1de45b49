"""What the launcher asks of the deployed service: a key for the demo organisation, and a rebuild of the figures."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from infra.local.aws import client
from infra.local.deployment import Deployment
from infra.local.errors import LauncherError
from infra.local.settings import Settings, write_private

DEMO = {"organisation": "demo", "name": "Demo", "time_zone": "UTC"}
REBUILD_PATH = "/api/admin/rebuild"
REQUEST_SECONDS = 40
STUCK_SECONDS = 120
"""How long a rebuild may stand still; settling takes 35 seconds of it."""


@dataclass(frozen=True)
class Service:
    """The service as deployed to the emulator."""

    settings: Settings
    deployment: Deployment

    def ensure_key(self) -> bool:
        """Keep a working admin key of `demo` in the key file; return whether a new one had to be made."""
        if self.settings.key_file.is_file() and self._works(self.settings.key_file.read_text()):
            return False
        write_private(self.settings.key_file, self.provision(**DEMO)["key"]["secret"])
        return True

    def provision(self, organisation: str, name: str, time_zone: str = "UTC") -> dict[str, Any]:
        """Create the organisation unless it is there, and return it with a new admin key."""
        request = {"organisation": organisation, "name": name, "time_zone": time_zone}
        answer = client(self.settings, "lambda").invoke(
            FunctionName=self.deployment.outputs["ProvisionFunctionName"], Payload=json.dumps(request).encode()
        )
        payload: dict[str, Any] = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise LauncherError(f"Organisation {organisation!r} could not be made: {payload.get('errorMessage')}")
        return payload

    def rebuild(self, show: Callable[[float], None]) -> None:
        """Recompute all figures from the runs, telling `show` the percentage done, for as long as it gets anywhere."""
        reached, since = None, time.monotonic()
        while True:
            answer = self._request("POST", REBUILD_PATH, json={})
            if answer.is_error:
                raise LauncherError(f"The figures could not be rebuilt: {answer.text}")
            progress = answer.json()
            if progress["state"] == "completed":
                return
            show(progress["progress"]["percentage"])
            if (progress["state"], progress["progress"]) != reached:
                reached, since = (progress["state"], progress["progress"]), time.monotonic()
            elif time.monotonic() - since > STUCK_SECONDS:
                raise LauncherError(
                    f"The figures are not being counted (the rebuild is {progress['state']} and stands still):"
                    f" {self.settings.logs} says why, and `watchbill rebuild` goes on where it stopped."
                )
            time.sleep(progress["retry_after"] or 0)

    def _works(self, key: str) -> bool:
        return self._request("GET", "/api/organisation", key=key).status_code == httpx.codes.OK

    def _request(
        self, method: str, path: str, key: str | None = None, json: Mapping[str, object] | None = None
    ) -> httpx.Response:
        url = self.deployment.api_url(self.settings) + path
        headers = {"Authorization": f"Bearer {key or self.settings.key_file.read_text()}"}
        return httpx.request(method, url, headers=headers, json=json, timeout=REQUEST_SECONDS)
