"""Makes analyzers/code_analyzer/operators/*.json.gz: what operators accept and render.

    python tools/make_operator_table.py SITE_PACKAGES

The source of the provider wheels is parsed, never imported: install them with
`uv pip install --no-deps --target SITE_PACKAGES`.
One file per distribution; each says from which version it was made. More providers: install more, run again.
"""

import ast
import gzip
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

TARGET = Path(__file__).parent.parent / "analyzers" / "code_analyzer" / "operators"
SDK_BASES = "airflow/sdk/bases"
BASE_OPERATOR = "airflow.sdk.bases.operator.BaseOperator"


@dataclass
class OperatorClass:
    """One class as its source tells."""

    bases: list[str]
    arguments: list[str] | None
    """Of its own __init__; None where it has none."""
    open_ended: bool
    """Whether it takes keyword arguments that this reader cannot name."""
    template_fields: list[str] | None
    """Entries `@name` stand for the fields of that class; None where it sets none of its own."""
    template_ext: list[str] | None
    unclear_fields: bool = False
    aliases: dict[str, str] = field(default_factory=dict)


def main(site_packages: Path) -> None:
    """Write one file per distribution that has operators."""
    classes: dict[str, OperatorClass] = {}
    for path in _sources(site_packages):
        module = ".".join(path.relative_to(site_packages).with_suffix("").parts).removesuffix(".__init__")
        classes.update(_read_module(module, ast.parse(path.read_text(encoding="utf-8"))))
    chains = [_chain(name, classes) for name in classes]
    wanted = {name for chain in chains if BASE_OPERATOR in chain for name in chain & classes.keys()}
    TARGET.mkdir(exist_ok=True)
    for distribution, version, prefix in _distributions(site_packages):
        own = {name: classes[name] for name in sorted(wanted) if name.startswith(prefix + ".")}
        if own:
            _write(distribution, version, {name: _row(found, name, classes) for name, found in own.items()})


def _chain(name: str, classes: dict[str, OperatorClass]) -> set[str]:
    found, waiting = set(), [name]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting += classes[current].bases if current in classes and current != BASE_OPERATOR else []
    return found


def _sources(site_packages: Path) -> Iterator[Path]:
    for path in sorted((site_packages / "airflow").rglob("*.py")):
        relative = path.relative_to(site_packages)
        in_provider = relative.parts[1] == "providers" and "example_dags" not in relative.parts
        if in_provider or str(relative).startswith(SDK_BASES):
            yield path


def _distributions(site_packages: Path) -> Iterator[tuple[str, str, str]]:
    for info in sorted(site_packages.glob("apache_airflow_*.dist-info")):
        name, _, version = info.name.removesuffix(".dist-info").rpartition("-")
        if name == "apache_airflow_task_sdk":
            yield "sdk", version, "airflow.sdk"
        elif name.startswith("apache_airflow_providers_"):
            for package in sorted((site_packages / "airflow" / "providers").rglob("get_provider_info.py")):
                parts = package.parent.relative_to(site_packages / "airflow" / "providers").parts
                if "_".join(parts) == name.removeprefix("apache_airflow_providers_"):
                    yield ".".join(parts), version, ".".join(("airflow", "providers", *parts))


def _write(distribution: str, version: str, rows: dict[str, dict[str, object]]) -> None:
    document = {
        "generated_by": "tools/make_operator_table.py",
        "made_from": f"{distribution} {version}",
        "classes": rows,
    }
    data = json.dumps(document, separators=(",", ":"), sort_keys=True).encode()
    # Without a time in it: the same wheels make the same bytes.
    (TARGET / f"{distribution}.json.gz").write_bytes(gzip.compress(data, mtime=0))
    sys.stdout.write(f"{distribution} {version}: {len(rows)} classes\n")


def _row(found: OperatorClass, name: str, classes: dict[str, OperatorClass]) -> dict[str, object]:
    fields = _fields(name, classes, 0)
    row: dict[str, object] = {"bases": found.bases}
    if found.arguments is not None:
        row["arguments"] = found.arguments
    if found.open_ended:
        row["open_ended"] = True
    if fields is not None:
        row["template_fields"] = sorted(fields)
    if found.template_ext is not None:
        row["template_ext"] = sorted(found.template_ext)
    return row


def _fields(name: str, classes: dict[str, OperatorClass], depth: int) -> set[str] | None:
    """All template fields, inherited ones too; None where that cannot be told."""
    found = classes.get(name)
    if found is None or found.unclear_fields or depth > 20:
        return None
    if found.template_fields is None:
        inherited = [fields for base in found.bases if (fields := _fields(base, classes, depth + 1))]
        unknown = any(base not in classes for base in found.bases if base.startswith("airflow."))
        return inherited[0] if inherited else (None if unknown else set())
    result: set[str] = set()
    for entry in found.template_fields:
        if entry.startswith("@"):
            other = _fields(entry[1:], classes, depth + 1)
            if other is None:
                return None
            result |= other
        else:
            result.add(entry)
    return result


def _read_module(module: str, tree: ast.Module) -> dict[str, OperatorClass]:
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                # The shim re-exports the SDK's bases under its own name.
                origin = _ORIGINS.get(alias.name) or f"{node.module}.{alias.name}"
                names.setdefault(alias.asname or alias.name, origin)
    top = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    names.update({node.name: f"{module}.{node.name}" for node in top})
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return {f"{module}.{node.name}": _read_class(node, names, constants) for node in top}


