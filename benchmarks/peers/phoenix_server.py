# /// script
# requires-python = ">=3.11"
# dependencies = ["arize-phoenix==20.26.1"]
# ///
"""Arize Phoenix with SQLite, on the ports that the environment names, until it is ended. It tells nobody of itself."""

import os
import sys

FOLDER = os.environ["PEER_FOLDER"]
os.environ |= {
    "PHOENIX_WORKING_DIR": FOLDER,
    "PHOENIX_SQL_DATABASE_URL": f"sqlite:///{FOLDER}/phoenix.db",
    "PHOENIX_HOST": "127.0.0.1",
    "PHOENIX_PORT": os.environ["PEER_PORT"],
    "PHOENIX_GRPC_PORT": os.environ["PEER_SECOND_PORT"],
    "PHOENIX_TELEMETRY_ENABLED": "false",
    "PHOENIX_ALLOW_EXTERNAL_RESOURCES": "false",
    "DO_NOT_TRACK": "1",
}
os.execv(sys.executable, [sys.executable, "-m", "phoenix.server.main", "serve"])
