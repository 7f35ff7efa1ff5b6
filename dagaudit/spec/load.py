"""A DagAudit from the YAML that people write, with errors that name the field and the remedy."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from types import UnionType
from typing import Any, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, to_json

from dagaudit.errors import SpecInvalid
from dagaudit.spec.audit import AuditSpec, DagAudit
from dagaudit.spec.base import API_VERSION, KIND

MAX_BYTES = 1_048_576
MAX_NODES = 100_000


# Stands where a spec leaves out the destination that was given beside it.
_GIVEN_ELSEWHERE = {"destination": {"persistentVolumeClaim": {"name": "given-elsewhere"}}}


def load_audit(text: str, origin: str, name: str | None = None, *, reports_given: bool = False) -> DagAudit:
    """The one DagAudit in a YAML text, or the one of this name.

    With `reports_given` the spec may leave out where reports go.

    Raises:
        SpecInvalid: there is none, there are several, or it asks for the impossible.
    """
    audits = load_audits(text, origin, reports_given=reports_given)
    names = ", ".join(audit.metadata.name for audit in audits)
    if name is not None:
        for audit in audits:
            if audit.metadata.name == name:
                return audit
        raise SpecInvalid(f"{origin}: no {KIND} is called {name}; there are: {names}")
    if len(audits) > 1:
        raise SpecInvalid(f"{origin}: holds {len(audits)} DagAudits ({names}); keep one of them in a file")
    return audits[0]


def load_audits(text: str, origin: str, *, reports_given: bool = False) -> tuple[DagAudit, ...]:
    """Every DagAudit in a YAML text; documents of other kinds are left to kubectl."""
    documents = _documents(text, origin)
    found = [document for document in documents if document.get("kind") == KIND]
    if reports_given:
        found = [_with_report(document) for document in found]
    audits = [audit_from_resource(document, origin) for document in found]
    if not audits:
        kinds = ", ".join(sorted({str(document.get("kind", "none")) for document in documents})) or "nothing"
        raise SpecInvalid(f"{origin}: no document has kind: {KIND} (found: {kinds})")
    return tuple(audits)


def _with_report(document: dict[str, Any]) -> dict[str, Any]:
    spec = document.get("spec")
    if not isinstance(spec, dict) or "report" in spec:
        return document
    return {**document, "spec": {**spec, "report": _GIVEN_ELSEWHERE}}


def spec_to_json(spec: AuditSpec) -> str:
    """The whole spec for DAGAUDIT_SPEC."""
    return spec.model_dump_json(by_alias=True, exclude_none=True)


def spec_from_json(text: str, origin: str = "DAGAUDIT_SPEC") -> AuditSpec:
    """The spec that DAGAUDIT_SPEC holds."""
    try:
        return AuditSpec.model_validate_json(text)
    except ValidationError as error:
        raise SpecInvalid(_explained(error, AuditSpec, origin, "spec")) from error


def audit_from_resource(document: Mapping[str, Any], origin: str) -> DagAudit:
    """The DagAudit that an API server or a YAML reader gives as a mapping."""
    version = document.get("apiVersion")
    if version != API_VERSION:
        raise SpecInvalid(f"{origin}: apiVersion is {version}, but this version reads {API_VERSION}")
    try:
        # By way of JSON, as the API server sees it: there a list is a list and "8" is no number.
        return DagAudit.model_validate_json(to_json(dict(document)))
    except ValidationError as error:
        raise SpecInvalid(_explained(error, DagAudit, origin, "")) from error


class _Loader(yaml.SafeLoader):
    """YAML as kubectl reads it: only true and false are booleans, and no text is a date."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key must be a text", key.start_mark)
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key.value} stands twice", key.start_mark
                )
            seen.add(key.value)
        return {str(key): value for key, value in super().construct_mapping(node, deep).items()}


