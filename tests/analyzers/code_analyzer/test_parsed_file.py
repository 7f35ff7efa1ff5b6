"""The one walk of a file: every node, in source order, whatever its fields hold."""

import ast
from pathlib import Path

import pytest

from analyzers.code_analyzer.parsed_file import ParsedFile

# Contexts and operators are left out on purpose: no rule asks for them by their type.
LEFT_OUT = (ast.expr_context, ast.operator, ast.unaryop, ast.cmpop)
HERE = Path(__file__)
RARE = """
async def main(a, /, b: int = 1, *c, d=..., **e) -> None:
    match a:
        case True | None | 1.5 | b"x":
            pass
        case {"k": [x, *rest], **others} if x:
            global g
        case Point(y=3j):
            nonlocal_name = lambda: (yield)
    async with a as b, c:
        print(f"{a!r:>{b}} {c}", *d, **e)
    try:
        del a[1:2, ...]
    except* (A, B) as error:
        raise error from None
"""


@pytest.mark.parametrize("text", [RARE, HERE.read_text()], ids=["rare", "this file"])
def test_every_node_is_indexed_in_source_order(text):
    parsed = ParsedFile("dag.py", text)

    found = [node for nodes in parsed.nodes.values() for node in nodes]

    expected = [node for node in _in_order(parsed.tree) if not isinstance(node, LEFT_OUT)]
    assert {id(node) for node in found} == {id(node) for node in expected}
    for kind, nodes in parsed.nodes.items():
        assert nodes == [node for node in expected if type(node) is kind]


def test_every_node_leads_up_to_the_module():
    parsed = ParsedFile("dag.py", RARE)

    assert all([*parsed.ancestors(node)][-1] is parsed.tree for node in parsed.nodes[ast.Constant])


def _in_order(node):
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _in_order(child)
