"""DGA101: files that are no Python."""

import ast
from collections.abc import Iterator

from analyzers.code_analyzer.planting.edits import MARK, Edit
from analyzers.code_analyzer.planting.form import Form, Planted
from analyzers.code_analyzer.planting.host import Host


def _no_colon(host: Host) -> Iterator[Planted]:
    for node in host.nodes:
        if isinstance(node, ast.FunctionDef) and node.returns is None:
            start = host.offset(node.lineno, node.col_offset)
            end = host.text.find("):\n", start)
            if end > 0:
                yield Planted((Edit(end, end + 2, f"){MARK}"),))


def _no_bracket(host: Host) -> Iterator[Planted]:
    for dag in host.dags:
        start, end = host.span(dag.call)
        yield Planted((Edit(start, start, MARK), Edit(end - 1, end, MARK)))


def _print_of_python_2(host: Host) -> Iterator[Planted]:
    yield Planted((host.added(host.module, f'print "loaded"  # {MARK}'),))


FORMS = (
    Form("DGA101", "no-colon", _no_colon, of_text=True),
    Form("DGA101", "no-bracket", _no_bracket, of_text=True),
    Form("DGA101", "python-2", _print_of_python_2, of_text=True),
)
