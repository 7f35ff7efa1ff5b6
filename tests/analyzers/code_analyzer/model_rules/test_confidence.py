"""How sure a finding is follows from how much of the DAG is known."""

import pytest

from tests.analyzers.code_analyzer.model_rules.audited import PRELUDE, findings

CYCLE = 'with DAG("a", schedule=None{more}):\n    x = EmptyOperator(task_id="x")\n    x >> x\n'
TWICE = 'd = DAG("a", schedule=None{more})\ne = DAG("a", schedule=None)\n'


@pytest.mark.parametrize(("rule", "body"), [("DGA104", CYCLE), ("DGA102", TWICE)])
@pytest.mark.parametrize(("more", "confidence"), [("", "confirmed"), (", **options()", "likely")])
def test_finding_on_a_partial_dag_is_likely(rule, body, more, confidence):
    found = findings(rule, {"a.py": PRELUDE + body.format(more=more)})

    assert [each.confidence for each in found] == [confidence]
