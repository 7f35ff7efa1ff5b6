"""DGA509: packages are installed at run time without a version.

Whatever was published last runs tonight: a new major version breaks the task without a change of yours, and a
package taken over by somebody else runs with the worker's rights.

Bad:

    from airflow.sdk import task

    @task.virtualenv(requirements=["pandas", "requests==2.32.3"])  # <- here
    def report():
        import pandas

        print(pandas.__version__)

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        BashOperator(task_id="report", bash_command="pip install pandas && python report.py")  # <- here

Good:

    from airflow.sdk import DAG, task
    from airflow.providers.standard.operators.bash import BashOperator

    @task.virtualenv(requirements=["pandas==2.3.1", "requests==2.32.3"])
    def report():
        pass

    with DAG("report", schedule="@daily"):
        BashOperator(task_id="report", bash_command="pip install -r requirements.txt && python report.py")
"""

import ast
import re
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.syntax import argument, last_name, literal_text
from dagaudit.finding import Severity

_PINNED = re.compile(r"==|~=\s*\d+\.\d+\.|@\s*\S|^-|^\.|/|\.whl$|\{\{|^#|^$")
_INSTALL = re.compile(r"\b(?:pip3?|uv pip)\s+install\s+(?P<rest>[^|;&\n]{0,1000})")
_COMMANDS = frozenset({"bash_command", "command", "commands", "cmds", "arguments", "args"})
_WITH_FILE = re.compile(r"(?:^|\s)(?:-r|-c|-e|--requirement|--constraint|--require-hashes)\b")


@file_rule("DGA509", "unpinned-packages", Severity.MEDIUM, tags=("security", "reproducibility"))
def check(file: FileContext) -> Iterator[Problem]:
    """Requirements of virtualenv tasks, and `pip install` in commands; constraint files are taken as pins."""
    for call in file.all(ast.Call):
        if last_name(call.func) in {
            "PythonVirtualenvOperator",
            "BranchPythonVirtualenvOperator",
            "virtualenv",
        }:
            given = argument(call, "requirements")
            options = argument(call, "pip_install_options")
            loose = [] if given is None or options is not None else _loose(given)
            if given is not None and loose:
                yield _problem(given, ", ".join(loose))
    for text in file.all(ast.Constant):
        if isinstance(text.value, str) and "install" in text.value and _is_command(file, text):
            for found in _INSTALL.finditer(text.value):
                if not _WITH_FILE.search(found["rest"]):
                    words = [word.strip("'\"") for word in found["rest"].split() if not word.startswith("-")]
                    loose = [word for word in words if not _PINNED.search(word) and not word.startswith("$")]
                    if loose and not {"pip", "setuptools", "wheel"} >= set(loose):
                        yield _problem(text, ", ".join(loose))
                        break


def _is_command(file: FileContext, text: ast.Constant) -> bool:
    """Whether it is run, not only said: an operator's command, or the argument of a subprocess call."""
    for above in file.parsed.ancestors(text):
        if isinstance(above, ast.keyword):
            return above.arg in _COMMANDS
        if isinstance(above, ast.Call):
            name = file.parsed.qualified_name(above.func) or ""
            return name.startswith("subprocess.") or name in {"os.system", "os.popen"}
        if isinstance(above, ast.stmt):
            return False
    return False


def _loose(given: ast.expr) -> list[str]:
    if isinstance(given, ast.List | ast.Tuple):
        texts = [literal_text(each) for each in given.elts]
    else:
        text = literal_text(given)
        texts = list(text.splitlines()) if text is not None and not text.endswith(".txt") else []
    return [text.strip() for text in texts if text is not None and not _PINNED.search(text.strip())]


def _problem(node: ast.AST, packages: str) -> Problem:
    return Problem(node, f"no version is given for {packages}", "pin it with ==, or use a constraints file")
