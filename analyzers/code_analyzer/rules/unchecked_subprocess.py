"""DGA313: a program's failure goes unnoticed.

`os.system` and `subprocess.run` return an exit code and raise nothing. When nobody looks at it, the task is
green whatever the program did. The same holds for `|| true` and `exit 0` at the end of a shell command, and
for whatever stands before the last `|` of a pipe.

Bad:

    import os
    import subprocess
    from airflow.sdk import task

    @task
    def export():
        os.system("/opt/export.sh")  # <- here
        subprocess.run(["gzip", "/data/export.csv"])  # <- here

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("export", schedule="@daily"):
        BashOperator(task_id="export", bash_command="python export.py || true")  # <- here

Good:

    import subprocess
    from airflow.sdk import DAG, task
    from airflow.providers.standard.operators.bash import BashOperator

    @task
    def export():
        subprocess.run(["gzip", "/data/export.csv"], check=True)
        done = subprocess.run(["ls"], capture_output=True)
        if done.returncode:
            raise RuntimeError("ls failed")

    with DAG("export", schedule="@daily"):
        BashOperator(task_id="export", bash_command="set -o pipefail; python export.py | gzip > /data/out.gz")
        BashOperator(task_id="clean", bash_command="rm -f /data/*.tmp || true")
"""

import ast
import re
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.fixes import edits
from analyzers.code_analyzer.fixes.arguments import add_argument
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.syntax import argument, calls_named, has_open_arguments, last_name, text_of
from dagaudit.finding import Severity

_RUNS = ("subprocess.run", "subprocess.call", "os.system")
_LOOKS = frozenset({"returncode", "check_returncode", "stderr"})
MAX_END = 300
MAX_PIPE = 5_000
# Of these nobody expects a failure, and these end well whatever they are given.
_ONLY_SHOWS = re.compile(r"^\s*(?:cat|date|seq|yes|env|hostname|whoami|head|tail|sort|find|ps|\$\w+)\b")
_TAKES_ANYTHING = re.compile(
    r"^\s*(?:gzip|zstd|bzip2|tee|sort|wc|head|tail|cat|awk|sed|tr|cut|uniq|xargs|aws s3 cp|gsutil cp|less)\b"
)
_OR_TRUE = re.compile(r"(?P<command>[^;&|\n]+)\|\|\s*(?:true|:|exit 0|echo\b[^;&|\n]*)\s*;?\s*\Z")
_EXIT_0 = re.compile(r"(?P<command>[^;&|\n]+)[;\n]\s*exit\s+0\s*;?\s*\Z")
# What may fail without harm: to remove, to look, to stop what may have stopped.
_MAY_FAIL = re.compile(
    r"^\s*(?:sudo\s+)?(?:rm|rmdir|mkdir|kill|pkill|docker (?:rm|stop|kill)|ls|grep|echo"
    r"|printf|test|\[|unlink|true)\b"
)


@file_rule(
    "DGA313", "unchecked-subprocess", Severity.MEDIUM, tags=("reliability", "shell"), fixes=edits.UNSAFE
)
def check(file: FileContext) -> Iterator[Problem]:
    """Calls in task code whose exit code nobody reads, and shell commands that hide theirs."""
    for name, call in calls_named(file, _RUNS):
        unchecked = argument(call, "check") is None and not has_open_arguments(call)
        if unchecked and file.scopes.in_task(call) and _ignored(file, call):
            advice = "use subprocess.run([...], check=True)" if name == "os.system" else "add check=True"
            made = add_argument(file.parsed, call, "check=True") if name == "subprocess.run" else []
            fix = edits.unsafe("raise where it fails", *made) if made else None
            yield Problem(call, f"nobody looks at the exit code of {name}()", advice, fix=fix)
    for keyword in file.all(ast.keyword):
        if keyword.arg == "bash_command":
            text = text_of(file, keyword.value)
            # Only the end counts; a search through a long hostile text would take minutes.
            end = text[-MAX_END:] if text else ""
            found = _OR_TRUE.search(end) or _EXIT_0.search(end)
            if found is not None and not _MAY_FAIL.search(found["command"]):
                yield Problem(
                    keyword.value,
                    "the command's failure is hidden by its end",
                    "let the exit code of the command through",
                )
            elif text and _pipe_hides(text):
                yield Problem(
                    keyword.value,
                    "only the last command of the pipe counts: a failure before it goes unnoticed",
                    "begin with `set -o pipefail;`",
                )


def _pipe_hides(text: str) -> bool:
    """Whether the last command is a pipe from one that may fail, and nothing says that this counts."""
    if len(text) > MAX_PIPE or "pipefail" in text or "PIPESTATUS" in text:
        return False
    last = re.split(r"\n|;|&&", text.strip().rstrip(";"))[-1]
    parts = re.split(r"(?<!\|)\|(?!\|)", re.sub(r"'[^']*'|\"[^\"]*\"|\{\{.*?\}\}", "x", last))
    return (
        len(parts) > 1
        and "||" not in last
        and not _MAY_FAIL.search(parts[0])
        and not _ONLY_SHOWS.search(parts[0])
        and bool(_TAKES_ANYTHING.search(parts[-1]))
    )


def _ignored(file: FileContext, call: ast.Call) -> bool:
    parent = file.parsed.parent(call)
    if isinstance(parent, ast.Expr):
        return True
    if not isinstance(parent, ast.Assign) or not isinstance(parent.targets[0], ast.Name):
        return False
    name, function = parent.targets[0].id, file.scopes.function(call)
    if last_name(call.func) != "run":
        return False
    uses = [each for each in file.all(ast.Name) if each.id == name and isinstance(each.ctx, ast.Load)]
    for use in uses:
        above = file.parsed.parent(use)
        if not isinstance(above, ast.Attribute) or above.attr in _LOOKS:
            return False
    return function is not None
