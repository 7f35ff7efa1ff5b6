"""Paths beside the DAG file: `Path(__file__).parent / "config.yaml"`, `os.path.join(...)`, and reading them.

Where the bundle lies on Airflow's disk is not known: ROOT stands for it, and no id may hold it.
"""

import ast
import json
import posixpath
import tomllib
from collections.abc import Callable
from pathlib import PurePosixPath

from analyzers.code_analyzer.interpreter.machine import Machine, unknown
from analyzers.code_analyzer.interpreter.objects import Raised, Scope
from analyzers.code_analyzer.values import Const, Made, Mapping, Sequence, Value, Why

ROOT = "/\ue000"
MAX_DATA_BYTES = 5 * 1024 * 1024


def of_this_machine(value: Value | None) -> bool:
    """Whether a text holds the place of the bundle, which only running it would tell."""
    return isinstance(value, Const) and isinstance(value.value, str) and ROOT[1] in value.value


def path_text(value: Value) -> str | None:
    """The text of a path, None where it is not known."""
    if isinstance(value, Const) and isinstance(value.value, str):
        return value.value
    if isinstance(value, Made) and value.callee.startswith("pathlib.") and not value.kwargs:
        parts = [path_text(argument) for argument in value.args]
        if all(part is not None for part in parts):
            return posixpath.normpath(posixpath.join(*[str(part) for part in parts])) if parts else "."
    return None


def make_path(text: str, node: ast.AST, scope: Scope) -> Made:
    """A pathlib.Path of known text."""
    return Made("pathlib.Path", (Const(text, node=node, file=scope.file),), node=node, file=scope.file)


def path_attribute(scope: Scope, node: ast.AST, value: Made, name: str) -> Value | None:
    """`path.parent`, `path.stem` and their kin."""
    if not value.callee.startswith("pathlib."):
        return None
    text = path_text(value)
    if text is None:
        return None
    if name == "parent":
        return make_path(posixpath.dirname(text), node, scope)
    base = posixpath.basename(text)
    stem, suffix = posixpath.splitext(base)
    if name == "parts":
        items: list[Value] = [Const(part, node=node, file=scope.file) for part in PurePosixPath(text).parts]
        return Sequence(items, tuple, node=node, file=scope.file)
    if name == "parents":
        above: list[Value] = [make_path(str(one), node, scope) for one in PurePosixPath(text).parents]
        return Sequence(above, tuple, node=node, file=scope.file)
    known = {"name": base, "stem": stem, "suffix": suffix}.get(name)
    return Const(known, node=node, file=scope.file) if known is not None else None


def path_method(scope: Scope, node: ast.AST, value: Made, name: str, args: list[Value]) -> Value | None:
    """`path.resolve()`, `path.joinpath(...)`, `path.read_text()`."""
    text = path_text(value)
    if text is None:
        return None
    if name in ("resolve", "absolute", "expanduser"):
        return value
    if name == "joinpath":
        return Made("pathlib.Path", (*value.args, *args), node=node, file=scope.file)
    if name in ("as_posix", "__str__"):
        return Const(text, node=node, file=scope.file)
    if name == "with_suffix" and args and isinstance(args[0], Const):
        return make_path(posixpath.splitext(text)[0] + str(args[0].value), node, scope)
    if name == "open":
        return opened(scope, node, value)
    if name == "read_text":
        data = read_data(scope.machine, value)
        if data is not None:
            return Const(data.decode("utf-8", "replace"), node=node, file=scope.file)
        return opened(scope, node, value)
    return _of_folder(scope, node, value, name, args) or _other_path(scope, node, text, name, args)


def _of_folder(scope: Scope, node: ast.AST, value: Made, name: str, args: list[Value]) -> Value | None:
    from analyzers.code_analyzer.interpreter import folders

    pattern = args[0].plain() if args else None
    if name in ("glob", "rglob") and isinstance(pattern, str):
        return folders.globbed(scope, node, value, pattern if name == "glob" else f"**/{pattern}")
    if name == "iterdir":
        return folders.iterated(scope, node, value)
    is_file = read_data(scope.machine, value) is not None
    is_folder = not is_file and folders.is_folder(scope.machine, value)
    if name in ("exists", "is_file", "is_dir") and (is_file or is_folder):
        known = name == "exists" or is_file == (name == "is_file")
        return Const(known, node=node, file=scope.file)
    return None


