"""Signatures by the exceptions of libraries."""

from functools import partial

from analyzers.log_analyzer.signatures.signature import Signature
from dagaudit.finding import Confidence
from dagaudit.task_attempt import Category, CauseOwner

_library = partial(Signature, retryable=False, weight=3)
_author = partial(_library, owner=CauseOwner.DAG_AUTHOR)

SIGNATURES = (
    _author(
        id="unreadable-input",
        category=Category.DATA_QUALITY,
        exceptions=(
            "UnidentifiedImageError", "PdfReadError", "PdfStreamError", "LZMAError", "IntCastingNaNError",
            "OutOfBoundsDatetime", "ComputeError", "DecodeError", "InvalidFileException", "BulkIndexError",
            "ConversionException", "DataQualityException", "InvalidFooter", "CorruptedFileError",
            "MsgpackException", "ExtraData", "CParserError", "InvalidInputException",
        ),
        title="An input is not what the library can read",
        advice="Look at the input that the task read, and at who delivered it.",
        positive="PIL.UnidentifiedImageError: cannot identify image file '/in/1.png'",
        negative="ValueError: bad amount",
    ),
    _author(
        id="unreadable-input-words",
        category=Category.DATA_QUALITY,
        pattern=(
            r"field larger than field limit|file could not be opened successfully|not a (?:gzip|bzip2"
            r"|tar) file"
            r"|\bexpected (?:at least|at most|exactly|more than|between)?\s?\d[\d,.]* ?(?:rows?|records?"
            r"|columns?"
            r"|fields?|files?|lines?|items?|values?)\b|could not parse `|cannot index (?:string|array"
            r"|number) with|^\s*(?:jq:? |parse )error\b.{0,40}line \d"
            r"|^(?:gzip|gunzip|zcat|unzip|bzip2|xz|zstd|tar): .{0,120}(?:not in \w+ format|unexpected end"
            r"|corrupt"
            r"|invalid|does not look like|CRC|checksum)"
            r"|(?:month|day|hour|minute|second|year)s? (?:must be in|is out of range)"
            r"|unconverted data remains"
            r"|Cannot convert (?:NA|non-finite|float NaN)|trying to merge on \w+ and \w+ columns"
            r"|conversion from `[^`]{1,40}` to `[^`]{1,40}` failed|\bduplicates? (?:found|rows?|records?"
            r"|keys?)\b"
        ),
        literals=(
            "field limit", "opened successfully", "not a ", "expected ", "could not parse `",
            "cannot index", "parse error", "jq error", "jq: error", "gzip:", "zcat:", "gunzip:", "unzip:",
            "bzip2:", "xz:", "zstd:", "tar:", "must be in", "out of range", "unconverted", "cannot convert",
            "trying to merge", "conversion from", "duplicate",
        ),
        title="An input is not what the library can read",
        advice="Look at the input that the task read, and at who delivered it.",
        positive="tarfile.ReadError: file could not be opened successfully",
        negative="ValueError: expected a str",
    ),
    _author(
        id="parser-refused",
        category=Category.DATA_QUALITY,
        confidence=Confidence.LIKELY,
        weight=2,
        exceptions=("ValueError", "Error", "AddressValueError"),
        frame=r"(?:uuid|ipaddress|base64|_strptime|fractions|quopri|plistlib)\.py:|pandas/(?:_libs|core/tools)/",
        title="A value in the data cannot be parsed",
        advice="Look at the value that the message names, and at who delivered it.",
        positive="ValueError: badly formed hexadecimal UUID string",
        negative="TypeError: one of the hex arguments must be given",
    ),
    _author(
        id="library-misused",
        category=Category.CODE,
        weight=2,
        exceptions=(
            "LinAlgError", "NotFittedError", "PatternError", "XComNotFound", "InvalidIndexError",
            "UnsupportedOperation", "TaskNotFound", "InvalidStateError", "ClosedResourceError",
        ),
        title="A library is asked for what it cannot do",
        advice="Read the message and the named function: the mistake is in the call.",
        positive="numpy.linalg.LinAlgError: Singular matrix",
        negative="ValueError: bad amount",
    ),
    _author(
        id="client-setting",
        category=Category.CONFIG,
        weight=4,
        exceptions=(
            "ConfigException", "ConfigurationError", "KafkaConfigurationError", "InvalidRegionError",
            "InvalidEndpointConfigurationError", "NoSuchModuleError", "ZoneInfoNotFoundError",
            "UnknownTimeZoneError", "DbtProjectError", "DbtProfileError", "ImproperlyConfigured",
            "InvalidS3AddressingStyleError", "ParserNotFound",
        ),
        title="A client's setting is missing or not valid",
        advice="Correct the connection's extra or the setting that the message names.",
        positive="kubernetes.config.config_exception.ConfigException: Service host/port is not set.",
        negative="ValueError: bad amount",
    ),
    _author(
        id="setting-words",
        category=Category.CONFIG,
        confidence=Confidence.LIKELY,
        weight=2,
        pattern=(
            r"environment variables? \S{1,60}(?: \S{1,40})? ?(?:is|are)? ?(?:not set|missing|required|$)"
            r"|[Mm]issing (?:required )?(?:environment variable|setting|config\w*|connection|credential)"
            r"|[`'\"]\w+[`'\"] is not set|not a valid (?:RSA|EC|OPENSSH|DSA|Ed25519) private key"
            r"|must be set in the (?:environment|connection|config)|No dbt_project\.yml found"
            r"|connection \W?[\w.\-]{1,80}\W? has no \w+|[Mm]issing [^\n]{1,60} in (?:the )?(?:extra"
            r"|connection)"
            r"|Could not find profile named|[Ee]nv(?:ironment)? var(?:iable)? required"
            r"|[Pp]ort could not be cast"
        ),
        literals=(
            "environment variable", "missing ", "is not set", "private key", "must be set", "dbt_project",
            "has no ", "could not find profile", "env var", "port could not",
        ),
        title="A setting that the code needs is missing",
        advice="Set what the message names on the worker or in the connection.",
        positive="ValueError: Missing required environment variable DWH_DSN",
        negative="ValueError: bad amount",
    ),
    _author(
        id="library-version",
        category=Category.IMPORT_DEPENDENCY,
        weight=4,
        shared=True,
        pattern=(
            r"(?:dtype|ufunc|\w+) size changed, may indicate binary incompatibility|Can't open lib '"
            r"|AttributeError: module '[\w.]+' has no attribute|Failed to import \w+|JAVA_HOME is not set"
            r"|no default driver specified|compiled using NumPy 1|requires the \w+ (?:package|library)"
            r"|UnsupportedClassVersionError|ClassNotFoundException|NoClassDefFoundError|NoSuchMethodError"
            r"|libc\.so\.6: version|Unable to access jarfile"
        ),
        literals=(
            "size changed", "can't open lib", "attributeerror: module", "failed to import", "java_home",
            "no default driver", "compiled using", "requires the ", "classversion", "classnotfound",
            "noclassdef", "nosuchmethod", "libc.so", "access jarfile",
        ),
        title="A library, driver or runtime is missing, or of another version than the code expects",
        advice="Compare the worker's image with what the code was written for, and pin the versions.",
        positive="ValueError: numpy.dtype size changed, may indicate binary incompatibility.",
        negative="AttributeError: 'list' object has no attribute 'items'",
    ),
    _author(
        id="program-missing",
        category=Category.IMPORT_DEPENDENCY,
        weight=4,
        shared=True,
        exceptions=("FileNotFoundError",),
        frame=r"subprocess\.py:_execute_child$",
        pattern=r"directory: '(?P<subject>[\w.+\-]{1,80})'\s*$",
        title="The program {subject} is not installed on the worker",
        advice="Add it to the worker's image, or give the whole path.",
        positive="FileNotFoundError: [Errno 2] No such file or directory: 'pg_dump'",
        negative="FileNotFoundError: [Errno 2] No such file or directory: '/srv/in/orders.csv'",
    ),
    _library(
        id="fork-refused",
        category=Category.MEMORY_RESOURCE,
        owner=CauseOwner.PLATFORM,
        retryable=True,
        weight=4,
        exceptions=("BlockingIOError",),
        frame=r"(?:subprocess|popen_\w+|threading)\.py:",
        title="The machine allows no more processes or threads",
        advice="Start fewer at once, or raise the limit of processes.",
        positive="BlockingIOError: [Errno 11] Resource temporarily unavailable",
        negative="OSError: [Errno 24] Too many open files",
    ),
    _library(
        id="pool-worker-died",
        category=Category.MEMORY_RESOURCE,
        owner=CauseOwner.PLATFORM,
        retryable=True,
        confidence=Confidence.SUSPECTED,
        exceptions=("BrokenProcessPool", "TerminatedWorkerError", "WorkerLostError"),
        title="A process that the code started died at once, likely for want of memory",
        advice="Compare the worker's memory then with its limit; a crash of a library looks the same.",
        positive="concurrent.futures.process.BrokenProcessPool: A process was terminated abruptly",
        negative="BrokenPipeError: [Errno 32] Broken pipe",
    ),
    _library(
        id="mail-or-ftp-refused",
        category=Category.PERMISSION_CREDENTIAL,
        owner=CauseOwner.PLATFORM,
        weight=4,
        shared=True,
        pattern=(
            r"error_perm: (?:530|532)\b|SMTP\w+Error: \((?:530|534|535|550|553)\b|BadHostKeyException|"
            r"fernet\.InvalidToken|^InvalidToken"
        ),
        literals=("error_perm", "smtp", "badhostkey", "invalidtoken"),
        title="A server refuses the login, or is not the one that is trusted",
        advice="Renew user, password or key in the connection.",
        positive="ftplib.error_perm: 530 Login incorrect.",
        negative="ftplib.error_perm: 550 /in/orders.csv: No such file or directory",
    ),
    _library(
        id="mail-or-ftp-unavailable",
        category=Category.UPSTREAM_SERVICE,
        owner=CauseOwner.UPSTREAM,
        retryable=True,
        weight=4,
        shared=True,
        pattern=(
            r"error_temp: |SMTP\w+Error: \(4\d\d\b|ClientPayloadError|APIConnectionError"
            r"|^rsync(?: error)?: .{0,80}(?:connection|data stream)|\bReadError:?\s*$"
        ),
        literals=("error_temp", "smtp", "clientpayload", "apiconnection", "readerror", "rsync"),
        title="A server breaks off or asks to come later",
        advice="Look at the server's status; retry with growing pauses.",
        positive="ftplib.error_temp: 421 Service not available, closing control connection.",
        negative="ftplib.error_perm: 530 Login incorrect.",
    ),
    _library(
        id="client-timeout",
        category=Category.TIMEOUT,
        owner=CauseOwner.UPSTREAM,
        retryable=True,
        shared=True,
        weight=4,
        pattern=(
            r"408 (?:Client Error|Request Time)|'codeName': 'MaxTimeMSExpired'|name=EXCEEDED_TIME_LIMIT"
            r"|(?:not (?:reached|completed|finished)|still \w+)[^\n]{0,60}\bafter \d[\d.]* ?(?:s\b|sec|min|h)"
            r"|[Tt]ime(?:d )?[- ]?out (?:after|waiting) "
        ),
        literals=(
            "408 ", "maxtimemsexpired", "exceeded_time", "not reached", "not completed", "not finished",
            "still ", "timeout ", "timed out ", "time out ",
        ),
        title="Something did not finish in time",
        advice="Look what took so long; then raise the limit, or split the work.",
        positive="AirflowException: Timeout after 600 seconds waiting for the job to finish",
        negative="timeout is set to 3",
    ),
)  # fmt: skip
