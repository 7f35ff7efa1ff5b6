"""DAGs that the dag-factory package makes of YAML: which files it loads, and how their defaults are merged.

`load_yaml_dags(globals_dict=globals(), config_filepath=...)`, `DagFactory(path).generate_dags(globals())`.
The path and line of such a DAG are those of the Python file's call: that is where Airflow finds it.
"""

# ruff: noqa: ARG001 - the functions of one table share a signature

import ast
import copy
import posixpath
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from analyzers.code_analyzer.interpreter.dag_factory_build import build_dag
from analyzers.code_analyzer.interpreter.functions import Arguments
from analyzers.code_analyzer.interpreter.objects import Raised, Scope
from analyzers.code_analyzer.interpreter.paths import ROOT, path_text, read_data, yaml_data
from analyzers.code_analyzer.values import Const, Mapping, Value

Handler = Callable[[Scope, ast.Call, Arguments], Value | None]
Config = dict[str, Any]
_NOT_DAGS = ("default", "task_groups")
_DEFAULTS = ("defaults.yml", "defaults.yaml")


@dataclass(slots=True, eq=False)
class YamlFactory(Value):
    """`dagfactory.DagFactory(...)`, waiting for `.generate_dags(globals())`."""

    given: Arguments


@dataclass(frozen=True, slots=True)
class _Defaults:
    """Where defaults come from: a dict that the call gives, or `defaults.yml` files up to a folder."""

    given: Config | None
    top: str

    @classmethod
    def of_call(cls, scope: Scope, given: Arguments) -> "_Defaults | None":
        """None where that is not known."""
        plain = given.kwargs.get("defaults_config_dict")
        top = given.kwargs.get("defaults_config_path")
        folder = path_text(top) if top is not None else _dags_folder(scope)
        if (plain is not None and not plain.known) or folder is None:
            return None
        return cls(plain.plain() if plain is not None else None, posixpath.normpath(folder))

    def of_file(self, scope: Scope, node: ast.AST, text: str) -> Config:
        """The defaults of a YAML file; the nearest file wins."""
        if self.given is not None:
            return self.given
        folder = posixpath.dirname(posixpath.normpath(text))
        folders = [folder]
        if f"{folder}/".startswith(f"{self.top}/"):
            while folder != self.top:
                folder = posixpath.dirname(folder)
                folders.append(folder)
        else:
            folders.append(self.top)
        return _defaults_in(scope, node, folders)


