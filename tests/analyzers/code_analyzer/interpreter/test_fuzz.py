"""No source crashes the interpreter or makes it hang, and the same source gives the same model."""

import ast
import copy

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzers.code_analyzer.interpreter import Budget, interpret
from analyzers.code_analyzer.parsed_file import ParsedFile, SourceBroken, parse_file
from analyzers.code_analyzer.wire_model import wire_dag
from tests.analyzers.code_analyzer.agreement import dialects_basic, dialects_hard, dialects_more

SOURCES = [
    dialects_basic.HEAD + text
    for cases in (dialects_basic.CASES, dialects_more.CASES, dialects_hard.CASES)
    for text in cases.values()
]
SMALL = Budget(steps=20_000, tasks=500, dags=200, edges=5_000)
EXPRESSIONS = [
    "None", "0", "-1", "''", "'x'", "[]", "{}", "()", "...", "x", "lambda *a, **k: a", "a[0]", "a.b.c", "f()",
    "[i for i in range(3)]", "{**d}", "not x", "1 / 0", "'%d' % 'x'", "'{}{}'.format(1)", "f'{x!r:>9999999}'",
    "DAG", "task", "TaskGroup('g')", "EmptyOperator(task_id='z')", "9 ** 99", "'a' * 10 ** 9", "super()", "globals()",
    "chain()", "Label('l')", "Asset('a')", "[*x]", "(yield)", "type(x)(1)", "__file__", "print >> 3", "{1, 'a'}",
]  # fmt: skip


def _expression_slots(tree):
    return [
        (node, name, index)
        for node in ast.walk(tree)
        # These take certain expressions only, or no source could be written of them.
        if not isinstance(node, ast.JoinedStr | ast.MatchValue)
        for name, value in ast.iter_fields(node)
        if name != "format_spec"
        for index, part in enumerate(value if isinstance(value, list) else [value])
        if isinstance(part, ast.expr) and isinstance(getattr(part, "ctx", ast.Load()), ast.Load)
    ]


def _put(slot, expression):
    node, name, index = slot
    value = getattr(node, name)
    if isinstance(value, list):
        value[index] = expression
    else:
        setattr(node, name, expression)


def _model(text):
    return [wire_dag(dag, "a.py") for dag in interpret(parse_file("a.py", text.encode()), budget=SMALL).dags]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_source_with_exchanged_expressions_is_read(data):
    tree = ast.parse(data.draw(st.sampled_from(SOURCES)))
    for _ in range(data.draw(st.integers(1, 4))):
        slots = _expression_slots(tree)
        new = ast.parse(data.draw(st.sampled_from(EXPRESSIONS)), mode="eval").body
        if data.draw(st.booleans()):
            other = data.draw(st.sampled_from(slots))
            value = getattr(other[0], other[1])
            new = copy.deepcopy(value[other[2]] if isinstance(value, list) else value)
        _put(data.draw(st.sampled_from(slots)), new)
    text = ast.unparse(ast.fix_missing_locations(tree))

    try:
        ParsedFile("a.py", text)
    except SourceBroken:
        return
    assert _model(text) == _model(text)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_source_with_lines_lost_or_moved_is_read(data):
    lines = data.draw(st.sampled_from(SOURCES)).split("\n")
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        line = lines.pop(at)
        if data.draw(st.booleans()):
            lines.insert(data.draw(st.integers(0, len(lines))), line)

    try:
        models = _model("\n".join(lines))
    except SourceBroken:
        return
    assert all(model.path == "a.py" for model in models)


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data):
    lines = []
    try:
        lines = parse_file("a.py", b"# airflow dag\n" + data).lines
    except SourceBroken as error:
        lines = [""] * error.line

    assert lines
