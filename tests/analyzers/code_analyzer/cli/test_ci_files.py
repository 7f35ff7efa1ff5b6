"""The pre-commit hooks and the GitHub Action, run as their hosts run them."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[4]
HIGH = (
    "import requests\nfrom airflow.sdk import DAG\n\n"
    "requests.get('https://x.example', timeout=3)\nDAG('high', schedule=None)\n"
)
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())


@pytest.fixture
def bin_folder(tmp_path):
    """A folder `dagaudit/bin` with this environment's command, and one DAG with a high finding."""
    folder = tmp_path / "dagaudit" / "bin"
    folder.mkdir(parents=True)
    (folder / "dagaudit").write_text(
        f"#!{sys.executable}\nimport sys\nfrom dagaudit.cli import main\nsys.argv[0] = 'dagaudit'\nmain()\n"
    )
    (folder / "dagaudit").chmod(0o755)
    (tmp_path / "my dags").mkdir()
    (tmp_path / "my dags" / "high.py").write_text(HIGH)
    return folder


def audit(bin_folder, **inputs):
    step = ACTION["runs"]["steps"][1]
    given = {name: str(value["default"]) for name, value in ACTION["inputs"].items()} | inputs
    root = bin_folder.parents[1]
    environment = {
        name: re.sub(r"\$\{\{ inputs\.(\w+) \}\}", lambda found: given[found[1]], text)
        for name, text in step["env"].items()
    }
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]],
        cwd=root,
        env={
            **os.environ,
            **environment,
            "RUNNER_TEMP": str(root),
            "GITHUB_STEP_SUMMARY": str(root / "summary.md"),
            "XDG_CACHE_HOME": str(root / "cache"),
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_action_annotates_sums_up_and_fails(bin_folder):
    done = audit(bin_folder, paths="my dags", sarif="out.sarif")

    assert done.returncode == 1, done.stderr
    assert "::error file=my dags/high.py,line=4" in done.stdout
    assert "### DagAudit: " in (bin_folder.parents[1] / "summary.md").read_text()
    assert '"version": "2.1.0"' in (bin_folder.parents[1] / "out.sarif").read_text()


def test_action_hands_its_arguments_on(bin_folder):
    done = audit(bin_folder, paths="my dags\n", arguments="--fail-on=critical\n\n--ignore=DGA109\n")

    assert done.returncode == 0, done.stderr


def test_action_runs_no_input_as_a_command(bin_folder):
    done = audit(bin_folder, paths="$(touch evil); touch evil", arguments="`touch evil`")

    assert done.returncode == 2
    assert not (bin_folder.parents[1] / "evil").exists()


def test_action_fails_where_the_tool_fails(bin_folder):
    assert audit(bin_folder, paths="nowhere", sarif="out.sarif").returncode == 2


@pytest.mark.parametrize("hook", HOOKS, ids=[hook["id"] for hook in HOOKS])
def test_hook_finds_what_is_wrong(hook, bin_folder):
    arguments = ["my dags/high.py"] if hook.get("pass_filenames", True) else ["my dags"]

    done = subprocess.run(
        [*shlex.split(hook["entry"]), *arguments],
        cwd=bin_folder.parents[1],
        env={
            **os.environ,
            "PATH": f"{bin_folder}:{os.environ['PATH']}",
            "XDG_CACHE_HOME": str(bin_folder / "cache"),
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "my dags/high.py:4:1: high" in done.stdout


def test_documented_hooks_and_inputs_exist():
    text = (ROOT / "docs" / "ci.md").read_text()
    examples = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]

    ids = {hook["id"] for hook in HOOKS}
    used = set(re.findall(r"- id: ([\w-]+)", text))
    action = next(step for step in examples[2]["steps"] if step["uses"].startswith("dagaudit/"))
    assert used == ids
    assert action["with"].keys() <= ACTION["inputs"].keys()