def _factory(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    given.kwargs.update(zip(("config_filepath", "config"), given.args, strict=False))
    return YamlFactory(given, node=node, file=scope.file)


def factory_method(
    scope: Scope, node: ast.Call, value: YamlFactory, name: str, given: Arguments
) -> Value | None:
    """`factory.generate_dags(globals())`; `clean_dags` only removes what the YAML no longer has."""
    if name in ("generate_dags", "_generate_dags", "build_dags"):
        _load(scope, node, value.given)
    return Const(None, node=node, file=scope.file)


def _load_dags(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    given.kwargs.update(zip(("globals_dict", "dags_folder", "config_filepath"), given.args, strict=False))
    _load(scope, node, given)
    return Const(None, node=node, file=scope.file)


def _load(scope: Scope, node: ast.Call, given: Arguments) -> None:
    known = _Defaults.of_call(scope, given)
    unclear = given.open or given.spread
    if unclear is None and known is None:
        unclear = "its defaults come from outside"
    if unclear or known is None:
        scope.machine.note(None, node, f"what dag-factory loads is not known: {unclear}", scope.file)
        return
    path = given.kwargs.get("config_filepath")
    plain = given.kwargs.get("config_dict") or given.kwargs.get("config")
    if path is not None and not (isinstance(path, Const) and path.value is None):
        _load_file(scope, node, path, known)
    elif plain is not None and not (isinstance(plain, Const) and plain.value is None):
        _load_plain(scope, node, plain, known)
    else:
        _load_folder(scope, node, given, known)


def _load_plain(scope: Scope, node: ast.Call, plain: Value, defaults: _Defaults) -> None:
    if not isinstance(plain, Mapping) or not plain.known:
        scope.machine.note(None, node, f"what dag-factory loads is not known: {plain.reason}", scope.file)
        return
    _make_dags(scope, node, plain.plain(), defaults.given or {"default_args": {}})


def _load_file(scope: Scope, node: ast.Call, path: Value, defaults: _Defaults) -> None:
    data = read_data(scope.machine, path)
    text = path_text(path)
    if data is None or text is None:
        because = path.reason or f"{text} is not in the bundle"
        scope.machine.note(None, node, f"the YAML that dag-factory loads is not known: {because}", scope.file)
        return
    above = defaults.of_file(scope, node, text)
    _make_dags(scope, node, _parsed(scope, node, data), above)


def _load_folder(scope: Scope, node: ast.Call, given: Arguments, defaults: _Defaults) -> None:
    from analyzers.code_analyzer.interpreter.folders import below

    folder = given.kwargs.get("dags_folder")
    suffix = given.kwargs.get("suffix")
    wanted = suffix.plain() if suffix is not None else None
    if folder is None:
        own = _dags_folder(scope)
        taken = own.removeprefix(ROOT).removeprefix("/") or "the bundle"
        because = f"dag-factory loads Airflow's dags_folder, taken to be {taken}; pass dags_folder= to tell"
        scope.machine.note(None, node, because, scope.file)
        folder = Const(own)
    found = below(scope.machine, folder)
    if found is None or (suffix is not None and not suffix.known):
        scope.machine.note(None, node, "which folder dag-factory loads is not known", scope.file)
        return
    text, names = found
    if any(posixpath.basename(name) == ".airflowignore" for name in names):
        scope.machine.note(None, node, "dag-factory's reading of .airflowignore is not followed", scope.file)
    for name in sorted(names, key=lambda name: (posixpath.dirname(name), posixpath.basename(name))):
        if name.endswith(tuple(wanted or (".yaml", ".yml"))):
            _load_of_folder(scope, node, Const(f"{text}/{name}", node=node, file=scope.file), defaults)


def _dags_folder(scope: Scope) -> str:
    """Airflow's setting is not in the source: the outermost `dags` above the file, else the bundle."""
    parts = scope.machine.main.path.split("/")[:-1]
    inside = parts[: parts.index("dags") + 1] if "dags" in parts else []
    return "/".join([ROOT, *inside])


def _load_of_folder(scope: Scope, node: ast.Call, path: Const, defaults: _Defaults) -> None:
    """A file that dag-factory cannot make DAGs of is logged there, and left out."""
    before = len(scope.machine.dags)
    try:
        _load_file(scope, node, path, defaults)
    except Raised:
        del scope.machine.dags[before:]


def _parsed(scope: Scope, node: ast.AST, data: bytes) -> Config:
    text = data.decode("utf-8", "replace")
    scope.machine.step(1 + len(text) // 100)
    try:
        found = yaml_data(text)
    except (ValueError, RecursionError) as error:
        raise Raised(node, f"the file is no YAML that can be read: {error}", "ValueError") from None
    return found if isinstance(found, dict) else {}


def _defaults_in(scope: Scope, node: ast.AST, folders: list[str]) -> Config:
    merged: Config = {"default_args": {}}
    for place in reversed(folders):
        for name in _DEFAULTS:
            data = read_data(scope.machine, Const(f"{place}/{name}"))
            if data is not None:
                _merge_defaults(merged, _parsed(scope, node, data))
                break
    return merged


def _merge_defaults(merged: Config, more: Config) -> None:
    for key, value in more.items():
        if key == "default_args" and isinstance(value, dict):
            merged[key] = {**merged[key], **value}
        elif key == "tags" and isinstance(value, list):
            merged[key] = sorted({*merged.get(key, []), *value})
        else:
            merged[key] = value


def _make_dags(scope: Scope, node: ast.Call, config: Config, above: Config) -> None:
    default = copy.deepcopy(config.get("default") or {})
    if not isinstance(default, dict):
        raise Raised(node, "the YAML's default is no mapping", "AttributeError")
    default["default_args"] = {**(above.get("default_args") or {}), **(default.get("default_args") or {})}
    for name, wanted in config.items():
        if name in _NOT_DAGS:
            continue
        if not isinstance(wanted, dict):
            raise Raised(node, f"the YAML's {name} is no mapping", "AttributeError")
        own = {**{key: value for key, value in above.items() if key != "default_args"}, **wanted}
        build_dag(scope, node, str(name), _merged(copy.deepcopy(own), copy.deepcopy(default)))


def _merged(config: Config, default: Config) -> Config:
    """A DAG's configuration over the defaults, mappings merged at every depth."""
    for key, value in default.items():
        if key not in config:
            config[key] = value
        elif isinstance(config[key], dict) and isinstance(value, dict):
            _merged(config[key], value)
    return config


HANDLERS: dict[str, Handler] = {
    "dagfactory.load_yaml_dags": _load_dags,
    "dagfactory.dagfactory.load_yaml_dags": _load_dags,
    "dagfactory.DagFactory": _factory,
    "dagfactory.dagfactory.DagFactory": _factory,
}
