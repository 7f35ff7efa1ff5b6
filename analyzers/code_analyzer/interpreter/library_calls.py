"""Library functions whose results the source alone tells: dates, paths, copies, products, config files."""

# ruff: noqa: ARG001 - the functions of one table share a signature

import ast
import builtins
import json
import posixpath
import sys
from collections.abc import Callable

from analyzers.code_analyzer.interpreter import date_calls, file_calls, folders, paths, text_calls
from analyzers.code_analyzer.interpreter.functions import Arguments
from analyzers.code_analyzer.interpreter.machine import Machine
from analyzers.code_analyzer.interpreter.objects import Raised, Scope
from analyzers.code_analyzer.values import Const, Made, Mapping, Sequence, Value

# Packages that know nothing of the DAG that is open.
_HARMLESS = frozenset(
    {
        *sys.stdlib_module_names, *dir(builtins),
        "airflow", "pendulum", "dateutil", "pytz", "yaml", "kubernetes", "pandas", "numpy", "requests",
        "httpx", "boto3", "botocore", "google", "docker", "jinja2", "sqlalchemy", "pydantic", "attrs",
        "attr", "tenacity", "croniter", "toml", "tomli", "orjson", "ujson", "simplejson", "slack_sdk",
        "psycopg2", "snowflake", "azure", "polars", "pyarrow", "sklearn", "torch", "tensorflow", "mlflow",
        "redis", "pymongo", "structlog", "dotenv", "decouple", "environs", "packaging", "typing_extensions",
        "cryptography", "jwt", "scipy", "xgboost", "pyspark",
    }
)  # fmt: skip
_BUILTINS = frozenset(dir(builtins))


def harmless(name: str) -> bool:
    """Whether a call of this name certainly makes no tasks."""
    top = name.partition(".")[0]
    return top in _HARMLESS or name in _BUILTINS


def call_library(scope: Scope, node: ast.Call, name: str, given: Arguments) -> Value | None:
    """The result of a known library function; None where it is not one."""
    handler = _HANDLERS.get(name)
    if handler is None and name.startswith("airflow.") and ".timezone." in name:
        # The module is handed on by several packages.
        handler = _HANDLERS.get("airflow.sdk.timezone." + name.rpartition(".")[2])
    if handler is None:
        return None
    if given.open or given.spread:
        return None
    return handler(scope, node, given)


def _path(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    return Made("pathlib.Path", tuple(given.args), given.kwargs, node=node, file=scope.file)


def _path_function(function: Callable[..., object]) -> Callable[..., Value | None]:
    def make(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
        texts = [paths.path_text(value) for value in given.args]
        if not texts or any(text is None for text in texts):
            return None
        result = function(*[str(text) for text in texts])
        if isinstance(result, tuple):
            items: list[Value] = [Const(part, node=node, file=scope.file) for part in result]
            return Sequence(items, tuple, node=node, file=scope.file)
        return Const(result, node=node, file=scope.file)  # type: ignore[arg-type]

    return make


def _relative(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    found = [paths.path_text(value) for value in given.args]
    if len(found) != 2 or found[0] is None or found[1] is None:
        return None
    return Const(posixpath.relpath(found[0], found[1]), node=node, file=scope.file)


def _exists(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    if given.args and (
        paths.read_data(scope.machine, given.args[0]) is not None
        or folders.is_folder(scope.machine, given.args[0])
    ):
        return Const(True, node=node, file=scope.file)
    return None


def _copy(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    return _copied(given.args[0], scope.machine, 0) if given.args else None


def _copied(value: Value, machine: Machine, depth: int) -> Value:
    machine.step()
    if depth > 40:
        return value
    if isinstance(value, Sequence):
        items = [_copied(item, machine, depth + 1) for item in value.items]
        return machine.new(Sequence(items, value.kind, value.open, node=value.node, file=value.file))
    if isinstance(value, Mapping):
        copied = {key: _copied(item, machine, depth + 1) for key, item in value.items.items()}
        return machine.new(
            Mapping(copied, dict(value.key_nodes), value.open, node=value.node, file=value.file)
        )
    return value


def _opened(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    return paths.opened(scope, node, given.args[0]) if given.args else None


def _loaded(form: str) -> Callable[..., Value | None]:
    def load(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
        return paths.loaded(scope, node, given.args[0], form) if given.args else None

    return load


def _dumped(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    if len(given.args) != 1 or not given.args[0].known or set(given.kwargs) - {"indent", "sort_keys"}:
        return None
    options = {name: value.plain() for name, value in given.kwargs.items()}
    try:
        text = json.dumps(given.args[0].plain(), **options)
    except (TypeError, ValueError) as error:
        raise Raised(node, str(error), type(error).__name__) from None
    return Const(text, node=node, file=scope.file)


def _environment(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    default = given.kwargs.get("default") or (given.args[1] if len(given.args) > 1 else None)
    return Made(
        "os.environ.get",
        tuple(given.args),
        given.kwargs,
        (default,) if default is not None else (),
        node=node,
        file=scope.file,
    )


def _exit(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    raise Raised(node, "the file leaves Python", "SystemExit")


def _cast(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    return given.args[-1] if given.args else None


_HANDLERS: dict[str, Callable[..., Value | None]] = {
    "pathlib.Path": _path,
    "pathlib.PurePath": _path,
    "pathlib.PosixPath": _path,
    "os.path.join": _path_function(posixpath.join),
    "os.path.dirname": _path_function(posixpath.dirname),
    "os.path.basename": _path_function(posixpath.basename),
    "os.path.abspath": _path_function(posixpath.normpath),
    "os.path.realpath": _path_function(posixpath.normpath),
    "os.path.normpath": _path_function(posixpath.normpath),
    "os.path.splitext": _path_function(posixpath.splitext),
    "os.path.relpath": _relative,
    "os.path.split": _path_function(posixpath.split),
    "os.path.exists": _exists,
    "os.path.isfile": _exists,
    "os.fspath": _path_function(str),
    "str": _path_function(str),
    "copy.copy": _copy,
    "copy.deepcopy": _copy,
    "open": _opened,
    "io.open": _opened,
    "json.load": _loaded("json"),
    "json.dumps": _dumped,
    "json.loads": _loaded("json"),
    "yaml.safe_load": _loaded("yaml"),
    "yaml.load": _loaded("yaml"),
    "yaml.full_load": _loaded("yaml"),
    "tomllib.load": _loaded("toml"),
    "tomllib.loads": _loaded("toml"),
    "os.environ.get": _environment,
    "os.getenv": _environment,
    "sys.exit": _exit,
    "exit": _exit,
    "quit": _exit,
    "typing.cast": _cast,
    **date_calls.HANDLERS,
    **text_calls.HANDLERS,
    **folders.HANDLERS,
    **file_calls.HANDLERS,
}
