"""Where task code says which data is meant: paths, keys and queries that a kind of value flows into."""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.syntax import body_nodes, last_name, text_of

# Which of their positional arguments say which data is meant; the content may well name the time.
_FIRST = slice(0, 1)
_SINKS = {
    **dict.fromkeys(
        ("open", "to_csv", "to_parquet", "to_json", "to_excel", "to_pickle", "write_csv", "write_parquet",
         "read_csv", "read_parquet", "parquet", "saveAsTable", "makedirs", "blob", "execute", "executemany",
         "get_records", "get_first", "get_pandas_df", "read_sql", "run_query"),
        _FIRST,
    ),
    **dict.fromkeys(("load_string", "load_bytes", "load_file", "load_file_obj"), slice(1, 2)),
    **dict.fromkeys(("upload_file", "upload_fileobj", "upload_blob", "copy_object"), slice(1, 3)),
}  # fmt: skip
_KEYWORDS = frozenset({
    "key", "Key", "path", "sql", "query", "dest_key", "object_name", "blob_name", "prefix", "Prefix",
})  # fmt: skip
_TEMPORARY = ("/tmp/", "/var/tmp/")  # noqa: S108 - paths in the source that is audited


def data_uses(file: FileContext, sources: frozenset[str]) -> Iterator[tuple[ast.Call, str]]:
    """The calls that such a value reaches inside one function, with the name of its source."""
    calls = [call for name in sources for call in file.calls.get(name, ())]
    functions = {file.scopes.function(call) for call in calls if file.scopes.in_task(call)}
    found = [function for function in functions if function is not None]
    for function in sorted(found, key=lambda each: (each.lineno, each.col_offset)):
        tainted = _tainted(file, function, sources)
        for node in body_nodes(function):
            if isinstance(node, ast.Call):
                reached = (_source_in(file, given, sources, tainted) for given in _data_arguments(file, node))
                source = next((each for each in reached if each is not None), None)
                if source is not None:
                    yield node, source


def _data_arguments(file: FileContext, call: ast.Call) -> Iterator[ast.expr]:
    given = call.args[_SINKS.get(last_name(call.func), slice(0, 0))]
    given += [keyword.value for keyword in call.keywords if keyword.arg in _KEYWORDS]
    for each in given:
        text = text_of(file, each)
        if text is None or not text.startswith(_TEMPORARY):
            yield each


def _tainted(file: FileContext, function: ast.AST, sources: frozenset[str]) -> dict[str, str]:
    tainted: dict[str, str] = {}
    for node in body_nodes(function):
        if isinstance(node, ast.Assign):
            source = _source_in(file, node.value, sources, tainted)
            for target in node.targets:
                if isinstance(target, ast.Name):
                    if source is not None:
                        tainted[target.id] = source
                    else:
                        tainted.pop(target.id, None)
    return tainted


def _source_in(
    file: FileContext, node: ast.AST, sources: frozenset[str], tainted: dict[str, str]
) -> str | None:
    waiting: list[ast.AST] = [node]
    while waiting:
        each = waiting.pop()
        if _is_duration(each):
            continue
        if isinstance(each, ast.Call):
            name = file.parsed.qualified_name(each.func)
            if name in sources:
                return name
        elif isinstance(each, ast.Name) and each.id in tainted:
            return tainted[each.id]
        waiting.extend(ast.iter_child_nodes(each))
    return None


def _is_duration(node: ast.AST) -> bool:
    """`now() - started` is a duration, `now() - timedelta(days=1)` a date."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Sub):
        return False
    calls = [each for each in ast.walk(node) if isinstance(each, ast.Call)]
    return not any(last_name(call.func) == "timedelta" for call in calls)
