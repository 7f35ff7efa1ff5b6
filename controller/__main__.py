"""`python -m controller`: the operator, in a pod or from outside with --kubeconfig."""

import argparse
import asyncio
import json
import logging
import os
import signal
import socket
import sys
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from controller.operator import run
from controller.options import LlmDeployment, OperatorOptions
from dagaudit import __version__

NAMESPACE_FILE = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record, with the error's text where there is one."""
        line = {
            "ts": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line)


def options_from(arguments: list[str]) -> tuple[OperatorOptions, argparse.Namespace]:
    """What the command line and the environment say; the command line wins."""
    parser = argparse.ArgumentParser(prog="python -m controller", description=__doc__)
    add = parser.add_argument
    add("--kubeconfig", help="sign in with this file; default: the pod's service account")
    add("--namespace", action="append", default=[], help="watch only this one; repeatable; default: all")
    add("--own-namespace", default=_own_namespace(), help="where the operator's Lease is kept")
    add("--identity", default=f"{socket.gethostname()}-{uuid.uuid4().hex[:6]}", help="of this replica")
    add("--runner-image", default=os.environ.get("DAGAUDIT_RUNNER_IMAGE", f"dagaudit/runner:{__version__}"))
    add("--image-pull-policy", default="IfNotPresent", choices=["Always", "IfNotPresent", "Never"])
    add("--service-account", action="append", default=[], help="that DagAudits may name; repeatable")
    add("--llm-deployment", help="NAMESPACE/NAME of the model's Deployment, which sleeps between runs")
    add("--llm-idle-grace-seconds", type=float, default=600)
    add("--port", type=int, default=8080, help="of /healthz, /readyz and /metrics; 0 picks one")
    add("--workers", type=int, default=8)
    add("--lease-seconds", type=int, default=15)
    add("--resync-seconds", type=float, default=600.0, help="how often everything is listed anew")
    add("--log-format", default="json", choices=["json", "text"])
    add("--log-level", default="info", choices=["debug", "info", "warning", "error"])
    given = parser.parse_args(arguments)
    llm = None
    if given.llm_deployment:
        namespace, _, name = given.llm_deployment.partition("/")
        if not name:
            parser.error("--llm-deployment wants NAMESPACE/NAME")
        llm = LlmDeployment(namespace, name, given.llm_idle_grace_seconds)
    options = OperatorOptions(
        runner_image=given.runner_image,
        identity=given.identity,
        namespace=given.own_namespace,
        watch_namespaces=tuple(given.namespace),
        image_pull_policy=given.image_pull_policy,
        service_accounts=tuple(given.service_account) or ("dagaudit-runner",),
        llm=llm,
        kubeconfig=given.kubeconfig,
        port=given.port,
        workers=given.workers,
        lease_seconds=given.lease_seconds,
        resync_seconds=given.resync_seconds,
        version=__version__,
    )
    return options, given


def _own_namespace() -> str:
    return NAMESPACE_FILE.read_text().strip() if NAMESPACE_FILE.exists() else "default"


def set_up_logging(kind: str, level: str) -> None:
    """To stdout, one object a line unless text is wanted."""
    handler = logging.StreamHandler(sys.stdout)
    words = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handler.setFormatter(JsonLines() if kind == "json" else words)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.getLogger("kopf").setLevel(logging.WARNING)


async def _main(options: OperatorOptions) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    working = asyncio.create_task(run(options, stop))
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _stopper(stop, working))
    await asyncio.wait({working})
    if not working.cancelled() and (error := working.exception()) is not None:
        raise error


def _stopper(stop: asyncio.Event, working: asyncio.Task[None]) -> Callable[[], None]:
    def end() -> None:
        if stop.is_set():
            working.cancel()
        stop.set()
        # A follower waits for the Lease, not for the stop flag.
        asyncio.get_running_loop().call_later(20, working.cancel)

    return end


def main() -> int:
    """Run until told to stop; 1 when the Lease was lost, so that Kubernetes starts us anew."""
    options, given = options_from(sys.argv[1:])
    set_up_logging(given.log_format, given.log_level)
    asyncio.run(_main(options))
    return 0


if __name__ == "__main__":
    sys.exit(main())
