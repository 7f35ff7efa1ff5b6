"""What is new, fixed and back again, and what nobody may call fixed."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.code_analyzer.llm_judge.judge import PART as JUDGE
from analyzers.report_merger import known
from analyzers.report_merger.sections import Sections
from analyzers.report_merger.since_last import Comparison, Previous, compare
from dagaudit.finding import Failure
from dagaudit.section import CodeSection, Coverage, LogsSection, SectionStatus
from dagaudit.task_attempt import CauseState
from tests.analyzers.report_merger.samples import NOW, cause, code, finding, logs

OLD = finding("DGA301", "old.py")
NEW = finding("DGA401", "new.py")


def after(*nights: Sections) -> Comparison:
    """The last night compared, each with the one before."""
    previous = Previous()
    for number, sections in enumerate(nights):
        comparison = compare(sections, previous, NOW + timedelta(days=number))
        previous = Previous(report_id=f"report-{number}", known=comparison.known, reason=None)
    return comparison


def test_first_report_is_compared_with_nothing():
    since = after(Sections(code=code(OLD))).since_last

    assert since.previous is None
    assert since.reason == "this is the first report"
    assert since.findings.new == 0


def test_finding_that_was_not_there_before_is_new():
    since = after(Sections(code=code(OLD)), Sections(code=code(OLD, NEW))).since_last

    assert since.findings.new_ids == (NEW.fingerprint,)
    assert since.findings.fixed == 0


def test_finding_that_is_gone_is_fixed():
    since = after(Sections(code=code(OLD, NEW)), Sections(code=code(NEW))).since_last

    assert since.findings.fixed_ids == (OLD.fingerprint,)


def test_fixed_finding_that_is_back_is_regressed_and_not_new():
    nights = [
        Sections(code=code(OLD)),
        Sections(code=code()),
        Sections(code=code()),
        Sections(code=code(OLD)),
    ]

    since = after(*nights).since_last

    assert since.findings.regressed_ids == (OLD.fingerprint,)
    assert since.findings.new == 0


def test_finding_is_counted_as_fixed_only_once():
    since = after(Sections(code=code(OLD)), Sections(code=code()), Sections(code=code())).since_last

    assert since.findings.fixed == 0


@pytest.mark.parametrize("status", [SectionStatus.FAILED, SectionStatus.SKIPPED])
def test_section_that_did_not_look_fixes_nothing(status):
    blind = Sections(code=CodeSection(status=status, reason="crashed"))

    assert after(Sections(code=code(OLD)), blind).since_last.findings.fixed == 0


def test_finding_is_not_new_after_a_night_that_did_not_look():
    blind = Sections(code=CodeSection(status=SectionStatus.FAILED))

    since = after(Sections(code=code(OLD)), blind, Sections(code=code(OLD))).since_last

    assert (since.findings.new, since.findings.regressed, since.findings.fixed) == (0, 0, 0)


def test_finding_is_fixed_by_the_first_night_that_looks_again():
    blind = Sections(code=CodeSection(status=SectionStatus.FAILED))

    assert after(Sections(code=code(OLD)), blind, Sections(code=code())).since_last.findings.fixed == 1


PARTIAL = {
    "its file was not read": [Failure(part="reading", path="old.py", message="refused")],
    "the zip it is in was not read": [Failure(part="reading", path="bundle.zip", message="broken")],
    "its rule crashed everywhere": [Failure(part="rule DGA301", message="KeyError")],
    "its rule crashed on its file": [Failure(part="rule DGA301", path="old.py", message="KeyError")],
    "something without a place failed": [Failure(part="discovery", message="gave up")],
}


@pytest.mark.parametrize("failures", PARTIAL.values(), ids=PARTIAL.keys())
def test_partial_section_does_not_fix_what_it_did_not_see(failures):
    path = "bundle.zip/old.py" if failures[0].path == "bundle.zip" else "old.py"
    partial = code(status=SectionStatus.PARTIAL, failures=tuple(failures))

    assert (
        after(Sections(code=code(finding("DGA301", path))), Sections(code=partial)).since_last.findings.fixed
        == 0
    )


SEEN = {
    "another file was not read": Failure(part="reading", path="other.py", message="refused"),
    "another rule crashed": Failure(part="rule DGA999", message="KeyError"),
    "its rule crashed on another file": Failure(part="rule DGA301", path="other.py", message="KeyError"),
    "a file whose name starts alike was not read": Failure(part="reading", path="old.pyx", message="refused"),
}


@pytest.mark.parametrize("failure", SEEN.values(), ids=SEEN.keys())
def test_partial_section_fixes_what_it_did_see(failure):
    partial = code(status=SectionStatus.PARTIAL, failures=(failure,))

    assert after(Sections(code=code(OLD)), Sections(code=partial)).since_last.findings.fixed == 1


def test_file_that_no_longer_parses_fixes_none_of_its_findings():
    broken = finding("DGA101", "old.py")

    since = after(Sections(code=code(OLD)), Sections(code=code(broken))).since_last

    assert since.findings.fixed == 0
    assert since.findings.new == 1


def test_rule_that_did_not_run_fixes_nothing():
    nights = Sections(code=code(OLD, rules=("DGA301", "DGA401"))), Sections(code=code(rules=("DGA401",)))

    assert after(*nights).since_last.findings.fixed == 0


def test_gap_in_coverage_that_no_failure_names_fixes_nothing():
    partial = code(status=SectionStatus.PARTIAL, coverage=Coverage(seen=5, analyzed=3))

    assert after(Sections(code=code(OLD)), Sections(code=partial)).since_last.findings.fixed == 0


def test_causes_are_compared_by_their_id():
    nights = [
        Sections(logs=logs(cause("a"))),
        Sections(logs=logs(cause("b"))),
        Sections(logs=logs(cause("a"), cause("b"))),
    ]

    comparison = after(*nights)

    assert comparison.since_last.causes.regressed_ids == ("a",)
    assert comparison.states["cause", "b"] is CauseState.ONGOING


def test_unreadable_log_of_a_dag_does_not_fix_its_cause():
    failure = Failure(part="logs", path="dag_id=etl/run_id=1/task_id=load/attempt=1.log", message="refused")
    partial = logs(status=SectionStatus.PARTIAL, failures=(failure,))

    since = after(
        Sections(logs=logs(cause("a", ("etl",)), cause("b", ("ml",)))), Sections(logs=partial)
    ).since_last

    assert since.causes.fixed_ids == ("b",)


def test_analyzer_that_looks_for_the_first_time_finds_nothing_new():
    nights = Sections(code=code(OLD)), Sections(code=code(OLD), logs=logs(cause()))

    comparison = after(*nights)

    assert comparison.since_last.causes.new == 0
    assert ("cause", "c1") not in comparison.states


def test_only_a_hundred_ids_are_listed_but_all_are_counted():
    many = [finding("DGA301", f"dag_{number}.py") for number in range(150)]

    changes = after(Sections(code=code()), Sections(code=code(*many))).since_last.findings

    assert changes.new == 150
    assert len(changes.new_ids) == 100


def test_what_was_fixed_long_ago_is_forgotten_and_new_again():
    first = compare(Sections(code=code(OLD)), Previous(), NOW)
    second = compare(Sections(code=code()), Previous("a", first.known, None), NOW + timedelta(days=1))
    later = NOW + known.MEMORY + timedelta(days=2)
    third = compare(Sections(code=code()), Previous("b", second.known, None), later)

    fourth = compare(Sections(code=code(OLD)), Previous("c", third.known, None), later)

    assert fourth.since_last.findings.new == 1


def test_memory_of_fixed_findings_is_bounded(monkeypatch):
    monkeypatch.setattr(known, "MAX_FIXED", 10)
    many = [finding("DGA301", f"dag_{number}.py") for number in range(50)]

    comparison = after(Sections(code=code(*many)), Sections(code=code()))

    assert sum(item.state is known.KnownState.FIXED for item in comparison.known) == 10


def test_first_day_of_a_finding_is_kept():
    comparison = after(Sections(code=code(OLD)), Sections(code=code(OLD)), Sections(code=code(OLD)))

    (item,) = [item for item in comparison.known if item.id == OLD.fingerprint]

    assert (item.first_seen, item.last_seen) == (NOW, NOW + timedelta(days=2))


IDS = st.sets(st.integers(0, 8))


@given(nights=st.lists(st.tuples(IDS, st.booleans()), min_size=2, max_size=6))
def test_every_change_is_told_exactly_once(nights):
    previous = Previous()
    open_ids, ever = set(), set()
    for number, (ids, sees) in enumerate(nights):
        found = [finding("DGA301", f"{one}.py") for one in sorted(ids)]
        section = code(*found) if sees else CodeSection(status=SectionStatus.FAILED)
        comparison = compare(Sections(code=section), previous, NOW + timedelta(days=number))
        changes = comparison.since_last.findings
        now = {one.fingerprint for one in found} if sees else open_ids
        looked_before = any(seen for _, seen in nights[:number])
        if number and looked_before:
            assert set(changes.fixed_ids) == open_ids - now
            assert set(changes.new_ids) == now - ever
            assert set(changes.regressed_ids) == (now - open_ids) & ever
        open_ids, ever = now, ever | now
        previous = Previous(report_id=str(number), known=comparison.known, reason=None)


def test_logs_section_that_failed_keeps_its_causes():
    failed = Sections(logs=LogsSection(status=SectionStatus.FAILED))

    assert after(Sections(logs=logs(cause())), failed).since_last.causes.fixed == 0


def test_silent_model_hides_nothing():
    quiet = code(status=SectionStatus.PARTIAL, failures=(Failure(part=JUDGE, message="no answer"),))

    assert after(Sections(code=code(OLD)), Sections(code=quiet)).since_last.findings.fixed == 1