def _other_path(scope: Scope, node: ast.AST, text: str, name: str, args: list[Value]) -> Value | None:
    path = PurePosixPath(text)
    plain = [path_text(one) for one in args]
    try:
        if name == "relative_to" and plain and plain[0] is not None:
            return make_path(str(path.relative_to(plain[0])), node, scope)
        if name in ("with_name", "with_stem") and plain and plain[0] is not None:
            return make_path(str(getattr(path, name)(plain[0])), node, scope)
        if name == "match" and plain and plain[0] is not None:
            return Const(path.match(plain[0]), node=node, file=scope.file)
    except ValueError as error:
        raise Raised(node, str(error), "ValueError") from None
    return None


def opened(scope: Scope, node: ast.AST, path: Value) -> Value:
    """What `open(path)` gives: later read as data."""
    return Made("open", (path,), node=node, file=scope.file)


def read_data(machine: Machine, path: Value) -> bytes | None:
    """The content of a file of the bundle; None where it lies outside."""
    text = path_text(path)
    if text is None:
        return None
    # Only what stands on the way from a DAG file: a relative path depends on where Airflow runs.
    if not text.startswith(ROOT + "/"):
        return None
    data = machine.files.data(posixpath.normpath(text).removeprefix(ROOT + "/"))
    return data if data is not None and len(data) <= MAX_DATA_BYTES else None


def text_of_file(machine: Machine, value: Value) -> str | None:
    """The text behind an opened file, a path's text, or a text itself."""
    while (
        isinstance(value, Made)
        and value.callee in {"__enter__", "open().read", "operator.read"}
        and value.args
    ):
        value = value.args[0]
    if isinstance(value, Made) and value.callee == "open" and value.args:
        data = read_data(machine, value.args[0])
        return data.decode("utf-8", "replace") if data is not None else None
    if isinstance(value, Const) and isinstance(value.value, str):
        return value.value
    return None


def loaded(scope: Scope, node: ast.AST, source: Value, form: str) -> Value | None:
    """`json.load(file)`, `yaml.safe_load(file)`: the data as a value."""
    text = text_of_file(scope.machine, source)
    if text is None:
        return None
    scope.machine.step(1 + len(text) // 200)
    try:
        data = _FORMS[form](text)
    except (ValueError, RecursionError) as error:
        raise Raised(node, f"the file is no {form}: {error}", "ValueError") from None
    return to_value(data, node, scope, [scope.machine.budget.items])


def yaml_data(text: str) -> object:
    """The plain data of a YAML text, read by a safe loader.

    Raises:
        ValueError: it is none, has tags of Python objects, or too many aliases.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    if text.count("*") > MAX_ALIASES:
        # Aliases that multiply ("billion laughs") are refused.
        raise ValueError("it has too many aliases")
    try:
        return yaml.load(text, Loader=loader)  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from None


_FORMS: dict[str, Callable[[str], object]] = {"json": json.loads, "yaml": yaml_data, "toml": tomllib.loads}
MAX_ALIASES = 1000


def to_value(data: object, node: ast.AST, scope: Scope, left: list[int]) -> Value:
    """Plain data as a value."""
    left[0] -= 1
    if left[0] < 0:
        return unknown(scope, node, "the data is larger than the interpreter's budget", Why.BUDGET)
    if isinstance(data, dict):
        items = {key: to_value(value, node, scope, left) for key, value in data.items()}
        return Mapping(items, {}, node=node, file=scope.file)
    if isinstance(data, list | tuple):
        return Sequence(
            [to_value(value, node, scope, left) for value in data], list, node=node, file=scope.file
        )
    return Const(data, node=node, file=scope.file)  # type: ignore[arg-type]
