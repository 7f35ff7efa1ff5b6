"""Makes many distinct DAG files out of Airflow's own examples, the same ones each time.

Each copy has its own DAG ids, task ids, function names and numbers, renamed wherever they stand in the
file, so that no cache can answer for another copy and every file still means what it meant.
"""

import argparse
import ast
import io
import re
import shutil
import sys
import tokenize
from itertools import accumulate
from pathlib import Path

HERE = Path(__file__).resolve().parent
FOLDERS = ("airflow/example_dags", "airflow/providers/standard/example_dags")
DAG_ARGUMENTS = frozenset({"dag_id"})
DAG_CALLS = frozenset({"DAG", "dag"})
ID_ARGUMENTS = DAG_ARGUMENTS | {"task_id", "group_id"}
ID_CALLS = DAG_CALLS | {
    "TaskGroup",
    "task_group",
    "task",
    "virtualenv",
    "external_python",
    "setup",
    "teardown",
    "asset",
}
QUOTED = re.compile(r"""(['"])([\w.-]+)\1""")
SMALLEST_NUMBER_TO_CHANGE = 100


def example_files() -> list[Path]:
    """Airflow's own example DAG files."""
    sys.path.insert(0, str(HERE.parent))
    from tests.real_airflow import packages

    site = packages()
    return [
        path
        for folder in FOLDERS
        for path in sorted((site / folder).rglob("*.py"))
        if path.name != "__init__.py"
    ]


def make_corpus(folder: Path, files: int) -> int:
    """Write that many distinct files into the folder; how many lines they have."""
    texts = {path: path.read_text() for path in example_files()}
    ids = {path: _ids(text) for path, text in texts.items()}
    # Files name DAGs of other files, too.
    everywhere = frozenset().union(*(_ids(text, DAG_ARGUMENTS, DAG_CALLS) for text in texts.values()))
    # What names nothing, a helper module, would be the same in every copy.
    originals = [(path, text) for path, text in texts.items() if ids[path]]
    lines = 0
    for number in range(files):
        path, text = originals[number % len(originals)]
        copy = number // len(originals)
        changed = rename(text, ids[path] | everywhere, copy)
        target = (
            folder / f"team_{copy:03}" / path.parent.name / f"{path.parent.parent.name}_{path.stem}_{copy}.py"
        )
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(changed)
        lines += changed.count("\n")
    return lines


def _ids(
    text: str, arguments: frozenset[str] = ID_ARGUMENTS, calls: frozenset[str] = ID_CALLS
) -> frozenset[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            given = [keyword.value for keyword in node.keywords if keyword.arg in arguments]
            given += node.args[:1] if _name(node.func) in calls else []
            found |= {
                one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)
            }
        elif isinstance(node, ast.FunctionDef) and any(
            _name(getattr(decorator, "func", decorator)) in calls for decorator in node.decorator_list
        ):
            found.add(node.name)
    return frozenset(found)


def _name(function: ast.expr) -> str:
    return str(getattr(function, "id", getattr(function, "attr", "")))


def rename(text: str, ids: frozenset[str], copy: int) -> str:
    """The text with its ids and larger numbers made those of one copy."""
    starts = [0, *accumulate(len(line) for line in text.splitlines(keepends=True))]
    for token in reversed(list(tokenize.generate_tokens(io.StringIO(text).readline))):
        new = _renamed(token, ids, copy)
        if new is not None:
            first, last = (starts[row - 1] + column for row, column in (token.start, token.end))
            text = text[:first] + new + text[last:]
    return text


def _renamed(token: tokenize.TokenInfo, ids: frozenset[str], copy: int) -> str | None:
    if token.type == tokenize.NAME and token.string in ids:
        return f"{token.string}_{copy}"
    if token.type == tokenize.STRING:
        changed = QUOTED.sub(lambda found: _quoted(found, ids, copy), token.string)
        return changed if changed != token.string else None
    if (
        token.type == tokenize.NUMBER
        and token.string.isdigit()
        and int(token.string) >= SMALLEST_NUMBER_TO_CHANGE
    ):
        # Years stay years, as a start_date in the future would be another DAG.
        return None if token.string.startswith("20") else str(int(token.string) + copy)
    return None


def _quoted(found: re.Match[str], ids: frozenset[str], copy: int) -> str:
    """A quoted id within a string token: the whole token, or a name in a template."""
    quote, text = found.group(1), found.group(2)
    return f"{quote}{text}_{copy}{quote}" if text in ids else found.group(0)


def main() -> None:
    """Write a corpus for a look at it."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("folder", type=Path)
    options.add_argument("--files", type=int, default=2000)
    chosen = options.parse_args()
    shutil.rmtree(chosen.folder, ignore_errors=True)
    lines = make_corpus(chosen.folder, chosen.files)
    print(f"{chosen.files} files, {lines} lines in {chosen.folder}")


if __name__ == "__main__":
    main()
