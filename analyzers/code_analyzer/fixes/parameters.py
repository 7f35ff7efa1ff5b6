"""Binds names in a function's signature."""

import ast

from analyzers.code_analyzer.fixes import edits
from analyzers.code_analyzer.parsed_file import ParsedFile
from analyzers.code_analyzer.template_names import all_context_names
from dagaudit.finding import Edit

_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
# The source of such a function runs in another process, where the default's name means nothing.
_ELSEWHERE = ("virtualenv", "external_python", "docker", "kubernetes")


def default_bound(parsed: ParsedFile, function: _Function, names: list[str]) -> list[Edit]:
    """The edits that give a function keyword-only parameters `name=name`, which keep the values of now.

    Keyword-only, as Airflow may hand over arguments by position. Empty where Airflow itself would fill one
    in, or the signature is written in a way that is not followed.
    """
    arguments = function.args
    if not all_context_names().isdisjoint(names) or _runs_elsewhere(function):
        return []
    text = ", ".join(f"{name}={name}" for name in names)
    if arguments.vararg is None and not arguments.kwonlyargs:
        text = f"*, {text}"
    if arguments.kwarg is not None:
        line, column = edits.start(parsed, arguments.kwarg)
        stars = parsed.line(line).rfind("**", 0, column)
        return [edits.insert((line, stars + 1), f"{text}, ")] if stars >= 0 else []
    last = _last(arguments)
    if last is None:
        return _into_empty(parsed, function, text)
    line, column = edits.end(parsed, last)
    following = parsed.line(line)[column - 1 :].lstrip()[:1]
    if following not in (":", ",") if isinstance(function, ast.Lambda) else following not in (")", ",", ":"):
        return []
    before = edits.start(parsed, last)
    if parsed.line(before[0])[: before[1] - 1].endswith("("):
        # A default in parentheses: its end is not where the parameter ends.
        return [edits.insert((line, column), f", {text}")] if last in _parameters(arguments) else []
    return [edits.insert((line, column), f", {text}")]


def _runs_elsewhere(function: _Function) -> bool:
    names = [ast.unparse(each) for each in getattr(function, "decorator_list", ())]
    return any(word in name for name in names for word in _ELSEWHERE)


def _parameters(arguments: ast.arguments) -> list[ast.arg]:
    found = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return found if arguments.vararg is None else [*found, arguments.vararg]


def _last(arguments: ast.arguments) -> ast.arg | ast.expr | None:
    """The last parameter, its annotation or its default, whichever ends last."""
    defaults = [each for each in (*arguments.defaults, *arguments.kw_defaults) if each is not None]
    found: list[ast.arg | ast.expr] = [*_parameters(arguments), *defaults]
    return max(found, key=lambda each: (each.end_lineno or 0, each.end_col_offset or 0), default=None)


def _into_empty(parsed: ParsedFile, function: _Function, text: str) -> list[Edit]:
    line, column = edits.start(parsed, function)
    if isinstance(function, ast.Lambda):
        return [edits.insert((line, column + len("lambda")), f" {text}")]
    opening = parsed.line(line).find("(", column - 1)
    if not parsed.line(line)[opening + 1 :].lstrip().startswith(")"):
        return []
    return [edits.insert((line, opening + 2), text)]
