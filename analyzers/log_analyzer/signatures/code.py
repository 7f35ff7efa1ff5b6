"""Signatures of faults in the DAG's own code: a retry will not help, the author must."""

from functools import partial

from analyzers.log_analyzer.signatures.signature import Scope, Signature
from dagaudit.finding import Confidence
from dagaudit.task_attempt import Category, CauseOwner

_code = partial(
    Signature,
    category=Category.CODE,
    owner=CauseOwner.DAG_AUTHOR,
    retryable=False,
    scope=Scope.EXCEPTION,
    weight=1,
)

SIGNATURES = (
    _code(
        id="key-error",
        exceptions=("KeyError",),
        pattern=r"KeyError: (?P<subject>.{1,80})",
        title="The code reads the key {subject}, which is not there",
        nobody="of a mapping",
        advice="Look at the named line: use .get() with a default, or check what the task upstream returned.",
        positive="KeyError: 'bucket'",
        negative="KeyboardInterrupt",
    ),
    _code(
        id="none-attribute",
        exceptions=("AttributeError", "TypeError"),
        pattern=r"'?NoneType'?",
        weight=2,
        title="The code uses a value that is None",
        advice=(
            "Find where the value comes from: often a task upstream that returned nothing, or a "
            "lookup that failed."
        ),
        positive="AttributeError: 'NoneType' object has no attribute 'upper'",
        negative="AttributeError: 'str' object has no attribute 'items'",
    ),
    _code(
        id="attribute-error",
        exceptions=("AttributeError",),
        pattern=r"AttributeError: (?P<subject>.{1,100})",
        title="The code uses an attribute that does not exist ({subject})",
        advice="Check the name, and whether an upgraded library has renamed it.",
        positive="AttributeError: 'str' object has no attribute 'items'",
        negative="TypeError: unsupported operand",
    ),
    _code(
        id="xcom-not-serializable",
        exceptions=("TypeError", "ValueError", "PicklingError"),
        pattern=(
            r"(?:not JSON serializable|cannot serialize object of type|can't pickle"
            r"|cannot pickle)[ ']*(?P<subject>[\w. ]{0,60})"
        ),
        weight=3,
        title="The task returns a value that cannot be stored as XCom",
        advice="Return plain JSON values, or a path to a file, instead of the object.",
        positive="TypeError: cannot serialize object of type <class 'socket.socket'>",
        negative="TypeError: unsupported operand type(s) for +: 'int' and 'str'",
    ),
    _code(
        id="type-error",
        exceptions=("TypeError",),
        pattern=r"TypeError: (?P<subject>.{1,100})",
        title="The code mixes types or calls with wrong arguments ({subject})",
        advice="Look at the named line and at what it was given.",
        positive="TypeError: unsupported operand type(s) for +: 'int' and 'str'",
        negative="ValueError: bad amount",
    ),
    _code(
        id="name-error",
        exceptions=("NameError", "UnboundLocalError"),
        pattern=r"(?P<subject>'[\w.]{1,60}')",
        title="The code uses the name {subject}, which is not defined",
        nobody="of a variable",
        advice="Define or import it; an import under a condition may have been skipped.",
        positive="NameError: name 'undefined_thing' is not defined",
        negative="NotImplementedError",
    ),
    _code(
        id="index-error",
        exceptions=("IndexError",),
        title="The code reads beyond the end of a list",
        advice="Check the length first; an empty result of the step before is the usual reason.",
        positive="IndexError: list index out of range",
        negative="KeyError: 3",
    ),
    _code(
        id="zero-division",
        exceptions=("ZeroDivisionError", "DivisionByZero"),
        title="The code divides by zero",
        advice="Guard the division; an empty input of the step before is the usual reason.",
        positive="ZeroDivisionError: division by zero",
        negative="OverflowError: int too large",
    ),
    _code(
        id="template-error",
        exceptions=(
            "UndefinedError",
            "TemplateNotFound",
            "TemplatesNotFound",
            "TemplateSyntaxError",
            "TemplateAssertionError",
            "TemplateRuntimeError",
        ),
        pattern=r": (?P<subject>.{1,100})",
        weight=2,
        title="A template of the task cannot be rendered ({subject})",
        advice="Check the Jinja text; a bash_command that ends in .sh or .sql is read as a file's name.",
        positive="jinja2.exceptions.UndefinedError: 'nothing' is undefined",
        negative="NameError: name 'x' is not defined",
    ),
    _code(
        id="recursion-error",
        exceptions=("RecursionError",),
        title="The code calls itself without end",
        advice="Find the function that the frames repeat, and its missing stop condition.",
        positive="RecursionError: maximum recursion depth exceeded",
        negative="RuntimeError: loop",
    ),
    _code(
        id="syntax-error",
        exceptions=("SyntaxError", "IndentationError", "TabError"),
        weight=2,
        title="The source has a syntax error",
        advice="Correct the named line; check that the worker runs the same Python version.",
        positive="SyntaxError: invalid syntax",
        negative="ValueError: invalid",
    ),
    _code(
        id="sql-error",
        scope=Scope.ANY,
        weight=3,
        pattern=(
            r"\b42(?:601|P01|703|883|P07|803)\b|no such (?:table|column)"
            r"|near \"[^\"]{0,40}\": syntax error"
            r"|(?:relation|column|function) \"?[\w.]{1,80}\"?(?:\([^)]{0,80}\))? does not exist"
            r"|Table '[^']{1,80}' doesn't exist|Unknown column '|NoSuchTableError|invalid object name"
            r"|SQL compilation error"
            r"|ORA-009\d\d|syntax error at or near|(?:Table|View|Column)(?: or view)? not found"
        ),
        literals=(
            "42601",
            "42p01",
            "42703",
            "42883",
            "42p07",
            "42803",
            "no such table",
            "no such column",
            "syntax error",
            "does not exist",
            "doesn't exist",
            "unknown column",
            "invalid object name",
            "nosuchtableerror",
            "compilation error",
            "ora-009",
            "not found",
        ),
        title="The SQL names something that does not exist, or is not valid",
        advice="Check the statement and the schema it runs in; a migration may be missing.",
        positive="sqlite3.OperationalError: no such table: orders",
        negative="psycopg2.OperationalError: server closed the connection unexpectedly",
    ),
    _code(
        id="invalid-branch",
        scope=Scope.ANY,
        weight=3,
        pattern=(
            r"branch_task_ids.{0,40}(?:must contain only valid task_ids|is not|Invalid)"
            r"|Branch callable must return|Invalid tasks found"
        ),
        literals=("branch_task_ids", "branch callable", "invalid tasks found"),
        title="A branch chooses a task that does not exist",
        advice="Return task ids of this DAG, with their group's prefix.",
        positive=(
            "AirflowException: 'branch_task_ids' must contain only valid task_ids. Invalid tasks found: {'x'}"
        ),
        negative="AirflowException: load failed",
    ),
    _code(
        id="mapping-error",
        exceptions=("XComForMappingNotPushed", "UnmappableXComTypePushed", "UnmappableXComLengthPushed"),
        weight=3,
        title="A task that others are mapped over returned no list",
        advice="Return a list or dict, and no longer one than max_map_length.",
        positive="UnmappableXComTypePushed: unmappable return type 'int'",
        negative="TypeError: 'int' object is not iterable",
    ),
    _code(
        id="aws-invalid-call",
        scope=Scope.ANY,
        weight=3,
        pattern=(
            r"An error occurred \((?P<subject>Validation(?:Exception|Error)|InvalidParameter\w*"
            r"|InvalidRequest\w*"
            r"|InvalidArgument|InvalidInput\w*|MalformedXML|MissingParameter|SerializationException)\)"
            r"|Parameter validation failed:"
        ),
        literals=("an error occurred", "parameter validation failed"),
        title="An AWS service refuses the call as not valid ({subject})",
        nobody="a parameter",
        advice="Correct the parameter that the message names.",
        positive="ClientError: An error occurred (ValidationException) when calling PutItem",
        negative="ClientError: An error occurred (NoSuchKey) when calling the GetObject operation",
    ),
    _code(
        id="dag-definition",
        weight=3,
        exceptions=(
            "DuplicateTaskIdFound",
            "AirflowDagCycleException",
            "AirflowDagDuplicatedIdException",
            "AirflowInactiveAssetInInletOrOutletException",
            "DagRunAlreadyExists",
            "AirflowClusterPolicyViolation",
        ),
        title="The DAG's definition does not allow this",
        advice="Read the message: it names the task, asset or run that is in the way.",
        positive="DuplicateTaskIdFound: Task id 'load' has already been added to the DAG",
        negative="DagNotFound: Dag id x not found",
    ),
    _code(
        id="wrong-kind-of-file",
        weight=2,
        exceptions=("IsADirectoryError", "NotADirectoryError", "FileExistsError"),
        title="A path is not of the kind that the code expects",
        advice="Check the path that the message names; a retry may meet what the first attempt left.",
        positive="FileExistsError: [Errno 17] File exists: '/data/out'",
        negative="FileNotFoundError: [Errno 2] No such file or directory: '/data/out'",
    ),
    _code(
        id="odd-state",
        exceptions=("StopIteration", "LookupError", "SystemError", "BufferError", "ReferenceError"),
        confidence=Confidence.LIKELY,
        title="The code does not expect what it finds",
        advice="Look at the named line; an empty input of the step before is a usual reason.",
        positive="LookupError: unknown encoding: utf8x",
        negative="IndexError: list index out of range",
    ),
    _code(
        id="value-error",
        exceptions=("ValueError", "OverflowError"),
        pattern=r"Error: (?P<subject>.{1,100})",
        title="The code refuses a value ({subject})",
        advice="Look at the named line and at the value it was given.",
        positive="ValueError: bad amount",
        negative="TypeError: bad operand",
    ),
    _code(
        id="assertion-error",
        exceptions=("AssertionError",),
        confidence=Confidence.LIKELY,
        title="An assert of the code does not hold",
        advice="Read the assert: it checks either the code's own logic or the data it was given.",
        positive="AssertionError: x is not y",
        negative="AttributeError: x",
    ),
    _code(
        id="not-implemented",
        exceptions=("NotImplementedError",),
        title="The code calls something that is not implemented",
        advice="Implement it, or use another class.",
        positive="NotImplementedError: hook",
        negative="NameError: name 'x' is not defined",
    ),
)
