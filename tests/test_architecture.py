"""Who may import whom, and how large files and functions may grow."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PARTS = ("dagaudit", "analyzers", "controller", "dashboard")
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 40

# Where a module's name starts with the key, it may import none of these (longest key wins, roots first).
COMPOSITION_ROOTS = (
    "analyzers.__main__",
    "dagaudit.cli",
    "controller.__main__",
    "dashboard.app",
    "dashboard.asgi",
    "dagaudit.__main__",
)
FORBIDDEN = {
    "dagaudit": ("analyzers", "controller", "dashboard", "dagaudit.adapters", "dagaudit.cli"),
    "dagaudit.adapters": ("analyzers", "controller", "dashboard", "dagaudit.cli"),
    "dagaudit.cli": ("controller",),
    "analyzers": (
        "controller", "dashboard", "dagaudit.adapters", "dagaudit.cli", "kubernetes", "kopf", "streamlit",
        "boto3", "ollama",
    ),
    "controller": (
        "analyzers", "dashboard", "dagaudit.adapters", "dagaudit.cli", "boto3", "ollama", "streamlit",
    ),
    "dashboard": ("analyzers", "controller", "dagaudit.adapters", "dagaudit.cli", "kubernetes", "kopf"),
    "dashboard.views": (
        "analyzers", "controller", "dagaudit.adapters", "dagaudit.cli", "kubernetes", "kopf", "streamlit",
        "dashboard.widgets", "dashboard.app_pages",
    ),
    "dashboard.data": ("analyzers", "controller", "dagaudit.cli", "kubernetes", "kopf"),
}  # fmt: skip
SHARED_BY_ANALYZERS = ("analyzers.analyzer", "analyzers.attempt", "analyzers.masking")
MAY_SEE_ALL_ANALYZERS = ("analyzers.__main__", "analyzers.run_all", "analyzers.report_merger")


def _modules() -> list[tuple[str, Path]]:
    found = []
    for part in PARTS:
        for path in sorted((ROOT / part).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            found.append((name, path))
    return found


def _imports(name: str, path: Path) -> list[tuple[int, str]]:
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base]).strip(".")
            found += [(node.lineno, f"{base}.{alias.name}") for alias in node.names]
    return found


def _below(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(prefix + ".")


def _is_command(name: str) -> bool:
    return name.startswith("analyzers.") and name.endswith(".__main__")


MODULES = _modules()


@pytest.mark.parametrize(("name", "path"), MODULES, ids=[name for name, _ in MODULES])
def test_module_imports_only_what_its_part_may(name, path):
    if any(_below(name, root) for root in COMPOSITION_ROOTS if root != "dagaudit.cli") or _is_command(name):
        return
    key = max((key for key in FORBIDDEN if _below(name, key)), key=len)

    wrong = [
        f"{path.name}:{line} imports {target}"
        for line, target in _imports(name, path)
        if any(_below(target, forbidden) for forbidden in FORBIDDEN[key])
    ]

    assert not wrong


@pytest.mark.parametrize(("name", "path"), MODULES, ids=[name for name, _ in MODULES])
def test_analyzer_imports_no_other_analyzer(name, path):
    if not name.startswith("analyzers.") or any(_below(name, other) for other in MAY_SEE_ALL_ANALYZERS):
        return
    if _is_command(name):
        return
    own = ".".join(name.split(".")[:2])

    wrong = [
        f"{path.name}:{line} imports {target}"
        for line, target in _imports(name, path)
        if _below(target, "analyzers")
        and target != "analyzers"
        and not any(_below(target, allowed) for allowed in (own, *SHARED_BY_ANALYZERS))
    ]

    assert not wrong


@pytest.mark.parametrize(("name", "path"), MODULES, ids=[name for name, _ in MODULES])
def test_file_is_short_enough_to_be_read_in_one_go(name, path):
    lines = len(path.read_text().splitlines())

    assert lines <= MAX_FILE_LINES, f"{name} has {lines} lines"


@pytest.mark.parametrize(("name", "path"), MODULES, ids=[name for name, _ in MODULES])
def test_functions_are_short(name, path):
    long = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
            length = (node.end_lineno or 0) - body[0].lineno + 1
            if length > MAX_FUNCTION_LINES:
                long.append(f"{name}.{node.name}: {length} lines")

    assert not long


@pytest.mark.parametrize(("name", "path"), MODULES, ids=[name for name, _ in MODULES])
def test_module_says_what_it_is_for(name, path):
    assert ast.get_docstring(ast.parse(path.read_text())), f"{name} has no docstring"
