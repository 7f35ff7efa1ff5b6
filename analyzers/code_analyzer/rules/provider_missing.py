"""DGA611: an import needs a provider package that the requirements do not name.

Since Airflow 3 even operators of old friends come in packages of their own. Where one is missing, no DAG of
the file is loaded. Silent where there is no `requirements.txt` in the DAG folder, and none is named by the
option `requirements`.

Bad:

    # file: requirements.txt
    apache-airflow==3.3.2
    # file: report.py
    from airflow.sdk import DAG
    from airflow.providers.ssh.operators.ssh import SSHOperator  # <- here

    with DAG("report", schedule=None):
        SSHOperator(task_id="load", ssh_conn_id="host", command="load")

Good:

    # file: requirements.txt
    apache-airflow==3.3.2
    apache-airflow-providers-ssh>=4
    # file: report.py
    from airflow.sdk import DAG
    from airflow.providers.ssh.operators.ssh import SSHOperator

    with DAG("report", schedule=None):
        SSHOperator(task_id="load", ssh_conn_id="host", command="load")
"""

import ast
import re
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.gone_imports import is_guarded_import
from analyzers.code_analyzer.provider_names import package_of
from analyzers.code_analyzer.rule import Problem, file_rule
from dagaudit.finding import Severity

_PREFIX = "apache-airflow-providers-"
# Installed with Airflow 3 itself.
_ALWAYS = frozenset(
    _PREFIX + name for name in ("standard", "common-compat", "common-io", "common-sql", "smtp")
)
_REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[([^\]]*)\])?")
_MAX_INCLUDED = 10


@file_rule(
    "DGA611",
    "provider-missing",
    Severity.LOW,
    applies_from=(3, 0),
    tags=("migration",),
    options={"requirements": "requirements.txt"},
)
def check(file: FileContext) -> Iterator[Problem]:
    """Unguarded imports of providers, once for each package."""
    imports = [
        node for node in file.all(ast.ImportFrom) if (node.module or "").startswith("airflow.providers.")
    ]
    named = _named(file, file.settings.option("DGA611", "requirements")) if imports else None
    if named is None:
        return
    told: set[str] = set()
    for node in imports:
        package = package_of(f"{node.module}.")
        if package is None or package in named | _ALWAYS | told or is_guarded_import(node, file.parsed):
            continue
        told.add(package)
        yield Problem(
            node, f"`{node.module}` needs {package}, which the requirements do not name", f"add {package}"
        )


def _named(file: FileContext, path: str) -> frozenset[str] | None:
    """The packages that a requirements file names, with those it includes; None where it cannot be read."""
    read = file.model.read_data
    data = read(path) if read is not None else None
    if read is None or data is None:
        return None
    found: set[str] = set()
    waiting, seen = [data], 0
    while waiting:
        for line in waiting.pop().decode("utf-8", "replace").splitlines():
            if line.strip().startswith(("-r", "--requirement")):
                seen += 1
                further = read(line.split(maxsplit=1)[-1].strip()) if seen < _MAX_INCLUDED else None
                if further is None:
                    # What it names is not known.
                    return None
                waiting.append(further)
                continue
            named = _REQUIREMENT.match(line)
            if named is not None:
                found |= _packages(named[1], named[2] or "")
    return frozenset(found)


def _packages(name: str, extras: str) -> set[str]:
    plain = re.sub(r"[-_.]+", "-", name).lower()
    wanted = {re.sub(r"[-_.]+", "-", extra.strip()).lower() for extra in extras.split(",") if extra.strip()}
    # `apache-airflow[google]` brings the provider.
    return {
        plain,
        *(_PREFIX + extra for extra in wanted if plain in {"apache-airflow", "apache-airflow-core"}),
    }
