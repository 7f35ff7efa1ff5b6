"""Comments that say a finding is known and meant."""

from datetime import date

import pytest

from analyzers.code_analyzer.analyze import analyze
from analyzers.code_analyzer.options import CodeOptions
from analyzers.code_analyzer.parsed_file import ParsedFile
from analyzers.code_analyzer.suppressions import NONE, suppressions_of
from tests.fakes import MemorySource

TODAY = date(2026, 11, 21)
HEAD = "from airflow.sdk import DAG, Variable\n"


def found(source, profile="default", **options):
    section = analyze(
        [MemorySource({"a.py": HEAD + source}, address="memory://a.py")],
        CodeOptions(profile=profile, today=TODAY, **options),
    )
    assert section.failures == ()
    return [(each.rule, each.line) for each in section.findings]


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa",
        "# NOQA",
        "# noqa: DGA401",
        "#noqa:DGA401",
        "# noqa: E501, DGA401",
        "# noqa: DGA4",
        "# dagaudit: ignore",
        "# dagaudit: ignore[DGA401]",
        "# dagaudit: ignore[DGA1, DGA401]",
        "# dagaudit: ignore[metadata-call-at-parse]",
        "# dagaudit: ignore[DGA401] until=2026-11-21 reason=the last day counts",
        "# text before it # dagaudit: ignore[DGA401]",
    ],
)
def test_finding_is_silenced(comment):
    assert found(f"X = Variable.get('x')  {comment}\n") == []


@pytest.mark.parametrize(
    ("comment", "others"),
    [
        ("# noqa: E501", []),
        ("# noqa: DGA402", []),
        ("# noqa: just words", []),
        ("# dagaudit: ignore[DGA402]", []),
        ("# dagaudit: ignore[DGA401] until=2026-11-20", ["DGA002"]),
        ("# dagaudit: ignore[DGA401] until=tomorrow", ["DGA003"]),
        ("# dagaudit: ignore[]", ["DGA003"]),
        ("# dagaudit: silence[DGA401]", ["DGA003"]),
        ("# dagaudit: ignore[DGA999]", ["DGA003"]),
    ],
)
def test_finding_is_not_silenced(comment, others):
    rules = [rule for rule, _ in found(f"X = Variable.get('x')  {comment}\n")]

    assert sorted(rules) == sorted(["DGA401", *others])


@pytest.mark.parametrize(
    "source",
    [
        "X = dict(  # noqa: DGA401\n    a=Variable.get('x'),\n)\n",
        "X = dict(\n    a=Variable.get('x'),  # noqa: DGA401\n)\n",
        "X = dict(\n    a=Variable.get('x'),\n)  # noqa: DGA401\n",
        "# dagaudit: ignore-file[DGA4]\nX = Variable.get('x')\n",
        "X = Variable.get('x')\n# dagaudit: ignore-file\n",
    ],
)
def test_statement_of_several_lines_is_silenced(source):
    assert found(source) == []


def test_comment_on_another_argument_does_not_count():
    assert found("X = dict(\n    b=1,  # noqa: DGA401\n    a=Variable.get('x'),\n    c=1,\n)\n") == [
        ("DGA401", 4)
    ]


def test_comment_in_a_block_does_not_silence_its_head():
    source = "with DAG(Variable.get('x')):\n    pass  # noqa: DGA401\n"

    assert ("DGA401", 2) in found(source)


def test_comment_in_a_string_is_no_comment():
    assert found("X = Variable.get('# noqa: DGA401')\n") == [("DGA401", 2)]


def test_unused_suppression_is_told_under_strict_only():
    source = "X = 1  # noqa: DGA401\n"

    assert found(source) == []
    assert ("DGA001", 2) in found(source, profile="strict")


def test_suppression_of_a_rule_that_does_not_run_is_not_unused():
    source = "X = 1  # noqa: DGA401\n"

    assert found(source, profile="strict", ignore=("DGA4",)) == []


def test_each_unused_id_of_a_comment_is_named():
    source = "X = Variable.get('x')  # dagaudit: ignore[DGA401, DGA402]\n"
    section = analyze(
        [MemorySource({"a.py": HEAD + source}, address="memory://a.py")],
        CodeOptions(profile="strict", select=("DGA0", "DGA4")),
    )

    assert [each.message for each in section.findings] == ["nothing is silenced here by DGA402"]


def test_bare_noqa_is_never_unused():
    assert found("X = 1  # noqa\n", profile="strict") == []


def test_expired_suppression_tells_its_reason():
    section = analyze(
        [MemorySource({"a.py": "x = 1  # dagaudit: ignore[DGA401] until=2020-01-01 reason=old cluster\n"},
                      address="memory://a.py")],
        CodeOptions(today=TODAY),
    )  # fmt: skip

    assert "old cluster" in section.findings[0].message


def test_file_without_comments_is_not_tokenized():
    assert suppressions_of(ParsedFile("a.py", "x = 1  # plain\n")) is NONE
