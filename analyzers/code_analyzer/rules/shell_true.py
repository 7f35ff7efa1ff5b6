"""DGA504: a shell runs text that is not constant.

With `shell=True` every `;`, `$(…)` and quote in the text means something. A file name from outside is enough
to run a command as the worker. A list of arguments needs no shell.

Bad:

    import subprocess
    from airflow.sdk import task

    @task
    def unpack(name: str):
        subprocess.run(f"tar xf /data/{name}", shell=True, check=True)  # <- here

Good:

    import subprocess
    from airflow.sdk import task

    @task
    def unpack(name: str):
        subprocess.run(["tar", "xf", f"/data/{name}"], check=True)
        subprocess.run("df -h | sort", shell=True, check=True)
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.shell_calls import shell_calls
from analyzers.code_analyzer.syntax import HOLE, text_of
from dagaudit.finding import Severity


@file_rule("DGA504", "shell-true", Severity.MEDIUM, tags=("security", "shell"))
def check(file: FileContext) -> Iterator[Problem]:
    """Constant commands, and names of constants, are left alone."""
    for name, call, command in shell_calls(file):
        text = text_of(file, command)
        if text is None or HOLE in text:
            yield Problem(
                call,
                f"{name}() lets a shell run text that is not constant",
                "give a list of arguments, without a shell",
            )
