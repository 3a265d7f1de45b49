# /// script
# requires-python = ">=3.11"
# dependencies = ["mlflow==3.17.2"]
# ///
"""MLflow's tracking server with SQLite and one worker, on the port that the environment names. It tells nobody."""

import os
import sys

FOLDER = os.environ["PEER_FOLDER"]
os.environ |= {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    # Half a dozen processes that look for jobs; there are none.
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
}
where = ["--backend-store-uri", f"sqlite:///{FOLDER}/mlflow.db", "--default-artifact-root", f"{FOLDER}/artifacts"]
listens = ["--host", "127.0.0.1", "--port", os.environ["PEER_PORT"], "--workers", "1"]
os.execv(sys.executable, [sys.executable, "-m", "mlflow", "server", *where, *listens])
