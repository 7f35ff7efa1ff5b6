"""Fixes in the formats that have room for them."""

import json
from dataclasses import replace

import pytest

from analyzers.code_analyzer.analyze import analyze
from analyzers.code_analyzer.fixes.diff import unified_diff
from analyzers.code_analyzer.formats import Shown, format_called
from tests.analyzers.code_analyzer.fixes.mending import STRICT
from tests.fakes import MemorySource

ONE_LINE = "from airflow.sdk import DAG\né = DAG('é')\n"
MANY_LINES = "from airflow.sdk import DAG\nd = DAG(\n    'é',\n    catchup=False,\n)\n"
UNSAFE = "import requests\nfrom airflow.sdk import task\n@task\ndef f():\n    requests.get('https://x')\n"


def shown(text, *rules):
    options = replace(STRICT, select=rules, keep_suppressed=True)
    section = analyze([MemorySource({"a.py": text}, address="memory://a.py")], options)
    return Shown(section, suppressed=section.suppressed)


def render(name, text, *rules):
    return format_called(name)(shown(text, *rules))


def apply(text, edits):
    lines = text.split("\n")
    for edit in reversed(edits):
        assert edit["start_line"] == edit["end_line"]
        line = lines[edit["start_line"] - 1]
        lines[edit["start_line"] - 1] = (
            line[: edit["start_column"] - 1] + edit["text"] + line[edit["end_column"] - 1 :]
        )
    return "\n".join(lines)


@pytest.mark.parametrize("text", [ONE_LINE, MANY_LINES])
def test_edits_in_json_can_be_applied_by_line_and_column(text):
    finding = json.loads(render("json", text, "DGA201"))["findings"][0]

    assert finding["fix"]["applicability"] == "safe"
    assert "schedule=None" in apply(text, finding["fix"]["edits"])


def test_finding_without_a_fix_says_null():
    finding = json.loads(render("json", "from airflow.sdk import *\n", "DGA407"))["findings"][0]

    assert finding["fix"] is None


def test_sarif_has_the_edits_as_replacements():
    result = json.loads(render("sarif", ONE_LINE, "DGA201"))["runs"][0]["results"][0]
    change = result["fixes"][0]["artifactChanges"][0]

    assert change["artifactLocation"]["uri"] == "a.py"
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 2, "startColumn": 12, "endLine": 2, "endColumn": 12},
            "insertedContent": {"text": ", schedule=None"},
        }
    ]


def test_rdjson_counts_columns_in_bytes():
    diagnostic = json.loads(render("rdjson", ONE_LINE, "DGA201"))["diagnostics"][0]

    assert diagnostic["suggestions"] == [
        {
            "range": {"start": {"line": 2, "column": 14}, "end": {"line": 2, "column": 14}},
            "text": ", schedule=None",
        }
    ]


def test_rdjson_leaves_out_what_it_cannot_place():
    diagnostic = json.loads(render("rdjson", MANY_LINES, "DGA201"))["diagnostics"][0]

    assert "suggestions" not in diagnostic


def test_annotations_and_text_name_the_option():
    assert "dagaudit code --fix can do it: add schedule=None" in render("github", ONE_LINE, "DGA201")
    assert "dagaudit code --fix --unsafe-fixes can do it" in render("github", UNSAFE, "DGA314")
    assert "= --fix: add schedule=None" in render("text", ONE_LINE, "DGA201")
    assert "= --fix --unsafe-fixes: give up after 30 seconds" in render("text", UNSAFE, "DGA314")
    assert "1 can be fixed with --fix." in render("text", ONE_LINE, "DGA201")


def test_edit_that_would_repeat_a_secret_is_not_offered():
    text = (
        "from airflow.sdk import DAG\n"
        "from airflow.providers.standard.operators.empty import EmptyOperator\n"
        "with DAG('d', schedule=None):\n"
        "    AKIAIOSFODNN7EXAMPLE, b = [EmptyOperator(task_id=n) for n in 'ab']\n"
        "    b >> AKIAIOSFODNN7EXAMPLE << b\n"
    )
    output = render("json", text, "DGA709")

    assert [each["fix"] for each in json.loads(output)["findings"]] == [None]
    assert "AKIAIOSFODNN7EXAMPLE" not in output


def test_secret_beside_a_change_is_masked_in_a_diff():
    before = b"KEY = 'AKIAIOSFODNN7EXAMPLE'\nx = 1\n"

    diff = unified_diff("a.py", before, before.replace(b"1", b"2"))

    assert "AKIAIOSFODNN7EXAMPLE" not in diff
    assert "-x = 1\n+x = 2\n" in diff


def test_diff_without_line_end_at_the_end_says_so():
    diff = unified_diff("a.py", b"x = 1", b"x = 2")

    assert diff.count("\\ No newline at end of file\n") == 2