_Loader.yaml_implicit_resolvers = {
    letter: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")
    ]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile("^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)


def _documents(text: str, origin: str) -> list[dict[str, Any]]:
    if len(text) > MAX_BYTES:
        raise SpecInvalid(f"{origin}: is larger than {MAX_BYTES} bytes, which no resource may be")
    found: list[dict[str, Any]] = []
    try:
        loader = _Loader(text)
    except yaml.YAMLError as error:
        raise SpecInvalid(f"{origin}: is not valid YAML: {_place(error)}") from error
    try:
        while loader.check_node():
            node = loader.get_node()
            if node is None:
                break
            _refuse_bombs(node, origin)
            document = loader.construct_document(node)
            if isinstance(document, dict) and document.get("kind") == "List":
                found += [item for item in document.get("items") or () if isinstance(item, dict)]
            elif isinstance(document, dict):
                found.append(document)
            elif document is not None:
                raise SpecInvalid(f"{origin}: a document is a {type(document).__name__}, not a resource")
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise SpecInvalid(f"{origin}: is not valid YAML: {_place(error)}") from error
    finally:
        loader.dispose()
    return found


def _place(error: Exception) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        mark = error.problem_mark
        return f"line {mark.line + 1}, column {mark.column + 1}: {error.problem}"
    if isinstance(error, yaml.reader.ReaderError):
        return f"character {error.position + 1} is a control character, which no YAML may hold"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return str(error)


def _refuse_bombs(node: yaml.Node, origin: str) -> None:
    """Aliases of aliases grow without end when written out."""
    sizes: dict[int, int] = {}

    def size(part: yaml.Node) -> int:
        if id(part) in sizes:
            if sizes[id(part)] < 0:
                raise SpecInvalid(f"{origin}: an alias holds itself")
            return sizes[id(part)]
        sizes[id(part)] = -1
        total = 1
        if isinstance(part, yaml.MappingNode):
            total += sum(size(key) + size(value) for key, value in part.value)
        elif isinstance(part, yaml.SequenceNode):
            total += sum(size(item) for item in part.value)
        sizes[id(part)] = total
        return total

    if size(node) > MAX_NODES:
        raise SpecInvalid(f"{origin}: its aliases stand for more than {MAX_NODES} values")


def _explained(error: ValidationError, model: type[BaseModel], origin: str, above: str) -> str:
    sentences = [_sentence(detail, model, above) for detail in error.errors(include_url=False)]
    return f"{origin}: " + "; ".join(dict.fromkeys(sentences))


def _sentence(detail: ErrorDetails, model: type[BaseModel], above: str) -> str:
    place = above
    for part in detail["loc"]:
        place += f"[{part}]" if isinstance(part, int) else f".{part}" if place else str(part)
    place = place or "the document"
    if detail["type"] == "extra_forbidden":
        parent = _model_at(model, detail["loc"][:-1])
        known = sorted(_wire_names(parent)) if parent else []
        close = get_close_matches(str(detail["loc"][-1]), known, n=1, cutoff=0.5)
        hint = f"did you mean {close[0]}?" if close else f"valid are {', '.join(known)}"
        return f"{place} is no field; {hint}"
    if detail["type"] == "missing":
        return f"{place} is missing"
    message = detail["msg"].removeprefix("Value error, ")
    if detail["type"] in ("spec_rule", "value_error"):
        return f"{place}: {message}"
    if detail["type"] == "string_pattern_mismatch":
        meant = _described(model, detail["loc"])
        return f"{place}: must match {detail['ctx']['pattern']}{_given(detail)}; {meant}"
    message = message[:1].lower() + message[1:]
    return f"{place}: {message}{_given(detail)}"


def _given(detail: ErrorDetails) -> str:
    value = detail["input"]
    # A variable's value may be a secret that somebody put there by mistake.
    if "env" in detail["loc"] or not isinstance(value, str | int | float) or len(str(value)) > 60:
        return ""
    return f" (it is {value!r})"


def _described(model: type[BaseModel], place: tuple[int | str, ...]) -> str:
    names = [part for part in place if isinstance(part, str)]
    parent = _model_at(model, tuple(names[:-1]))
    fields = {field.alias or name: field for name, field in parent.model_fields.items()} if parent else {}
    return (fields[names[-1]].description if names and names[-1] in fields else None) or "see its description"


def _wire_names(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


def _model_at(model: type[BaseModel], place: tuple[int | str, ...]) -> type[BaseModel] | None:
    """The model that stands at a place of the document."""
    current: Any = model
    for part in place:
        if isinstance(part, int):
            continue
        fields = {field.alias or name: field for name, field in current.model_fields.items()}
        if part not in fields:
            return None
        current = _inner_model(fields[part].annotation)
        if current is None:
            return None
    return current if isinstance(current, type) else None


def _inner_model(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel) and get_origin(annotation) is None:
        return annotation
    if isinstance(annotation, UnionType) or get_origin(annotation) is not None:
        for inner in get_args(annotation):
            if found := _inner_model(inner):
                return found
    return None
