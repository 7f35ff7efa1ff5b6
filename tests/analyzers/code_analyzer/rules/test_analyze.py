"""From sources to a section."""

import sys
from dataclasses import replace

import pytest

from analyzers.code_analyzer import bundle_audit as module
from analyzers.code_analyzer.analyze import analyze
from analyzers.code_analyzer.options import CodeOptions
from analyzers.code_analyzer.registry import all_rules, find_rule
from dagaudit.errors import AccessRefused, SpecInvalid
from dagaudit.finding import Confidence, Severity
from dagaudit.section import SectionStatus
from tests.fakes import MemorySource

READ = "from airflow.sdk import DAG, Variable\n\nX = Variable.get('x')\n"
ONLY_401 = CodeOptions(select=("DGA401",))


def audit(source, options=ONLY_401, name="a.py"):
    return analyze([MemorySource({name: source}, address=f"memory://{name}")], options)


def test_finding_has_its_place_and_its_line():
    finding = audit(READ).findings[0]

    assert (finding.path, finding.line, finding.column, finding.end_line) == ("a.py", 3, 5, 3)
    assert finding.evidence == "X = Variable.get('x')"
    assert finding.confidence is Confidence.CONFIRMED


def test_column_counts_characters_not_bytes():
    assert audit("from airflow.sdk import Variable\nX = 'äöü', Variable.get('x')\n").findings[0].column == 12


def test_clean_source_is_ok():
    section = audit("from airflow.sdk import DAG\nDAG('a')\n")

    assert section.findings == ()
    assert section.status is SectionStatus.OK
    assert section.target_version == "3.3"


def test_same_source_gives_the_same_section():
    source = READ + "Y = Variable.get('y')\n"

    assert audit(source).model_dump_json() == audit(source).model_dump_json()


def test_findings_are_sorted_by_place():
    files = {"b.py": READ, "a.py": READ + "Y = Variable.get('y')\n"}
    section = analyze([MemorySource(files)], ONLY_401)

    assert [(each.path, each.line) for each in section.findings] == [("a.py", 3), ("a.py", 4), ("b.py", 3)]


def test_each_source_is_a_bundle():
    sources = [MemorySource({"a.py": READ}), MemorySource({"a.py": READ})]

    assert [each.bundle for each in analyze(sources, ONLY_401).findings] == [0, 1]


def test_fingerprint_survives_lines_above():
    before = audit(READ).findings[0].fingerprint
    after = audit("# a comment\n\n" + READ).findings[0].fingerprint

    assert before == after


def test_fingerprint_changes_with_the_code():
    assert audit(READ).findings[0].fingerprint != audit(READ.replace("'x'", "'y'")).findings[0].fingerprint


def test_equal_findings_have_fingerprints_of_their_own():
    section = audit(READ + "X = Variable.get('x')\n")

    assert len({each.fingerprint for each in section.findings}) == 2


def test_crashed_rule_costs_only_itself(monkeypatch):
    def crash(_):
        raise ZeroDivisionError("oops")

    broken = replace(find_rule("DGA402"), check=crash)
    rules = tuple(broken if rule.id == "DGA402" else rule for rule in all_rules())
    monkeypatch.setattr(module, "all_rules", lambda: rules)

    section = audit(READ, CodeOptions(select=("DGA401", "DGA402")))

    assert [each.rule for each in section.findings] == ["DGA401"]
    assert section.status is SectionStatus.PARTIAL
    assert [(each.part, each.path) for each in section.failures] == [("rule DGA402", "a.py")]
    assert "ZeroDivisionError: oops" in section.failures[0].message


def test_rule_that_crashes_midway_gives_nothing(monkeypatch):
    def crash(file):
        yield from find_rule("DGA401").check(file)
        raise RuntimeError("late")

    rules = tuple(replace(rule, check=crash) if rule.id == "DGA401" else rule for rule in all_rules())
    monkeypatch.setattr(module, "all_rules", lambda: rules)

    section = audit(READ)

    assert section.findings == ()
    assert section.status is SectionStatus.PARTIAL


def test_broken_file_is_a_critical_finding():
    section = audit("from airflow.sdk import DAG\nwith DAG('a'\n    pass\n", CodeOptions())
    finding = section.findings[0]

    assert (finding.rule, finding.severity, finding.line) == ("DGA101", Severity.CRITICAL, 2)
    assert finding.column > 1
    assert finding.evidence == "with DAG('a'"
    assert section.failures == ()


