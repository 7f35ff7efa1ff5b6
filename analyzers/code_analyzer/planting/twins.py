"""A renamed twin of a file: other ids and names, laid out anew; what is wrong with it is still wrong."""

import ast
import re
from collections.abc import Collection, Iterator, Mapping

ID_ARGUMENTS = frozenset({"dag_id", "task_id", "group_id"})
_QUOTED = re.compile(r"""(['"])([\w.-]+)\1""")
_SUFFIX = "_q7"


def renamed(
    texts: Mapping[str, str], lines: Mapping[str, Collection[int]]
) -> tuple[dict[str, str], dict[str, frozenset[int]]] | None:
    """The twins of files that belong together, and where the given lines are in them.

    Module-level names and ids get a suffix, wherever they stand; comments go. What is no Python stays.

    Returns:
        None where a file cannot be written anew faithfully.
    """
    trees = {path: ast.parse(text) for path, text in texts.items() if path.endswith(".py")}
    ids = {each for tree in trees.values() for each in _ids_in(tree)}
    # What is also an argument's name somewhere would have to be renamed there, and that may be Airflow's.
    fixed = {each for tree in trees.values() for each in _arguments(tree)}
    written: dict[str, str] = {path: text for path, text in texts.items() if path not in trees}
    places: dict[str, frozenset[int]] = {}
    for path, tree in trees.items():
        _Renaming(ids - fixed, _names(tree) - fixed).visit(tree)
        written[path] = ast.unparse(tree) + "\n"
        pairs = list(zip(ast.walk(tree), ast.walk(ast.parse(written[path])), strict=False))
        if any(type(old) is not type(new) for old, new in pairs):
            return None
        wanted = lines.get(path, ())
        places[path] = frozenset(
            new.lineno
            for old, new in pairs
            if isinstance(old, _Located) and isinstance(new, _Located) and old.lineno in wanted
        )
    return written, places


def shifted(text: str, lines: Collection[int]) -> tuple[str, frozenset[int]]:
    """The same text some lines further down: for defects that comments or the layout make up."""
    head = ["", "# Kept by the data platform.", ""]
    return "\n".join(head) + "\n" + text, frozenset(line + len(head) for line in lines)


_Located = ast.expr | ast.stmt | ast.arg | ast.keyword | ast.alias | ast.ExceptHandler


def _arguments(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.keyword) and node.arg:
            yield node.arg


def _ids_in(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            values = [each.value for each in node.keywords if each.arg in ID_ARGUMENTS]
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            values += node.args[:1] if name in {"DAG", "TaskGroup"} else []
            for value in values:
                if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
                    yield value.value
        elif isinstance(node, ast.FunctionDef) and node.decorator_list:
            yield node.name


def _names(tree: ast.Module) -> set[str]:
    """Module-level names that the file binds itself: no imports, which mean what they are called."""
    found = set()
    for node in tree.body:
        if isinstance(node, ast.Assign):
            found |= {each.id for each in node.targets if isinstance(each, ast.Name)}
        elif isinstance(node, ast.FunctionDef):
            found.add(node.name)
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    return {name for name in found - imported if not name.startswith("__")}


class _Renaming(ast.NodeTransformer):
    def __init__(self, ids: set[str], names: set[str]) -> None:
        self._ids = ids
        self._names = names | {each for each in ids if each.isidentifier()}

    def visit_Name(self, node: ast.Name) -> ast.Name:
        if node.id in self._names:
            node.id += _SUFFIX
        return node

    def visit_Global(self, node: ast.Global) -> ast.Global:
        node.names = [name + _SUFFIX if name in self._names else name for name in node.names]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self.generic_visit(node)
        if node.name in self._names:
            node.name += _SUFFIX
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        if isinstance(node.value, str):
            if node.value in self._ids:
                node.value += _SUFFIX
            else:
                node.value = _QUOTED.sub(self._quoted, node.value)
        return node

    def _quoted(self, found: re.Match[str]) -> str:
        quote, text = found.group(1), found.group(2)
        return f"{quote}{text}{_SUFFIX}{quote}" if text in self._ids else found.group(0)
