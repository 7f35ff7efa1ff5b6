"""Source is untrusted: no text may keep a rule busy for long."""

import pytest

from analyzers.code_analyzer.analyze import analyze
from analyzers.code_analyzer.options import CodeOptions
from analyzers.code_analyzer.rules import destructive_command, sql_injection, tls_off, unchecked_subprocess
from analyzers.code_analyzer.rules import xcom_pull_without_task as xcom
from analyzers.code_analyzer.secrets import is_secret_value
from tests.fakes import MemorySource


def test_only_the_end_of_a_long_command_is_read():
    source = f"BashOperator(task_id='a', bash_command='{'a' * 2000}; python load.py || true')\n"
    section = analyze(
        [MemorySource({"a.py": source}, address="memory://a.py")], CodeOptions(select=("DGA313",))
    )

    assert len(section.findings) == 1
    assert unchecked_subprocess.MAX_END < 1000


def test_very_long_value_is_no_secret():
    assert not is_secret_value("api_key", "Aa" * 1000)


@pytest.mark.parametrize(
    "pattern",
    [sql_injection._USER_INPUT, tls_off._COMMAND, destructive_command._RM, xcom._IN_TEMPLATE],
)
def test_repetitions_inside_a_pattern_are_bounded(pattern):
    assert "[^}]*" not in pattern.pattern
    assert "[^|;&\\n]*" not in pattern.pattern
