"""The shipped corpus of real failures: the rules must not get worse on it."""

import json

import pytest
from typer.testing import CliRunner

from dagaudit.cli.app import app
from dagaudit.cli.bench.logs import SHIPPED


@pytest.mark.parametrize(("part", "category", "groups"), [("tuned", 0.98, 0.96), ("held_back", 0.93, 0.97)])
def test_failures_of_a_real_airflow_are_explained(part, category, groups):
    done = CliRunner().invoke(app, ["bench", "logs", str(SHIPPED / f"{part}.tar.xz"), "--format", "json"])

    found = json.loads(done.stdout)["corpora"][part]
    assert found["category"]["value"] >= category
    assert found["fga"] >= groups
    assert found["evidence"]["value"] >= 0.97
    assert found["false_convictions"]["hits"] == 0
