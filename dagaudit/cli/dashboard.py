"""`dagaudit dashboard`: the dashboard on a reports root."""

import os
import signal
import socket
import subprocess
import sys
import time
import webbrowser
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated
from urllib.error import URLError
from urllib.request import urlopen

import typer

from dagaudit.errors import DagAuditError, ReportUnreadable, SpecInvalid

ADDRESS = "DASHBOARD_DATA_PATH"
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104
LOCAL = ("127.0.0.1", "localhost", "::1")
START_SECONDS = 60


def command(
    reports: Annotated[
        str | None,
        typer.Argument(
            help=f"A reports root or a final_dashboard_data.json; else {ADDRESS}.", metavar="REPORTS"
        ),
    ] = None,
    port: Annotated[int, typer.Option(help="0 takes a free one.", min=0, max=65535)] = 8501,
    host: Annotated[str, typer.Option(help="Where to listen; 0.0.0.0 is everywhere.")] = "127.0.0.1",
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page.")] = True,
) -> None:
    """Show reports in a browser, until it is stopped by Ctrl-C."""
    address = reports or os.environ.get(ADDRESS)
    if not address:
        raise SpecInvalid(f"no report is named; give a reports root, or set {ADDRESS}")
    script = _script()
    _say_if_missing(address)
    port = _free_port(host, port)
    url = f"http://{_reachable(host)}:{port}"
    # Whoever stops this process stops the server too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    server = subprocess.Popen(
        _arguments(script, host, port), env={**os.environ, ADDRESS: address}, stdout=subprocess.DEVNULL
    )
    try:
        _wait_until_ready(server, url)
        typer.echo(f"The dashboard is at {url} (Ctrl-C stops it)")
        if browser:
            webbrowser.open(url)
        code = server.wait()
    except KeyboardInterrupt:
        code = 0
    finally:
        _stop(server)
    if code:
        raise ReportUnreadable(f"the dashboard stopped with exit code {code}; its words stand above")


def _reachable(host: str) -> str:
    if host in EVERYWHERE:
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _script() -> Path:
    if find_spec("streamlit") is None:
        raise SpecInvalid("the dashboard is not installed; run: pip install 'dagaudit[dashboard]'")
    found = find_spec("dashboard")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).with_name("asgi.py")


def _arguments(script: Path, host: str, port: int) -> list[str]:
    """What does not change stands in .streamlit/config.toml beside the script."""
    # -P: a folder `dashboard` where the command is run must not be taken for ours.
    arguments = [sys.executable, "-P", "-m", "streamlit", "run", str(script)]
    arguments += [f"--server.address={host}", f"--server.port={port}", "--logger.level=warning"]
    if host in LOCAL:
        # Else a page of another site could reach the dashboard by a name that leads to this machine.
        arguments += [f"--server.allowedHosts={name}" for name in LOCAL]
    return arguments


def _say_if_missing(address: str) -> None:
    """A report that is not there yet is no reason not to start: the audit may be running."""
    from dagaudit.address import Use, parse
    from dagaudit.cli.output import problem

    place = parse(address, Use.REPORTS)
    if place.scheme == "file" and not Path(place.path).exists():
        problem(f"{place.path} does not exist (yet); the page shows the report as soon as it is there")


def _free_port(host: str, port: int) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SpecInvalid(
                f"{host} port {port} cannot be used: {error.strerror}; choose another by --host or --port"
            ) from error
        free: int = probe.getsockname()[1]
        return free


def _wait_until_ready(server: "subprocess.Popen[bytes]", url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise DagAuditError(f"the dashboard did not start (exit code {server.returncode})")
        try:
            with urlopen(f"{url}/_stcore/health", timeout=2):  # noqa: S310
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise DagAuditError(f"the dashboard did not answer within {START_SECONDS} s")


def _stop(server: "subprocess.Popen[bytes]") -> None:
    if server.poll() is None:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
