"""A baseline knows a finding again, wherever its line moved to."""

import pytest

from analyzers.code_analyzer import baseline
from analyzers.code_analyzer.analyze import analyze
from dagaudit.errors import SpecInvalid
from tests.fakes import MemorySource

DAG = (
    "from airflow.sdk import DAG, Variable\n{above}\nX = Variable.get('x')\nDAG('a', schedule=None)\n{below}"
)


def section(above="", below=""):
    return analyze([MemorySource({"a.py": DAG.format(above=above, below=below)})])


def known(found):
    return baseline.read(baseline.written(found.findings), "baseline.json").fingerprints


def test_known_findings_are_left_out_and_counted():
    found = section()

    result = baseline.compared(found, known(found))

    assert found.findings
    assert result.section.findings == ()
    assert result.known == len(found.findings)


def test_moved_line_is_no_new_finding():
    result = baseline.compared(section(above="import os\n\n\n"), known(section()))

    assert result.section.findings == ()


def test_new_finding_is_told():
    result = baseline.compared(section(below="Y = Variable.get('y')\n"), known(section()))

    assert [finding.line for finding in result.section.findings] == [5]


def test_findings_that_are_no_more_are_counted():
    result = baseline.compared(section(), known(section(below="Y = Variable.get('y')\n")))

    assert result.gone == 1


def test_baseline_has_no_line_numbers():
    assert b'"line"' not in baseline.written(section().findings)


def test_baseline_is_the_same_in_any_order():
    findings = section(below="Y = Variable.get('y')\n").findings

    assert baseline.written(findings) == baseline.written(tuple(reversed(findings)))


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff", b'{"findings": [3]}', b'{"version": 99}'])
def test_what_is_no_baseline_is_named_with_the_remedy(data):
    with pytest.raises(SpecInvalid, match=r"known\.json .*--write-baseline"):
        baseline.read(data, "known.json")
