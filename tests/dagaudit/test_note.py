"""`dagaudit note`."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from dagaudit.cli.app import app
from dagaudit.errors import SpecInvalid


def run(*arguments):
    return CliRunner().invoke(app, ["note", *arguments])


def test_notes_are_added_one_below_the_other(tmp_path: Path):
    run(str(tmp_path), "C1a2b", "asked the partner")
    run(str(tmp_path), "C1a2b", "renewed\nthe token")

    lines = (tmp_path / "incidents" / "notes" / "C1a2b.txt").read_text().splitlines()

    assert [line[11:] for line in lines] == ["asked the partner", "renewed the token"]
    assert "renewed the token" in run(str(tmp_path), "C1a2b").stdout


def test_cause_without_a_note_says_so(tmp_path: Path):
    assert run(str(tmp_path), "C9").stdout == "C9 has no note\n"


@pytest.mark.parametrize(("cause", "text"), [("../latest", "x"), ("C1", "x" * 3000)])
def test_what_cannot_be_a_note_is_refused(tmp_path: Path, cause, text):
    done = run(str(tmp_path), cause, text)

    assert isinstance(done.exception, SpecInvalid)
    assert list(tmp_path.rglob("*.txt")) == []