def test_unreadable_file_is_a_failure_and_the_others_go_on():
    source = MemorySource({"a.py": READ}, {"b.py": AccessRefused("b.py may not be read; grant it")})
    section = analyze([source], ONLY_401)

    assert [each.path for each in section.findings] == ["a.py"]
    assert [each.path for each in section.failures] == ["b.py"]
    assert section.status is SectionStatus.PARTIAL


def test_severity_below_the_floor_is_left_out():
    source = READ + "import requests\nrequests.get('https://x', timeout=3)\n"
    options = CodeOptions(select=("DGA401", "DGA402"), min_severity=Severity.HIGH)

    assert [each.rule for each in audit(source, options).findings] == ["DGA402"]


def test_rules_can_be_ignored_for_some_paths():
    files = {"legacy/a.py": READ, "new/a.py": READ}
    options = replace(ONLY_401, per_file_ignores={"legacy/*": ("DGA4",)})

    assert [each.path for each in analyze([MemorySource(files)], options).findings] == ["new/a.py"]


def test_unknown_rule_is_refused_before_anything_is_read():
    source = MemorySource({"a.py": READ})

    with pytest.raises(SpecInvalid, match="DGA999"):
        analyze([source], CodeOptions(select=("DGA999",)))
    assert source.reads == []


SECRET = "k9Jd83hfPq02LmZx7aTe"


def test_secret_is_masked_in_every_finding_of_the_file():
    source = (
        "import requests\nfrom airflow.sdk import DAG\n"
        f"zeta_token = '{SECRET}'; requests.get('https://x.example', {{'a': '{SECRET}'}}, timeout=3)\n"
    )
    section = audit(source, CodeOptions())

    assert {"DGA501", "DGA402"} <= {each.rule for each in section.findings}
    assert SECRET not in section.model_dump_json()


def test_secret_that_masking_does_not_know_is_hidden_all_the_same():
    source = "AWS = {'aws_access_key_id': 'AKIAQ7R2M5XW3PLKD6TV'}\nprint('AKIAQ7R2M5XW3PLKD6TV')\n"
    section = audit(source, CodeOptions(select=("DGA501",)))

    assert section.findings
    assert "AKIAQ7R2M5XW3PLKD6TV" not in section.model_dump_json()


TWO_DAGS = """
from airflow.sdk import DAG, Variable, dag, task

with DAG("first"):
    A = Variable.get("a")

@dag(dag_id="second")
def second():
    Variable.get("b")

    @task
    def load():
        import requests
        requests.get("https://x.example")

    load()

second()
Variable.get("c")
"""


def test_finding_belongs_to_the_dag_around_it():
    section = audit(TWO_DAGS)

    assert [(each.line, each.dag_id) for each in section.findings] == [
        (5, "first"),
        (9, "second"),
        (19, None),
    ]


def test_finding_in_a_task_belongs_to_the_task():
    finding = audit(TWO_DAGS, CodeOptions(select=("DGA314",))).findings[0]

    assert (finding.dag_id, finding.task_id) == ("second", "load")


def test_only_dag_of_a_file_owns_its_findings():
    assert audit(READ + "dag = DAG('solo')\n").findings[0].dag_id == "solo"


def test_section_holds_the_dag_models():
    assert [model.dag_id for model in audit(TWO_DAGS).dags] == ["first", "second"]


def test_no_ast_outlives_its_file(monkeypatch):
    import gc
    import weakref

    from analyzers.code_analyzer import bundle_audit

    alive = []
    references = []
    original = bundle_audit.audit_file

    def watched(model, rules, settings):
        gc.collect()
        alive.append(sum(reference() is not None for reference in references))
        references.append(weakref.ref(model.parsed))
        return original(model, rules, settings)

    monkeypatch.setattr(bundle_audit, "audit_file", watched)
    analyze([MemorySource({f"{name}.py": READ for name in "abcdef"})], CodeOptions())

    assert max(alive) <= 1
    assert len(references) == 6


def test_start_needs_no_heavy_library():
    import subprocess

    code = (
        "import sys, analyzers.code_analyzer.analyze\n"
        "print([name for name in ('sqlglot', 'polars', 'boto3', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
