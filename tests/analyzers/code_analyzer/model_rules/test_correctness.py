"""What the rules on correctness say."""

from tests.analyzers.code_analyzer.model_rules.audited import OFFSET, PRELUDE, findings


def test_path_of_a_cycle_names_each_line():
    tasks = 'with DAG("a", schedule=None):\n    x, y = [EmptyOperator(task_id=i) for i in "xy"]\n'
    body = tasks + "    x >> y\n    y >> x\n"

    message = findings("DGA104", {"a.py": PRELUDE + body})[0].message

    assert f"x → y (line {OFFSET + 3}) → x (line {OFFSET + 4})" in message
