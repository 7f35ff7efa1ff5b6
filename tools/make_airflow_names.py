"""Makes analyzers/code_analyzer/airflow_names/*.json.gz: which modules and names a release of Airflow has.

    python tools/make_airflow_names.py 3.3 SITE_PACKAGES

The source of Airflow is parsed, never imported: SITE_PACKAGES is where the release's wheels were unpacked.
Names that lie elsewhere by now (`airflow.operators.dummy.DummyOperator`) are kept with where they went.
"""

import ast
import gzip
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

TARGET = Path(__file__).parent.parent / "analyzers" / "code_analyzer" / "airflow_names"
# Not what DAG files import, or of another distribution: whatever is asked of these is taken to exist.
UNREAD = (
    "airflow._shared", "airflow._vendor", "airflow.api_connexion", "airflow.api_fastapi", "airflow.cli",
    "airflow.example_dags", "airflow.git_version", "airflow.migrations", "airflow.providers", "airflow.ui",
    "airflow.www",
)  # fmt: skip
EVERY_MODULE = {"__doc__", "__file__", "__name__"}
DEPRECATED = "add_deprecated_classes"


@dataclass
class ModuleNames:
    """What one module binds."""

    names: set[str] = field(default_factory=set)
    stars: list[str] = field(default_factory=list)
    open: bool = False
    """Whether it may have names that this reader cannot tell."""
    moved: dict[str, dict[str, str]] = field(default_factory=dict)
    """Of modules below it that exist by name only: where each of their names lies now."""


def main(version: str, site_packages: Path) -> None:
    """Write the file of one release."""
    modules: dict[str, ModuleNames] = {}
    for path in sorted((site_packages / "airflow").rglob("*.py")):
        name = ".".join(path.relative_to(site_packages).with_suffix("").parts).removesuffix(".__init__")
        if not name.startswith(UNREAD):
            modules[name] = _read(name, ast.parse(path.read_text(encoding="utf-8")))
    moved = _add_moved(modules)
    document = {
        "generated_by": "tools/make_airflow_names.py",
        "made_from": f"apache-airflow {version}",
        "unread": UNREAD,
        "modules": {name: _all_names(name, modules, ()) for name in sorted(modules)},
        "moved": dict(sorted(moved.items())),
    }
    data = json.dumps(document, separators=(",", ":"), sort_keys=True).encode()
    TARGET.mkdir(exist_ok=True)
    (TARGET / f"{version}.json.gz").write_bytes(gzip.compress(data, mtime=0))
    sys.stdout.write(f"{version}: {len(modules)} modules, {len(moved)} moved names\n")


def _add_moved(modules: dict[str, ModuleNames]) -> dict[str, str]:
    moved: dict[str, str] = {}
    for package, found in list(modules.items()):
        for below, names in found.moved.items():
            name = f"{package}.{below}" if below != package else package
            target = modules.setdefault(name, ModuleNames())
            target.open = target.open or "*" in names
            target.names |= EVERY_MODULE
            target.names |= names.keys() - {"*"}
            moved |= {f"{name}.{old}": new for old, new in names.items() if old != "*"}
    return moved


def _all_names(name: str, modules: dict[str, ModuleNames], seen: tuple[str, ...]) -> list[str] | None:
    """The names of a module and of those it takes all from; None where there may be others."""
    found = modules.get(name)
    if found is None or found.open:
        return None
    names = set(found.names)
    for star in found.stars:
        others = _all_names(star, modules, (*seen, name)) if star not in seen else []
        if others is None:
            return None
        names |= set(others)
    return sorted(names)


def _read(module: str, tree: ast.Module) -> ModuleNames:
    found = ModuleNames(set(EVERY_MODULE))
    tables = dict(_tables(tree))
    for node in _statements(tree.body):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                found.names |= {name.id for name in ast.walk(target) if isinstance(name, ast.Name)}
        elif isinstance(node, ast.Import | ast.ImportFrom):
            _add_imports(found, module, node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            _add_deprecated(found, module, node.value, tables)
    if "__getattr__" in found.names:
        lazy = {key for table in tables.values() for key in table} | _compared(tree)
        found.names |= lazy
        found.open = not lazy
    return found


def _compared(tree: ast.Module) -> set[str]:
    """Texts that the module's `__getattr__` names."""
    return {
        node.value
        for function in tree.body
        if isinstance(function, ast.FunctionDef) and function.name == "__getattr__"
        for node in ast.walk(function)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier()
    }


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Module-level statements, those under `if`, `try` and `with` too; not those for type checkers alone."""
    for node in body:
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            yield from _statements(node.orelse)
            continue
        yield node
        for part in ("body", "orelse", "finalbody"):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield from _statements(getattr(node, part, []))
        for handler in getattr(node, "handlers", []):
            yield from _statements(handler.body)


def _add_imports(found: ModuleNames, module: str, node: ast.Import | ast.ImportFrom) -> None:
    for alias in node.names:
        if alias.name != "*":
            found.names.add(alias.asname or alias.name.partition(".")[0])
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.stars.append(node.module or module)
        else:
            found.open = True


def _tables(tree: ast.Module) -> Iterator[tuple[str, dict[str, object]]]:
    """Dict literals that the module holds, by name."""
    for node in ast.walk(tree):
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        value = getattr(node, "value", None)
        if isinstance(target, ast.Name) and isinstance(value, ast.Dict):
            table = _literal(value)
            if table:
                yield target.id, table


def _literal(node: ast.expr) -> dict[str, object]:
    """A dict of texts, or of such dicts; empty for anything else. `__name__` stands for itself."""
    if not isinstance(node, ast.Dict):
        return {}
    found: dict[str, object] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        name = key.id if isinstance(key, ast.Name) else getattr(key, "value", None)
        if isinstance(name, str):
            found[name] = value.value if isinstance(value, ast.Constant) else _literal(value)
    return found


def _add_deprecated(
    found: ModuleNames, module: str, call: ast.Call, tables: dict[str, dict[str, object]]
) -> None:
    if not ast.unparse(call.func).endswith(DEPRECATED) or not call.args:
        return
    first = call.args[0]
    table = tables.get(first.id, {}) if isinstance(first, ast.Name) else _literal(first)
    for below, names in table.items():
        if isinstance(names, dict):
            texts = {old: new for old, new in names.items() if isinstance(new, str)}
            found.moved.setdefault(module if below == "__name__" else below, {}).update(texts)
        elif isinstance(names, str):
            found.moved.setdefault(module, {})[below] = names


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
