"""`dagaudit dashboard`: what it says before there is anything to see."""

import importlib.util
import socket
import subprocess
import sys

import pytest

from dagaudit.cli import dashboard
from dagaudit.errors import AddressInvalid, SpecInvalid


def run(*arguments: str, **options: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "dagaudit", "dashboard", "--no-browser", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, **options)


def test_no_address_is_told_in_one_line():
    done = run(env={"PATH": "/usr/bin"})

    assert done.returncode == 2
    assert done.stderr == "error: no report is named; give a reports root, or set DASHBOARD_DATA_PATH\n"


def test_taken_port_is_told_with_the_way_out():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        done = run("reports", "--port", str(port))

    assert done.returncode == 2
    assert f"127.0.0.1 port {port} cannot be used: Address already in use" in done.stderr
    assert "--port" in done.stderr


def test_missing_extra_is_told_with_the_command_that_brings_it(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(dashboard, "find_spec", lambda name: None)

    with pytest.raises(SpecInvalid, match=r"pip install 'dagaudit\[dashboard\]'"):
        dashboard.command("reports")


def test_nonsense_for_an_address_is_told_before_the_server_starts():
    with pytest.raises(AddressInvalid, match="unknown scheme"):
        dashboard.command("gopher://reports")


def test_report_that_is_not_there_yet_is_no_reason_not_to_start(tmp_path, capsys):
    dashboard._say_if_missing(str(tmp_path / "later"))

    assert "does not exist (yet)" in capsys.readouterr().err


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_local_server_answers_to_local_names_alone(host):
    arguments = dashboard._arguments(dashboard._script(), host, 1)

    assert [one for one in arguments if "allowedHosts" in one] == [
        "--server.allowedHosts=127.0.0.1",
        "--server.allowedHosts=localhost",
        "--server.allowedHosts=::1",
    ]


def test_server_for_everybody_leaves_names_to_the_ingress():
    arguments = dashboard._arguments(dashboard._script(), "0.0.0.0", 1)

    assert not [one for one in arguments if "allowedHosts" in one]


def test_folder_called_dashboard_is_not_taken_for_ours():
    assert "-P" in dashboard._arguments(dashboard._script(), "127.0.0.1", 1)
