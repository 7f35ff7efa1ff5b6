"""The CustomResourceDefinitions, made from the very models that read what people write."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from controller.options import GROUP, VERSION
from dagaudit.audit_status import AuditStatus, RunSpec, RunStatus
from dagaudit.spec.audit import AuditSpec
from dagaudit.spec.base import SpecModel

Schema = dict[str, Any]

AUDIT_COLUMNS = (
    ("Schedule", "string", ".spec.schedule", 0),
    ("Suspend", "boolean", ".spec.suspend", 0),
    ("Last Run", "date", ".status.lastRun.startTime", 0),
    ("Result", "string", ".status.lastRun.result", 0),
    ("Gate", "string", ".status.conditions[?(@.type=='GatePassed')].status", 0),
    ("Critical", "integer", ".status.lastRun.findings.critical", 0),
    ("High", "integer", ".status.lastRun.findings.high", 0),
    ("Ready", "string", ".status.conditions[?(@.type=='Ready')].status", 0),
    ("Age", "date", ".metadata.creationTimestamp", 0),
    ("Next", "string", ".status.nextScheduleTime", 1),
    ("LLM", "string", ".spec.llm.mode", 1),
    ("DAGs", "integer", ".status.lastRun.dags", 1),
    ("Report", "string", ".status.lastRun.reportURI", 1),
)
RUN_COLUMNS = (
    ("Audit", "string", ".spec.auditRef", 0),
    ("Reason", "string", ".spec.reason", 0),
    ("Result", "string", ".status.result", 0),
    ("Critical", "integer", ".status.findings.critical", 0),
    ("High", "integer", ".status.findings.high", 0),
    ("New", "integer", ".status.findings.new", 0),
    ("Started", "date", ".status.startTime", 0),
    ("Age", "date", ".metadata.creationTimestamp", 0),
    ("Ended", "string", ".status.completionTime", 1),
    ("Attempts", "integer", ".status.attempts", 1),
    ("Report", "string", ".status.reportURI", 1),
)
_NAME_RULE = {
    "rule": "self.metadata.name.size() <= 40 && !self.metadata.name.contains('.')",
    "message": "a DagAudit's name must be a DNS label of at most 40 characters: its Jobs' names are longer",
}
_IMMUTABLE = {"rule": "self == oldSelf", "message": "the spec of a DagAuditRun is immutable"}
_KEPT = {
    "type", "description", "default", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum",
    "minItems", "maxItems", "minProperties", "maxProperties", "required", "format",
}  # fmt: skip


def definitions() -> tuple[Schema, Schema]:
    """Both definitions, ready to be applied: DagAudit and DagAuditRun."""
    audit = _root(AuditSpec, AuditStatus, "What to audit, when, and where the report goes.")
    audit["x-kubernetes-validations"] = [_NAME_RULE]
    run = _root(RunSpec, RunStatus, "One run of a DagAudit.")
    run["properties"]["spec"]["x-kubernetes-validations"] = [_IMMUTABLE]
    return (
        _definition("DagAudit", "dga", audit, AUDIT_COLUMNS),
        _definition("DagAuditRun", "dgr", run, RUN_COLUMNS),
    )


def structural(model: type[BaseModel]) -> Schema:
    """The model's schema as Kubernetes wants it: no references, no null, every rule in CEL."""
    schema = model.model_json_schema(by_alias=True)
    rules = {one.__name__: one for one in _spec_models()}
    return _convert(schema, schema.get("$defs", {}), rules | {schema.get("title", ""): model})


def _definition(
    kind: str, short: str, schema: Schema, columns: tuple[tuple[str, str, str, int], ...]
) -> Schema:
    plural = f"{kind.lower()}s"
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {
                "kind": kind,
                "listKind": f"{kind}List",
                "plural": plural,
                "singular": kind.lower(),
                "shortNames": [short],
                # Not "dagaudit": a category of that name makes `kubectl get dagaudit NAME` fail.
                "categories": ["all", "audits"],
            },
            "versions": [
                {
                    "name": VERSION,
                    "served": True,
                    "storage": True,
                    "subresources": {"status": {}},
                    "additionalPrinterColumns": [
                        {"name": name, "type": kind_, "jsonPath": path}
                        | ({"priority": priority} if priority else {})
                        for name, kind_, path, priority in columns
                    ],
                    "schema": {"openAPIV3Schema": schema},
                }
            ],
        },
    }


def _root(spec: type[BaseModel], status: type[BaseModel], description: str) -> Schema:
    return {
        "type": "object",
        "description": description,
        "required": ["spec"],
        "properties": {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": {"type": "object"},
            "spec": structural(spec),
            "status": structural(status),
        },
    }


def _spec_models() -> Iterator[type[SpecModel]]:
    waiting: list[type[SpecModel]] = [SpecModel]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += one.__subclasses__()


def _convert(schema: Schema, defs: Schema, models: dict[str, type[BaseModel]]) -> Schema:
    schema = _resolved(schema, defs)
    made: Schema = {key: value for key, value in schema.items() if key in _KEPT and value is not None}
    if made.get("default") == {}:
        del made["default"]
    made |= {key: value for key, value in schema.items() if key.startswith("x-kubernetes-")}
    if "const" in schema:
        made["enum"] = [schema["const"]]
    if schema.get("type") == "object":
        made |= _object(schema, defs, models)
        made = {key: value for key, value in made.items() if value is not None}
    if schema.get("type") == "array":
        made["items"] = _convert(schema["items"], defs, models)
        made["items"].pop("description", None)
        if made.get("default") == []:
            del made["default"]
    return made


def _object(schema: Schema, defs: Schema, models: dict[str, type[BaseModel]]) -> Schema:
    made: Schema = {}
    if "properties" in schema:
        made["properties"] = {name: _convert(one, defs, models) for name, one in schema["properties"].items()}
    elif isinstance(schema.get("additionalProperties"), dict):
        made["additionalProperties"] = _convert(schema["additionalProperties"], defs, models)
    elif "patternProperties" in schema:
        made["additionalProperties"] = _convert(
            next(iter(schema["patternProperties"].values())), defs, models
        )
    default = _without_nulls(schema.get("default"))
    made["default"] = default if default and "properties" in schema else None
    rules = getattr(models.get(schema.get("title", "")), "RULES", ())
    if rules:
        own = [{"rule": rule.cel, "message": rule.message} for rule in rules]
        made["x-kubernetes-validations"] = own + schema.get("x-kubernetes-validations", [])
    return made


def _without_nulls(value: Any) -> Any:  # noqa: ANN401
    """What the API server fills in: an omitted field is Kubernetes' null, and an empty list says nothing."""
    if isinstance(value, dict):
        kept = {key: _without_nulls(one) for key, one in value.items()}
        return {key: one for key, one in kept.items() if one not in (None, [], {})}
    return value


def _resolved(schema: Schema, defs: Schema) -> Schema:
    """References written out, and `X or null` as X: an omitted field is Kubernetes' null."""
    if "$ref" in schema:
        target = defs[schema["$ref"].rsplit("/", 1)[-1]]
        return _resolved({**target, **{key: value for key, value in schema.items() if key != "$ref"}}, defs)
    choices = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    if len(choices) == 1:
        rest = {key: value for key, value in schema.items() if key != "anyOf"}
        inner = _resolved(choices[0], defs)
        return {**inner, **rest, "title": inner.get("title", "")}
    return schema