_ORIGINS = {
    "BaseOperator": "airflow.sdk.bases.operator.BaseOperator",
    "BaseSensorOperator": "airflow.sdk.bases.sensor.BaseSensorOperator",
    "DecoratedOperator": "airflow.sdk.bases.decorator.DecoratedOperator",
    "BaseBranchOperator": "airflow.providers.standard.operators.branch.BaseBranchOperator",
    "BaseAsyncOperator": "airflow.sdk.bases.operator.BaseAsyncOperator",
    "BranchMixIn": "airflow.sdk.bases.branch.BranchMixIn",
    "SkipMixin": "airflow.sdk.bases.skipmixin.SkipMixin",
}


def _read_class(node: ast.ClassDef, names: dict[str, str], constants: dict[str, ast.expr]) -> OperatorClass:
    bases = [names.get(_head(base), _head(base)) for base in node.bases]
    init = next(
        (item for item in node.body if isinstance(item, ast.FunctionDef) and item.name == "__init__"), None
    )
    found = OperatorClass(
        bases=[base for base in bases if base and base.split(".")[-1] not in _NOT_BASES],
        arguments=None,
        open_ended=False,
        template_fields=None,
        template_ext=None,
    )
    if init is not None:
        found.arguments, found.open_ended = _arguments(init)
    for item in node.body:
        target = item.targets[0] if isinstance(item, ast.Assign) else getattr(item, "target", None)
        value = getattr(item, "value", None)
        if not isinstance(target, ast.Name) or value is None or isinstance(item, ast.AugAssign):
            continue
        if target.id == "template_fields":
            found.template_fields = _strings(value, names, constants, "template_fields")
            found.unclear_fields = found.template_fields is None
        elif target.id == "template_ext":
            found.template_ext = _strings(value, names, constants, "template_ext") or []
    if found.template_fields is not None:
        found.template_fields += _appended(node)
    return found


_NOT_BASES = {"ABC", "Generic", "LoggingMixin", "Protocol", "object"}


def _appended(node: ast.ClassDef) -> list[str]:
    """What `template_fields.append("x")` adds under some condition."""
    return [
        call.args[0].value
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) == "template_fields.append"
        and isinstance(call.args[0], ast.Constant)
    ]


def _strings(
    value: ast.expr, names: dict[str, str], constants: dict[str, ast.expr], attribute: str
) -> list[str] | None:
    """The strings of a tuple, list, set or sum of such; `@class` for another class's; None where unclear."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return [value.value]
    if isinstance(value, ast.Starred):
        return _strings(value.value, names, constants, attribute)
    if isinstance(value, ast.Name) and value.id in constants:
        return _strings(constants[value.id], names, constants, attribute)
    if isinstance(value, ast.Attribute) and value.attr == attribute:
        owner = _head(value.value)
        return [f"@{names[owner]}"] if owner in names else None
    parts: list[ast.expr]
    if isinstance(value, ast.Tuple | ast.List | ast.Set):
        parts = list(value.elts)
    elif isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add | ast.BitOr):
        parts = [value.left, value.right]
    elif isinstance(value, ast.Call) and ast.unparse(value.func) in {"tuple", "list", "set", "sorted"}:
        parts = list(value.args)
    elif isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == "union":
        parts = [value.func.value, *value.args]
    elif isinstance(value, ast.Call) and ast.unparse(value.func) == "aws_template_fields":
        # The Amazon provider's own way of saying: these and the three that all its operators share.
        parts = [*value.args, *(ast.Constant(name) for name in ("aws_conn_id", "region_name", "verify"))]
    else:
        return None
    lists = [_strings(part, names, constants, attribute) for part in parts]
    return None if any(one is None for one in lists) else [text for one in lists for text in one or []]


def _head(node: ast.expr) -> str:
    if isinstance(node, ast.Subscript):
        node = node.value
    return re.sub(r"^.*\.", "", ast.unparse(node))


def _arguments(init: ast.FunctionDef) -> tuple[list[str], bool]:
    named = {
        argument.arg for argument in (*init.args.posonlyargs, *init.args.args, *init.args.kwonlyargs)
    } - {"self"}
    if init.args.kwarg is None:
        return sorted(named), False
    extra = init.args.kwarg.arg
    closed = 0
    for node in ast.walk(init):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("__init__"):
            closed += sum(
                1 for keyword in node.keywords if keyword.arg is None and ast.unparse(keyword.value) == extra
            )
        name = _taken_out(node, extra)
        if name:
            named.add(name)
            closed += 1
    used = sum(1 for node in ast.walk(init) if isinstance(node, ast.Name) and node.id == extra)
    return sorted(named), used > closed


def _taken_out(node: ast.AST, extra: str) -> str | None:
    """The key that an expression reads from the keyword arguments."""
    key: ast.expr | None = None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        if ast.unparse(node.func.value) == extra and node.func.attr in {"get", "pop", "setdefault"}:
            key = node.args[0]
    elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == extra:
        key = node.slice
    elif isinstance(node, ast.Compare) and len(node.ops) == 1 and ast.unparse(node.comparators[0]) == extra:
        key = node.left
    return key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else None


if __name__ == "__main__":
    main(Path(sys.argv[1]))
