"""Calls of Python that let a shell run a text."""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.syntax import argument, calls_named, is_true

_WITH_SHELL = (
    "subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output",
    "subprocess.Popen",
)  # fmt: skip
_ALWAYS_SHELL = ("os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput")


def shell_calls(file: FileContext) -> Iterator[tuple[str, ast.Call, ast.expr]]:
    """The name of what is called, the call, and the command."""
    for name, call in calls_named(file, (*_WITH_SHELL, *_ALWAYS_SHELL)):
        if name in _WITH_SHELL and not is_true(argument(call, "shell")):
            continue
        command = argument(call, "args", 0) or argument(call, "cmd", 0) or argument(call, "command", 0)
        if command is not None:
            yield name, call, command
