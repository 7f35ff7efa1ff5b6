"""What is read from a template without rendering it."""

import pytest

from analyzers.code_analyzer.template_names import NEEDS_LOGICAL_DATE, REMOVED_IN_3, context_names
from analyzers.code_analyzer.templates import NOT_LITERAL, read_template, source_line


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("plain", []),
        ("{{ ds }}", [("ds",)]),
        ("{{ dag_run.conf['table'] }}", [("dag_run", "conf", "table")]),
        ("{{ var.value.bucket }}/{{ params['x'].y }}", [("var", "value", "bucket"), ("params", "x", "y")]),
        ("{{ params[ds] }}", [("params",), ("ds",)]),
        ("{% for t in tables %}{{ t.name }}{% endfor %}", [("tables",)]),
        ("{% set day = ds %}{{ day }}", [("ds",)]),
        ("{% if x is defined %}a{% endif %}", [("x",)]),
        ("{{ macros.ds_add(ds, -1) }}", [("macros", "ds_add"), ("ds",)]),
        ("{{ ti.xcom_pull(task_ids='a')['k'] }}", [("ti", "xcom_pull")]),
        ("{% macro m(a) %}{{ a }}{% endmacro %}{{ m(ts) }}", [("ts",)]),
        ("{{ range(3) }}", []),
        ("{% raw %}{{ ds }}{% endraw %}", []),
        ("{# {{ ds }} #}{{ ts }}", [("ts",)]),
    ],
)
def test_free_names_are_found_with_their_attributes(text, paths):
    assert [reference.path for reference in read_template(text).references] == paths


def test_line_of_a_name_is_counted_within_the_template():
    template = read_template("select 1\n\nwhere d = '{{ ds }}'")

    assert template.references[0].line == 3


def test_filters_are_kept_in_the_order_in_which_they_apply():
    template = read_template("{{ params.x | lower | quote }}")

    assert template.references[0].filters == ("lower", "quote")


def test_filter_after_a_call_is_of_the_call():
    template = read_template("{{ dag_run.conf.get('x') | quote }}")

    assert template.references[0].filters == ("quote",)


@pytest.mark.parametrize(
    "text",
    ["{{ ds | default('x') }}", "{{ ds | d }}", "{% if ds is defined %}{{ ds }}{% endif %}",
     "{{ ds if ds is not undefined else 1 }}"],
)  # fmt: skip
def test_name_with_a_default_or_a_test_is_guarded(text):
    assert read_template(text).guarded == {"ds"}


def test_literal_arguments_of_calls_are_read():
    call = read_template("{{ ti.xcom_pull(['a', 'b'], key='k', dag_id=x) }}").calls[0]

    assert call.path == ("ti", "xcom_pull")
    assert call.argument("task_ids", 0) == ["a", "b"]
    assert call.argument("key", 1) == "k"
    assert call.argument("dag_id", 2) is NOT_LITERAL
    assert call.argument("map_indexes", 3) is None


def test_call_with_open_ended_arguments_says_so():
    assert read_template("{{ f(*args) }}").calls[0].open_ended


@pytest.mark.parametrize(("text", "line"), [("{{ ds }", 1), ("a\n{% if x %}", 2), ("a\nb {{ 1 + }}", 2)])
def test_syntax_error_has_its_line(text, line):
    problem = read_template(text).problem

    assert problem is not None
    assert problem.line == line


def test_include_is_told():
    assert read_template("{% include 'a.sql' %}").includes


def test_names_without_a_run_date_belong_to_the_context():
    assert context_names((3, 3)) >= NEEDS_LOGICAL_DATE


def test_removed_names_are_known_before_three_only():
    assert REMOVED_IN_3.keys() <= context_names((2, 10))
    assert not REMOVED_IN_3.keys() & context_names((3, 0))


@pytest.mark.parametrize(
    ("lines", "template_line", "expected"),
    [
        (['x = """', "select {{ ds }}", '"""'], 2, 2),
        (['x = ("a\\nb"', '     "{{ ds }}")'], 2, 2),
        (['x = "a\\n{{ ds }}"'], 2, 1),
        (["x = read()"], 7, 1),
    ],
)
def test_template_line_is_mapped_to_the_source(lines, template_line, expected):
    assert source_line(template_line, "ds", lines, 1, len(lines)) == expected


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("{% if x %}{{ y }}{% endif %}", [True, False]),
        ("{{ x if y else z }}", [True, False, False]),
        ("{{ x == 'a' }}", [True]),
        ("{% set y = x or 'a' %}{{ y }}", [False]),
    ],
)
def test_name_that_only_decides_is_told_apart(text, conditions):
    assert sorted(found.as_condition for found in read_template(text).references) == sorted(conditions)
