"""Signatures of data that is missing, late or damaged: what should have been delivered is not there."""

from functools import partial

from analyzers.log_analyzer.signatures.signature import Signature
from dagaudit.finding import Confidence
from dagaudit.task_attempt import Category, CauseOwner

_data = partial(
    Signature, category=Category.DATA_QUALITY, owner=CauseOwner.DAG_AUTHOR, retryable=False, weight=3
)

SIGNATURES = (
    _data(
        id="no-data",
        confidence=Confidence.LIKELY,
        pattern=(
            r"(?:\b0|\bno|zero) (?:rows?|records?|partitions?|files?|data|results?"
            r"|objects?)\b(?! (?:left|to do|changed))"
            r"|\bis empty\b|empty (?:partition|data ?frame|dataset|result|file|table|response)"
            r"|EmptyDataError|No columns to parse|returned no (?:rows|results|data)"
        ),
        literals=(
            "0 row",
            "0 record",
            "0 file",
            "0 partition",
            "0 result",
            "0 object",
            "no row",
            "no record",
            "no partition",
            "no file",
            "no data",
            "no result",
            "no object",
            "zero r",
            "zero f",
            "is empty",
            "empty ",
            "emptydataerror",
            "no columns to parse",
            "returned no",
        ),
        weight=2,
        title="The expected data is not there: {subject}",
        nobody="an input is empty",
        advice="Look at what should have delivered it: late, wrong partition, or truly nothing.",
        retryable=True,
        positive="LoadError: upstream gave 0 rows for 2026-11-20",
        negative="LoadError: 10 rows were refused",
    ),
    _data(
        id="object-missing",
        pattern=(
            r"NoSuchKey|An error occurred \(404\) when calling the (?:HeadObject|GetObject)"
            r"|The specified key does not exist|BlobNotFound|No such object"
        ),
        literals=("nosuchkey", "(404)", "specified key", "blobnotfound", "no such object"),
        title="An object that the task reads is not in the bucket",
        advice="Compare the date in its key with the logical date; look at what should have written it.",
        retryable=True,
        positive=(
            "ClientError: An error occurred (NoSuchKey) when calling the GetObject operation: The "
            "specified key does not exist."
        ),
        negative="key exists",
    ),
    _data(
        id="file-missing",
        pattern=(
            r"(?:FileNotFoundError.{0,40}?)?No such file or directory:? ?'?(?P<subject>[^'\n]{0,160})"
            r"|FileNotFoundError"
            r"|cannot (?:access|stat|open|remove) '(?P<subject2>[^']{1,160})'"
            r"|does not exist: '?(?P<subject3>/[^'\n]{1,160})"
            r"|NoSuchFile\w*"
        ),
        literals=("filenotfounderror", "no such file", "cannot access", "does not exist", "nosuchfile"),
        weight=2,
        title="The file {subject} is not there",
        nobody="that the task reads",
        advice="Look at what should have delivered it, and at the date in its name.",
        retryable=True,
        positive="FileNotFoundError: [Errno 2] No such file or directory: '/srv/in/orders.csv'",
        negative="file written",
    ),
    _data(
        id="corrupt-file",
        pattern=(
            r"BadZipFile|EOFError|Ran out of input|UnpicklingError|invalid load key|BadGzipFile"
            r"|Not a gzipped file|Parquet magic bytes not found"
            r"|File is not a zip file|Compressed file ended|CRC check failed|truncated file"
            r"|unexpected end of (?:data|stream)|incorrect header check|not a (?:valid )?Parquet file"
        ),
        literals=(
            "badzipfile",
            "eoferror",
            "ran out of input",
            "unpicklingerror",
            "invalid load key",
            "badgzipfile",
            "gzipped file",
            "magic bytes",
            "not a zip file",
            "compressed file ended",
            "crc check",
            "truncated file",
            "unexpected end of",
            "incorrect header",
            "parquet file",
        ),
        title="An input file is damaged or of another kind",
        advice="Fetch it anew; look whether it was still being written.",
        retryable=True,
        positive="zipfile.BadZipFile: File is not a zip file",
        negative="zip written",
    ),
    _data(
        id="http-not-found",
        pattern=(
            r"\b404\b[^\n]{0,40}(?:Not Found|Client Error)"
            r"|HTTP(?:/[\d.]+)?[ :]*(?:Error|error|status|code)*[ :=]*404\b|status[ _]?code[ :='\"]*404\b"
            r"|^(?:\w+Error: )?404:"
        ),
        literals=("404",),
        confidence=Confidence.LIKELY,
        shared=True,
        title="A service has nothing at the asked address (HTTP 404) at {subject}",
        nobody="its address",
        advice="Check the path, above all a date in it; the data may be late.",
        positive="HTTPError: 404 Client Error: Not Found for url: https://api.example/v1/x",
        negative="404 rows",
    ),
)
