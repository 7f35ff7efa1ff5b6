"""What `dagaudit doctor` misses in a CRD that an older version installed."""

import copy
import json

import pytest

from controller.crd import definitions
from dagaudit.audit_status import AuditStatus, RunSpec, RunStatus
from dagaudit.cli.doctor_schema import lacking
from dagaudit.spec import AuditSpec

AUDIT, RUN = (one["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"] for one in definitions())


@pytest.mark.parametrize(
    ("installed", "model", "part"),
    [(AUDIT, AuditSpec, "spec"), (AUDIT, AuditStatus, "status"), (RUN, RunSpec, "spec"), (RUN, RunStatus, "status")],
)  # fmt: skip
def test_own_definitions_lack_nothing(installed, model, part):
    assert lacking(installed[part], model, part) == []


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (["schedule"], "spec.schedule"),
        (["report", "retention", "days"], "spec.report.retention.days"),
        (["pod", "env", "[]", "valueFrom"], "spec.pod.env[].valueFrom"),
        (["source", "s3"], "spec.source.s3"),
    ],
)
def test_field_that_is_missing_is_named_however_deep(path, name):
    schema = copy.deepcopy(AUDIT["spec"])
    place = schema
    for part in path[:-1]:
        place = place["items"] if part == "[]" else place["properties"][part]
    del place["properties"][path[-1]]

    assert lacking(schema, AuditSpec, "spec") == [name]


def test_choice_that_is_missing_is_named():
    schema = json.loads(json.dumps(AUDIT["spec"]))
    schema["properties"]["execution"]["properties"]["mode"]["enum"].remove("Sharded")

    assert lacking(schema, AuditSpec, "spec") == ["spec.execution.mode=Sharded"]


def test_definition_that_takes_anything_lacks_nothing():
    assert lacking({"x-kubernetes-preserve-unknown-fields": True}, AuditSpec, "spec") == []
