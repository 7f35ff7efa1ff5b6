"""The README's first commands, in a clean clone, as a stranger types them."""

import json
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is committed, and nothing else."""
    folder = tmp_path_factory.mktemp("clone") / "dagaudit"
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(folder)], check=True)
    return folder


@pytest.fixture(scope="module")
def demo(clone: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["make", "demo"], cwd=clone, capture_output=True, text=True, check=False)


def test_demo_ends_well_though_it_finds_something(demo):
    assert demo.returncode == 0, demo.stderr
    assert "critical" in demo.stdout


def test_demo_names_the_report_on_its_last_line(clone, demo):
    report = json.loads(Path(demo.stdout.splitlines()[-1]).read_text())

    assert report["totals"]["findings"] > 0
    assert report["totals"]["causes"] > 0
    assert Path(demo.stdout.splitlines()[-1]).is_relative_to(clone / "build" / "demo-report")


def test_demo_names_the_next_command(demo):
    assert "dagaudit dashboard" in demo.stdout


def test_demo_can_be_repeated_without_a_network(clone, demo):
    offline = ["unshare", "--net", "--map-root-user", "make", "demo"]

    again = subprocess.run(offline, cwd=clone, capture_output=True, text=True, check=False)

    assert again.returncode == 0, again.stderr
    assert "nothing new" in again.stdout


def test_command_works_from_any_folder(clone, demo, tmp_path):
    program = clone / ".venv" / "bin" / "dagaudit"

    done = subprocess.run([program, "--version"], cwd=tmp_path, capture_output=True, text=True, check=True)

    assert done.stdout.startswith("dagaudit ")
