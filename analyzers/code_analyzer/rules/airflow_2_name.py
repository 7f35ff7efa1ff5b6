"""DGA600: the code uses a name that Airflow 3 removed, moved or renamed.

Ruff's rules AIR3xx know the tables; their codes stand in the message. What was removed fails when the file
is parsed or the task runs; what still works through a shim is low. Imports are also held against a table of
what really fails in Airflow 3.3, used or not.

Bad:

    from airflow.sdk import DAG
    from airflow.operators.bash import BashOperator  # <- here

    with DAG("report", schedule="@daily"):
        BashOperator(task_id="load", bash_command="load")

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        BashOperator(task_id="load", bash_command="load")
"""

import ast
import re
from collections.abc import Iterator, Mapping

from analyzers.code_analyzer import ruff_engine
from analyzers.code_analyzer.context import BundleContext, FileContext
from analyzers.code_analyzer.fixes import edits
from analyzers.code_analyzer.fixes.renames import moved, renames
from analyzers.code_analyzer.gone_imports import GoneImport, gone_imports
from analyzers.code_analyzer.gone_names import still_works
from analyzers.code_analyzer.removed_keys import removed_keys, removed_parameters
from analyzers.code_analyzer.rule import Place, Problem, bundle_rule
from dagaudit.finding import Severity

_NEW = ("airflow.sdk", "airflow.providers.standard")
# Words of Airflow 2 that code with the new imports may still hold.
_OLD_WORDS = re.compile(
    r"\b(schedule_interval|timetable|concurrency|fail_stop|default_view|orientation|sla_miss_callback|sla|use_dill"
    r"|execution_date|next_ds|prev_ds|tomorrow_ds|yesterday_ds|provide_context|task_concurrency|conf|Dataset\w*"
    r"|create_asset_\w+|iter_dataset\w*|get_context|filename_template|delegate_to)\b"
)
_NAME = re.compile(r"`([\w.]+)`")
_WORKS_BY_A_SHIM = ("AIR311", "AIR312", "AIR321")
# Not AIR304: DGA202 and DGA411 know more of it.
_SINCE = {
    "AIR301": (3, 0),
    "AIR302": (3, 0),
    "AIR303": (3, 0),
    "AIR311": (3, 0),
    "AIR312": (3, 0),
    "AIR321": (3, 1),
}
# DGA606 says what becomes of them.
_TOLD_BY_OTHERS = ("sla", "sla_miss_callback")
_MEASURED = (3, 3)
_BOTH = re.compile(
    r"is (?:removed|(deprecated and moved into `[\w.-]+` provider)) in Airflow 3\.\d; It still works in"
    r" Airflow 3\.\d but is expected to be removed in a future version\.?"
)

_Kept = tuple[str, dict[str, int], tuple[GoneImport, ...], list[str]]


def collect(file: FileContext) -> _Kept | None:
    """The text, the lines of its imports, those that fail, and what DGA602 tells, where there may be some."""
    origins = [name for name in file.parsed.imports.values() if name.partition(".")[0] == "airflow"]
    if not origins:
        return None
    text = file.parsed.text
    if all(name.startswith(_NEW) for name in origins) and not _OLD_WORDS.search(text):
        return None
    lines = {
        f"{node.module}.{alias.name}": alias.lineno
        for node in file.all(ast.ImportFrom)
        if (node.module or "").startswith("airflow")
        for alias in node.names
    }
    gone = tuple(gone_imports(file)) if file.settings.target >= _MEASURED else ()
    return text, lines, gone, _told_of_the_context(file)


@bundle_rule(
    "DGA600",
    "airflow-2-name",
    Severity.HIGH,
    applies_from=(3, 0),
    tags=("migration",),
    collect=collect,
    fixes=edits.EITHER,
)
def check(bundle: BundleContext) -> Iterator[Problem]:
    """Ask ruff once for the whole bundle; a name is told once, where it is imported."""
    kept: Mapping[str, _Kept] = bundle.of("DGA600")
    told: set[tuple[str, str, int]] = set()
    named: set[tuple[str, str]] = set()
    codes = [code for code, since in _SINCE.items() if bundle.settings.target >= since]
    said = list(ruff_engine.check({path: text for path, (text, *_) in kept.items()}, codes))
    fixes = renames(said, {path: text for path, (text, *_) in kept.items()})
    for each in said:
        text, imports, gone, of_context = kept[each.path]
        name = _NAME.match(each.message)
        line = imports.get(name[1], each.line) if name else each.line
        if (each.path, each.message, line) in told:
            continue
        if name and (name[1] in _TOLD_BY_OTHERS or f"{each.line}:{name[1]}" in of_context):
            continue
        told.add((each.path, each.message, line))
        fails = name is not None and any(name[1] == one.name for one in gone)
        if fails and name is not None:
            named.add((each.path, name[1]))
        measured = bundle.settings.target >= _MEASURED and name is not None and still_works(name[1])
        works = each.code in _WORKS_BY_A_SHIM or measured
        yield Problem(
            Place(
                line,
                each.column if line == each.line else 1,
                path=each.path,
                code=text.splitlines()[line - 1].strip(),
            ),
            f"{_words(each, name[1] if name else '', fails=fails, works=works)} ({each.code})",
            suggestion=each.fix,
            fix=fixes.get((each.path, each.message)),
            severity=Severity.LOW if works and not fails else None,
        )
    for path, (text, _, gone, _) in kept.items():
        for one in gone:
            if (path, one.name) not in named:
                yield _of_table(path, one, text)


def _told_of_the_context(file: FileContext) -> list[str]:
    """Line and key of what DGA602 says, which knows what to use instead."""
    keys = {f"{key.lineno}:{key.value!s}" for _, key in removed_keys(file)}
    return sorted(keys | {f"{each.lineno}:{each.arg}" for _, each in removed_parameters(file)})


def _words(each: ruff_engine.Diagnostic, name: str, *, fails: bool, works: bool) -> str:
    if fails:
        return _fails(name)
    if works and each.code not in _WORKS_BY_A_SHIM:
        # The tables call it removed; imported in Airflow 3.3, it only warns.
        return f"`{name}` has moved in Airflow 3.0: it still works, but a later version will remove it"
    return _plain(each.message)


def _plain(message: str) -> str:
    """Without saying in one breath that the name is removed and that it works."""

    def one(found: re.Match[str]) -> str:
        what = found[1] or "deprecated"
        return f"is {what} in Airflow 3.0: it still works, but a later version will remove it"

    return _BOTH.sub(one, message).rstrip("; ")


def _fails(name: str) -> str:
    return f"`{name}` cannot be imported in Airflow 3.3"


def _of_table(path: str, one: GoneImport, text: str) -> Problem:
    return Problem(
        Place(one.line, one.column, path=path, code=text.splitlines()[one.line - 1].strip()),
        _fails(one.name),
        suggestion=f"use {one.new}" if one.new else "remove it, or ask the release notes what took its place",
        fix=moved(path, text, one.name, one.new),
    )
