"""DGA405: a program is started, or the parser sleeps, while the file is parsed.

A parse that takes longer than `dagbag_import_timeout` (30 seconds) is killed and the DAG is gone. A program
started here also runs as the DAG processor, with its rights, many times an hour.

Bad:

    import subprocess
    from airflow.sdk import DAG

    VERSION = subprocess.check_output(["git", "describe"], text=True)  # <- here

Bad:

    import time
    from airflow.sdk import DAG

    time.sleep(5)  # <- here

Good:

    import subprocess
    from airflow.sdk import task

    @task
    def version() -> str:
        return subprocess.check_output(["git", "describe"], text=True)
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.syntax import calls_named
from dagaudit.finding import Severity

_STARTS = (
    "subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output",
    "subprocess.Popen", "subprocess.getoutput", "subprocess.getstatusoutput", "os.system", "os.popen",
    "os.spawnl", "os.execv",
)  # fmt: skip
_SLEEPS = ("time.sleep",)


@file_rule("DGA405", "subprocess-at-parse", Severity.HIGH, tags=("parse-time", "performance"))
def check(file: FileContext) -> Iterator[Problem]:
    """Where an import runs them."""
    for name, call in calls_named(file, (*_STARTS, *_SLEEPS)):
        if file.scopes.at_parse(call):
            what = "halts the DAG processor" if name in _SLEEPS else "starts a program"
            yield Problem(call, f"{name}() {what} at every parse of the file", "do it in a task")
