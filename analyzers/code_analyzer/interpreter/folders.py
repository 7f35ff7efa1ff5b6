"""Folders of the bundle: `Path.glob`, `os.listdir`, `glob.glob`, `os.walk` over files beside the DAG.

What a folder holds is known; in which order it is listed is not, unless it is sorted.
"""

# ruff: noqa: ARG001 - the functions of one table share a signature

import ast
import fnmatch
import posixpath
import re
from collections.abc import Callable, Iterable

from analyzers.code_analyzer.interpreter.functions import Arguments
from analyzers.code_analyzer.interpreter.machine import Machine
from analyzers.code_analyzer.interpreter.objects import Scope
from analyzers.code_analyzer.interpreter.paths import ROOT, make_path, path_text
from analyzers.code_analyzer.values import Const, Sequence, Value

Handler = Callable[[Scope, ast.Call, Arguments], Value | None]


def below(machine: Machine, folder: Value) -> tuple[str, list[str]] | None:
    """The folder's text and the relative paths of all files under it; None where it is not the bundle's."""
    text = path_text(folder)
    if text is None or not (text == ROOT or text.startswith(ROOT + "/")):
        return None
    text = posixpath.normpath(text)
    inside = text.removeprefix(ROOT).removeprefix("/")
    start = f"{inside}/" if inside else ""
    names = [name.removeprefix(start) for name in machine.files.names(inside)]
    return (text, names) if names else None


def _with_folders(names: Iterable[str]) -> list[str]:
    found: dict[str, None] = {}
    for name in names:
        parts = name.split("/")
        for depth in range(1, len(parts) + 1):
            found["/".join(parts[:depth])] = None
    return sorted(found)


def is_folder(machine: Machine, path: Value) -> bool:
    """Whether a path is certainly a folder of the bundle."""
    return below(machine, path) is not None


def _regex(pattern: str, *, hidden: bool) -> re.Pattern[str]:
    """A glob as a pattern on relative paths; each segment is translated for itself."""
    made = ""
    segments = [segment for segment in pattern.split("/") if segment not in ("", ".")]
    for number, segment in enumerate(segments):
        last = number == len(segments) - 1
        if segment == "**":
            made += r".*" if last else r"(?:[^/]+/)*"
            continue
        # `fnmatch` lets `*` match a slash: not here.
        one = fnmatch.translate(segment).removeprefix("(?s:").removesuffix(r")\Z").replace(".*", "[^/]*")
        dotless = "" if hidden or segment.startswith(".") else r"(?!\.)"
        made += dotless + one + ("" if last else "/")
    return re.compile(made)


def globbed(scope: Scope, node: ast.AST, folder: Value, pattern: str) -> Sequence | None:
    """`folder.glob(pattern)`."""
    found = below(scope.machine, folder)
    if found is None or len(pattern) > 200 or pattern.count("*") > 12:
        return None
    text, names = found
    scope.machine.step(1 + len(names) // 5)
    wanted = _regex(pattern, hidden=True)
    paths: list[Value] = [
        make_path(f"{text}/{name}", node, scope) for name in _with_folders(names) if wanted.fullmatch(name)
    ]
    return Sequence(paths, frozenset, node=node, file=scope.file)


def children(scope: Scope, node: ast.AST, folder: Value) -> list[str] | None:
    """What lies directly in a folder, sorted."""
    found = below(scope.machine, folder)
    if found is None:
        return None
    scope.machine.step(1 + len(found[1]) // 5)
    return sorted({name.partition("/")[0] for name in found[1]})


def iterated(scope: Scope, node: ast.AST, folder: Value) -> Sequence | None:
    """`folder.iterdir()`."""
    names, text = children(scope, node, folder), path_text(folder)
    if names is None or text is None:
        return None
    paths: list[Value] = [make_path(f"{text}/{name}", node, scope) for name in names]
    return Sequence(paths, frozenset, node=node, file=scope.file)


def _listed(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    names = children(scope, node, given.args[0]) if given.args else None
    if names is None:
        return None
    items: list[Value] = [Const(name, node=node, file=scope.file) for name in names]
    return Sequence(items, frozenset, node=node, file=scope.file)


def _glob(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    text = path_text(given.args[0]) if given.args else None
    if text is None or not text.startswith(ROOT + "/") or set(given.kwargs) - {"recursive"}:
        return None
    recursive = bool(given.kwargs["recursive"].plain(False)) if "recursive" in given.kwargs else False
    inside = text.removeprefix(ROOT + "/")
    fixed = inside.split("*")[0].split("?")[0].split("[")[0].rpartition("/")[0]
    names = scope.machine.files.names(fixed)
    if not names or len(inside) > 300 or inside.count("*") > 12:
        return None
    scope.machine.step(1 + len(names) // 5)
    wanted = _regex(inside if recursive else inside.replace("**", "*"), hidden=False)
    items: list[Value] = [
        Const(f"{ROOT}/{name}", node=node, file=scope.file)
        for name in _with_folders(names)
        if wanted.fullmatch(name)
    ]
    return Sequence(items, frozenset, node=node, file=scope.file)


def _walked(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    found = below(scope.machine, given.args[0]) if given.args and not given.kwargs else None
    if found is None:
        return None
    text, names = found
    files: dict[str, list[str]] = {"": []}
    for name in _with_folders(names):
        scope.machine.step()
        folder, _, base = name.rpartition("/")
        if name in names:
            files.setdefault(folder, []).append(base)
        else:
            files.setdefault(name, [])
    rows: list[Value] = []
    for folder in sorted(files):
        inner = sorted(one.rpartition("/")[2] for one in files if one and one.rpartition("/")[0] == folder)
        root = Const(f"{text}/{folder}".rstrip("/"), node=node, file=scope.file)
        parts = [_texts(scope, node, inner), _texts(scope, node, files[folder])]
        rows.append(Sequence([root, *parts], tuple, node=node, file=scope.file))
    return Sequence(rows, frozenset, node=node, file=scope.file)


def _texts(scope: Scope, node: ast.AST, names: list[str]) -> Sequence:
    items: list[Value] = [Const(name, node=node, file=scope.file) for name in names]
    return Sequence(items, frozenset if len(items) > 1 else list, node=node, file=scope.file)


def _is_folder(scope: Scope, node: ast.Call, given: Arguments) -> Value | None:
    if given.args and is_folder(scope.machine, given.args[0]):
        return Const(True, node=node, file=scope.file)
    return None


HANDLERS: dict[str, Handler] = {
    "os.listdir": _listed,
    "os.walk": _walked,
    "os.path.isdir": _is_folder,
    "glob.glob": _glob,
    "glob.iglob": _glob,
}
