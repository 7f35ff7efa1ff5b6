"""Signatures of bad, late or missing data: the code works, its input does not."""

from functools import partial

from analyzers.log_analyzer.signatures.signature import Scope, Signature
from dagaudit.finding import Confidence
from dagaudit.task_attempt import Category, CauseOwner

_data = partial(
    Signature, category=Category.DATA_QUALITY, owner=CauseOwner.DAG_AUTHOR, retryable=False, weight=3
)

SIGNATURES = (
    _data(
        id="duplicate-key",
        pattern=(
            r"\b23505\b|duplicate key value violates|UNIQUE constraint failed:? ?(?P<subject>[\w.]{0,80})"
            r"|UniqueViolation|Duplicate entry '|Violation of (?:PRIMARY|UNIQUE) KEY|ORA-00001"
            r"|DuplicateKeyError"
        ),
        literals=(
            "23505",
            "duplicate key",
            "unique constraint",
            "uniqueviolation",
            "duplicate entry",
            "violation of",
            "ora-00001",
            "duplicatekeyerror",
        ),
        title="A row exists already (duplicate key {subject})",
        nobody="in a table",
        advice="Make the load repeatable (upsert, or delete and insert); look for rows delivered twice.",
        positive="psycopg2.errors.UniqueViolation: duplicate key value violates unique constraint",
        negative="no duplicates found",
    ),
    _data(
        id="null-value",
        pattern=(
            r"\b23502\b|null value in column \"?(?P<subject>[\w.]{1,80})"
            r"|NOT NULL constraint failed:? ?(?P<subject2>[\w.]{0,80})|NotNullViolation"
            r"|Column '[^']{1,80}' cannot be null|cannot insert (?:the value )?NULL"
        ),
        literals=(
            "23502",
            "null value in column",
            "not null constraint",
            "notnullviolation",
            "cannot be null",
            "cannot insert",
        ),
        title="A value is missing where the table wants one ({subject})",
        nobody="a column",
        advice="Look at the source's rows; fill or reject them before the load.",
        positive="sqlite3.IntegrityError: NOT NULL constraint failed: t.a",
        negative="value is null-safe",
    ),
    _data(
        id="constraint-violated",
        pattern=(
            r"\b2350[34]\b|\b23514\b|violates (?:foreign key|check) constraint"
            r"|FOREIGN KEY constraint failed|CHECK constraint failed|(?:ForeignKey|Check)Violation"
        ),
        literals=(
            "23503",
            "23514",
            "violates",
            "foreign key constraint",
            "check constraint",
            "foreignkeyviolation",
            "checkviolation",
        ),
        title="A row breaks a rule of the table",
        advice="Look at the rows that the message names, and at the order of the loads.",
        positive="IntegrityError: insert or update on table violates foreign key constraint",
        negative="policy violation",
    ),
    _data(
        id="bad-cast",
        pattern=(
            r"\b22P02\b|\b2200[1378]\b|invalid input syntax for|numeric field overflow"
            r"|value too long for type|could not convert string to|invalid literal for (?:int|Decimal)"
            r"|time data .{1,120} does not match format|unconverted data remains"
            r"|Unknown (?:string|datetime string) format|ConversionSyntax|InvalidTextRepresentation"
            r"|OutOfBoundsDatetime|Invalid isoformat string|is not a valid (?:date|number|integer|UUID)"
            r"|cannot safely cast|Data too long for column|String to .{1,20} cast failed"
        ),
        literals=(
            "22p02",
            "22001",
            "22003",
            "22007",
            "22008",
            "invalid input syntax",
            "numeric field",
            "value too long",
            "could not convert string",
            "invalid literal for",
            "does not match format",
            "unconverted data",
            "unknown string format",
            "unknown datetime",
            "conversionsyntax",
            "invalidtextrep",
            "outofbounds",
            "invalid isoformat",
            "is not a valid",
            "safely cast",
            "data too long",
            "cast failed",
        ),
        title="A value in the data has not the expected form",
        advice="Look at the value that the message shows; reject or repair such rows before.",
        positive="ValueError: could not convert string to float: '12,50 EUR'",
        negative="ValueError: bad amount",
    ),
    _data(
        id="invalid-json",
        pattern=(
            r"JSONDecodeError|Expecting value: line|Extra data: line|Unterminated string starting at"
            r"|Expecting property name|Invalid control character at|invalid JSON|Expecting ',' delimiter"
        ),
        literals=(
            "jsondecodeerror",
            "expecting value",
            "extra data: line",
            "unterminated string",
            "expecting property",
            "invalid control character",
            "invalid json",
            "delimiter",
        ),
        title="What should be JSON is not",
        advice="Look at what the source sent: often an error page in HTML, or an empty answer.",
        positive="json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)",
        negative="JSON written",
    ),
    _data(
        id="bad-encoding",
        exceptions=("UnicodeDecodeError", "UnicodeEncodeError", "UnicodeError"),
        title="The text has another encoding than expected",
        advice="Read it with the encoding that the source writes.",
        positive="UnicodeDecodeError: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte",
        negative="ValueError: x",
    ),
    _data(
        id="schema-mismatch",
        pattern=(
            r"ArrowInvalid|ArrowTypeError|SchemaErrors?\b|Schema (?:mismatch|at index|does not match)"
            r"|Usecols do not match columns|Columns must be same length|MergeError"
            r"|None of \[.{1,200}\] are in the|not in index|Length mismatch: Expected|ColumnNotFoundError"
            r"|unexpected column|missing columns?:|Error tokenizing data|AnalysisException|table schema"
        ),
        literals=(
            "arrowinvalid",
            "arrowtypeerror",
            "schemaerror",
            "schema mismatch",
            "schema at index",
            "schema does not",
            "usecols",
            "columns must be",
            "mergeerror",
            "none of [",
            "not in index",
            "length mismatch",
            "columnnotfound",
            "unexpected column",
            "missing column",
            "tokenizing data",
            "analysisexception",
            "table schema",
        ),
        title="The data's columns or types are not the expected ones",
        advice="Compare the source's present schema with the expected one.",
        positive="pyarrow.lib.ArrowInvalid: Schema at index 1 was different",
        negative="schema applied",
    ),
    _data(
        id="column-missing",
        exceptions=("KeyError",),
        frame=r"pandas/core|polars/",
        pattern=r"KeyError: (?P<subject>.{1,80})",
        title="The column {subject} is missing from the data",
        advice="Compare the source's present columns with the expected ones.",
        positive="KeyError: 'order_id'",
        negative="IndexError: x",
    ),
    _data(
        id="expectation-not-met",
        confidence=Confidence.LIKELY,
        weight=2,
        pattern=(
            r"\b(?:row|record|line) ?counts?\b|\b(?:rows?|records?)\b.{0,60}\b(?:below|fewer|too few"
            r"|less than|at least|expected)\b"
            r"|(?:below|under|above|over|exceeds?) (?:the |its )?(?:expected |allowed )?(?:minimum"
            r"|maximum|threshold)"
            r"|\b(?:null|missing|duplicate)s? (?:rate|ratio|share|values?|rows?|ids?|keys?)\b"
            r"|not unique|too few (?:rows|records)"
        ),
        literals=(
            "row count",
            "record count",
            "line count",
            "rowcount",
            "row",
            "record",
            "minimum",
            "maximum",
            "threshold",
            "null",
            "missing",
            "duplicate",
            "not unique",
            "too few",
        ),
        scope=Scope.EXCEPTION,
        title="The data is not what the task expects",
        advice="Compare the delivery with those of the days before; look at what the source changed.",
        positive="ValueError: row count 50 is below the expected minimum of 200",
        negative="ValueError: bad amount",
    ),
    _data(
        id="validation-failed",
        exceptions=("ValidationError", "SchemaError", "SchemaErrors", "DataQualityError", "CheckError"),
        weight=2,
        title="The data does not pass validation",
        advice="Look at the fields that the message names.",
        positive="pydantic_core.ValidationError: 1 validation error for Order",
        negative="ValueError: x",
    ),
    _data(
        id="test-failed",
        pattern=(
            r"(?:Test|Value check|Check|Threshold) failed\.\s*(?:Query|Results|The following|Pass value"
            r"|Tolerance|Reference|Ratio|Data check|Values?\b)|Tests? failed:"
            r"|Expectation\w* .{0,80}(?:failed|not met)|ValidationActionOperator"
            r"|Completed with \d+ errors?|Failure in test (?P<subject>[\w.]{1,120})|Data quality check"
            r"|GreatExpectations\w* .{0,60}fail|The following tests have failed"
        ),
        literals=(
            "test failed",
            "check failed",
            "tests failed",
            "expectation",
            "completed with",
            "failure in test",
            "data quality check",
            "greatexpectations",
            "tests have failed",
        ),
        title="A check of the data failed ({subject})",
        nobody="see the evidence",
        advice="Look at the rows that break the check before loosening it.",
        positive="AirflowException: Test failed.\nQuery:\nselect 0\nResults:\n(0,)",
        negative="All tests passed",
    ),
    _data(
        id="integrity-error",
        exceptions=("IntegrityError", "DataError"),
        scope=Scope.EXCEPTION,
        weight=1,
        title="The database refuses a row",
        advice="Look at the row that the message shows.",
        positive="IntegrityError: row refused",
        negative="OperationalError: x",
    ),
)
