"""Makes analyzers/code_analyzer/gone_names.json.gz: what of Airflow 2 can no longer be imported in Airflow 3.

    python tools/make_gone_names.py apache_airflow-2.11.0-py3-none-any.whl /path/to/airflow-3.3.2/bin/python

The names of Airflow 2 are read from its wheel, which is parsed and never imported. Each is then imported for
real in the given Airflow 3: what fails is gone, what warns is moved.
"""

import ast
import gzip
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

TARGET = Path(__file__).parent.parent / "analyzers" / "code_analyzer" / "gone_names.json.gz"
SKIPPED = ("airflow/providers/", "airflow/example_dags/", "airflow/migrations/", "airflow/www/static")

# Runs in Airflow 3: {module: names} on stdin; prints a verdict for each.
PROBE = r"""
import importlib, json, logging, re, sys, warnings
logging.disable(logging.CRITICAL)
names, found = json.load(sys.stdin), {}
def verdict(load):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            load()
        except BaseException as error:
            return "gone"
    for one in caught:
        told = re.search(r"[Uu]se `+'?(airflow[\w.]+)'?`", str(one.message))
        if told:
            return told[1]
    return "there"
def member(module, name):
    try:
        return getattr(sys.modules[module], name)
    except AttributeError:
        return importlib.import_module(f"{module}.{name}")
for module, members in names.items():
    whole = verdict(lambda: importlib.import_module(module))
    if module not in sys.modules:
        whole = "gone"
    found[module] = {"": whole}
    if whole != "gone":
        found[module].update({name: verdict(lambda: member(module, name)) for name in members})
print(json.dumps(found))
"""


def main(wheel: Path, python: str) -> None:
    """Write the table."""
    names, moved = _names_in(wheel)
    found: dict[str, dict[str, str]] = json.loads(_run(python, PROBE, json.dumps(names)))
    moved.update(
        {
            f"{module}.{name}": new
            for module, each in found.items()
            for name, new in each.items()
            if "." in new
        }
    )
    gone = sorted(module for module, each in found.items() if each[""] == "gone")
    document = {
        "generated_by": "tools/make_gone_names.py",
        "wheel": wheel.name,
        "airflow": _run(python, "import airflow; print(airflow.__version__)", ""),
        "gone_modules": gone,
        "gone_names": {
            module: sorted(name for name, verdict in each.items() if verdict == "gone")
            for module, each in sorted(found.items())
            if module not in gone
        },
        # Some modules have gone while a function of the same name stays: airflow.decorators.task_group.
        "members_like_gone_modules": sorted(
            f"{module}.{name}"
            for module, each in found.items()
            for name, verdict in each.items()
            if verdict != "gone" and f"{module}.{name}" in gone
        ),
        "moved": moved,
    }
    data = json.dumps(document, separators=(",", ":"), sort_keys=True).encode()
    TARGET.write_bytes(gzip.compress(data, mtime=0))


def _names_in(wheel: Path) -> tuple[dict[str, list[str]], dict[str, str]]:
    found: dict[str, set[str]] = {}
    moved: dict[str, str] = {}
    with zipfile.ZipFile(wheel) as archive:
        for path in archive.namelist():
            if not path.startswith("airflow/") or not path.endswith(".py") or path.startswith(SKIPPED):
                continue
            module = path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
            found.setdefault(module, set())
            for name, new in _members(ast.parse(archive.read(path))):
                inner, _, last = f"{module}.{name}".rpartition(".")
                if not last.startswith("_"):
                    found.setdefault(inner, set()).add(last)
                    if new is not None:
                        moved[f"{inner}.{last}"] = new
    return {module: sorted(members) for module, members in sorted(found.items())}, moved


def _members(tree: ast.Module) -> Iterator[tuple[str, str | None]]:
    """Each public name with its new place, where the module's table of deprecated ones tells it."""
    waiting: list[ast.stmt] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, None
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name):
                    yield target.id, None
                    if "deprecated" in target.id or "lazy" in target.id:
                        yield from _table(node.value, tells_place="deprecated" in target.id)
        elif isinstance(node, ast.If):
            waiting += node.body + node.orelse
        elif isinstance(node, ast.Try):
            waiting += node.body + node.orelse + [one for handler in node.handlers for one in handler.body]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("airflow"):
            yield from ((alias.asname or alias.name, None) for alias in node.names)


def _table(value: ast.expr | None, *, tells_place: bool) -> Iterator[tuple[str, str | None]]:
    if not isinstance(value, ast.Dict):
        return
    try:
        table = ast.literal_eval(value)
    except ValueError:
        return
    for key, new in table.items():
        if isinstance(new, dict):
            yield from ((f"{key}.{name}", place) for name, place in new.items())
        else:
            yield key, new if tells_place and isinstance(new, str) else None


def _run(python: str, script: str, given: str) -> str:
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "AIRFLOW_HOME": home, "PYTHONWARNINGS": "ignore"}
        done = subprocess.run(
            [python, "-c", script], input=given, capture_output=True, text=True, check=True, env=environment
        )
    return done.stdout.splitlines()[-1]


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
