"""Signatures by the error codes and condition names of databases.

SQLSTATE classes, and the codes of MySQL, Oracle, Snowflake, ClickHouse, Trino, Redis and MongoDB. The names
of PostgreSQL's conditions are those of its manual, appendix A; psycopg has a class for each.
"""

from functools import partial

from analyzers.log_analyzer.signatures.signature import Signature
from dagaudit.task_attempt import Category, CauseOwner

_MYSQL = r"Error: \((?:"
_data = partial(
    Signature,
    category=Category.DATA_QUALITY,
    owner=CauseOwner.DAG_AUTHOR,
    retryable=False,
    weight=3,
    advice="Find the row that the message names, and who delivered it.",
)
_code = partial(
    Signature,
    category=Category.CODE,
    owner=CauseOwner.DAG_AUTHOR,
    retryable=False,
    weight=3,
    advice="Correct the statement or the call: the message says what is wrong with it.",
)
_other = partial(Signature, retryable=False, weight=4, shared=True)

SIGNATURES = (
    _data(
        id="sql-data-condition",
        exceptions=(
            "NumericValueOutOfRange", "CharacterNotInRepertoire", "UntranslatableCharacter",
            "BadCopyFileFormat",
            "InvalidDatetimeFormat", "DatetimeFieldOverflow", "InvalidTextRepresentation",
            "CardinalityViolation",
            "StringDataRightTruncation", "InvalidBinaryRepresentation", "InvalidJsonText",
            "ExclusionViolation",
            "RestrictViolation", "InvalidParameterValue", "DuplicateJsonObjectKeyValue",
            "NullValueNotAllowed",
        ),
        title="The database refuses a value of the data",
        positive="psycopg2.errors.NumericValueOutOfRange: integer out of range",
        negative="psycopg2.errors.UndefinedColumn: column x does not exist",
    ),
    _data(
        id="sql-data-code",
        pattern=(
            r"\((?:22\w{3}|23\w{3})\): |SQLSTATE[ =:\[]{1,2}(?:22|23)\w{3}|is not recognized$"
            r"|Error parsing JSON|ORA-0(?:1400|1438|1722|18[3-6]\d|2290|2291|2292|12899)\b|ORA-12899"
            r"|\bCode: (?:6|26|27|38|41|53|72|117)\. DB::|" + _MYSQL + r"1048|1062|1264|1265|1292|1366"
            r"|1406|1451|1452|3140|3819), "
        ),
        literals=(
            "(22", "(23", "sqlstate", "is not recognized", "error parsing json", "ora-", "code: ",
            "error: (1", "error: (3",
        ),
        title="The database refuses a value of the data",
        positive="ProgrammingError: 100038 (22018): 01b2: Numeric value 'abc' is not recognized",
        negative="ProgrammingError: 001003 (42000): 01b2: SQL compilation error",
    ),
    _data(
        id="document-refused",
        pattern=(
            r"(?:document|mapper)_parsing_exception|document\(s\) failed to index|Document failed validation"
            r"|Error while reading data|Error detected while parsing row|Conversion Error: "
        ),
        literals=(
            "parsing_exception", "failed to index", "failed validation", "error while reading data",
            "while parsing row", "conversion error",
        ),
        weight=4,
        title="The database refuses a document or row of the data",
        positive="BadRequestError(400, 'document_parsing_exception', 'failed to parse field [price]')",
        negative="BadRequestError(400, 'parsing_exception', 'unknown query [mtch]')",
    ),
    _code(
        id="sql-statement-condition",
        exceptions=(
            "InFailedSqlTransaction", "DuplicateTable", "DuplicateColumn", "DuplicateObject", "GroupingError",
            "DatatypeMismatch", "AmbiguousColumn", "AmbiguousFunction", "WrongObjectType", "UndefinedObject",
            "UndefinedParameter", "FeatureNotSupported", "ActiveSqlTransaction", "InvalidColumnReference",
            "DependentObjectsStillExist", "CannotCoerce", "IndeterminateDatatype", "InvalidTableDefinition",
            "CompileError", "StatementError", "ResourceClosedError", "InvalidRequestError",
            "NoSuchColumnError",
            "MultipleResultsFound", "DetachedInstanceError", "ParserException", "BinderException",
            "CatalogException", "InvalidDocument", "CursorNotFound",
        ),
        weight=2,
        title="The statement does not fit the database, or the client is used wrongly",
        positive="psycopg2.errors.DuplicateTable: relation \"orders\" already exists",
        negative="psycopg2.errors.NumericValueOutOfRange: integer out of range",
    ),
    _code(
        id="sql-statement-code",
        pattern=(
            _MYSQL + r"1050|1051|1052|1054|1055|1060|1064|1091|1109|1136|1146|1305|1690), "
            r"|name=(?:SYNTAX_ERROR|\w+_NOT_FOUND|TYPE_MISMATCH)|Error binding parameter"
            r"|Incorrect number of bindings|: 400 Syntax error|WRONGTYPE Operation|Not found: Table "
            r"|ERR (?:unknown command|wrong number)|Invalid input of type: |MongoClient after close"
            r"|mismatched input '|cannot be resolved"
            r"|ORA-0(?:09\d\d|1008|1006|6550)\b|DPY-[24]\d{3}: a bind|\bCode: (?:16|43|46|47|60|62|81)\. DB::"
            r"|from server: code=2[02]00"
        ),
        literals=(
            "error: (1", "name=", "binding", "400 syntax error", "wrongtype", "not found: table", "err ",
            "invalid input of type", "after close", "mismatched input", "cannot be resolved", "ora-0",
            "dpy-", "code: ", "code=2",
        ),
        weight=4,
        title="The statement or call is not valid for this database",
        positive="ProgrammingError: (1064, \"You have an error in your SQL syntax\")",
        negative="OperationalError: (2013, 'Lost connection to MySQL server during query')",
    ),
    _other(
        id="database-setting",
        category=Category.CONFIG,
        owner=CauseOwner.DAG_AUTHOR,
        pattern=(
            r"database \"?[\w.\-]{1,80}\"? does not exist|" + _MYSQL + r"1049|1102), "
            r"|No active warehouse selected|(?:Password|User|Account) is empty|Unknown database"
            r"|Can't load plugin: sqlalchemy|Could not parse SQLAlchemy URL"
        ),
        literals=(
            "database", "(1049", "(1102", "no active warehouse", " is empty", "load plugin",
            "parse sqlalchemy",
        ),
        title="The connection names a database, warehouse or driver that is not there, or nothing",
        advice="Correct the connection's fields and extras.",
        positive="OperationalError: FATAL:  database \"dwhh\" does not exist",
        negative="sqlite3.OperationalError: no such table: orders",
    ),
    _other(
        id="database-down",
        category=Category.UPSTREAM_SERVICE,
        owner=CauseOwner.UPSTREAM,
        retryable=True,
        pattern=(
            r"Snowflake internal error|^(?:[\w.]*)OperationalError: 25000\d|MASTERDOWN|LOADING Redis"
            r"|BusyLoadingError|ReadOnlyError|CLUSTERDOWN|NotEnoughReplicas|Broker transport failure"
            r"|name=GENERIC_INTERNAL_ERROR|TrinoConnectionError|TrinoInternalError|LeaderNotAvailable"
            r"|NotLeaderForPartition|_ALL_BROKERS_DOWN"
        ),
        literals=(
            "snowflake internal", "operationalerror: 25000", "masterdown", "loading redis", "busyloading",
            "readonlyerror", "clusterdown", "notenoughreplicas", "transport failure", "internal_error",
            "trinoconnection", "trinointernal", "leadernotavailable", "notleaderfor", "_all_brokers_down",
        ),
        title="The database is there, but cannot serve now",
        advice="Look at its state and its replicas; retry with growing pauses.",
        positive="redis.exceptions.BusyLoadingError: Redis is loading the dataset in memory",
        negative="redis.exceptions.ResponseError: WRONGTYPE Operation",
    ),
    _other(
        id="database-login",
        category=Category.PERMISSION_CREDENTIAL,
        owner=CauseOwner.PLATFORM,
        pattern=(
            r"WRONGPASS|NOAUTH |NOPERM |SaslAuthentication\w*|(?:Topic|Group|Cluster)AuthorizationFailed"
            r"|'codeName': '(?:Unauthorized|AuthenticationFailed)'|not authorized on \w+ to execute"
            r"|SASL authentication|" + _MYSQL + r"1044|1045|1142|1143|1227|1370), "
        ),
        literals=(
            "wrongpass", "noauth ", "noperm ", "sasl", "authorizationfailed", "codename", "not authorized on",
            "error: (1",
        ),
        title="The database refuses the user or its rights",
        advice="Correct user and password in the connection, or grant the right that the message names.",
        positive="redis.exceptions.AuthenticationError: WRONGPASS invalid username-password pair",
        negative="redis.exceptions.ResponseError: WRONGTYPE Operation",
    ),
    _other(
        id="database-memory",
        category=Category.MEMORY_RESOURCE,
        owner=CauseOwner.PLATFORM,
        exceptions=("OutOfMemory", "OutOfMemoryError", "OutOfMemoryException", "DiskFull"),
        # What Java says belongs to another signature.
        pattern=r"^(?!java\.)",
        title="A database or device has no more memory or disk",
        advice="Look at what filled it; give it more, or write and query less at once.",
        positive="redis.exceptions.OutOfMemoryError: command not allowed when used memory > 'maxmemory'",
        negative="MemoryError: ",
    ),
    _other(
        id="query-memory",
        category=Category.MEMORY_RESOURCE,
        owner=CauseOwner.DAG_AUTHOR,
        pattern=r"EXCEEDED_\w*MEMORY_LIMIT|Query exceeded [\w\-]{1,20} memory limit|\bCode: 241\. DB::",
        literals=("memory_limit", "memory limit", "code: 241"),
        title="A query needs more memory than it may use",
        advice="Make the query read less at once, or raise its limit.",
        positive="TrinoQueryError: name=EXCEEDED_LOCAL_MEMORY_LIMIT",
        negative="memory limit is 2GB",
    ),
)  # fmt: skip
