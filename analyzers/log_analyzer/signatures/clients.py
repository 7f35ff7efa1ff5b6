"""Signatures by the exceptions of widely used clients, whose words differ while their meaning is one."""

from functools import partial

from analyzers.log_analyzer.signatures.signature import Signature
from dagaudit.finding import Confidence
from dagaudit.task_attempt import Category, CauseOwner

_client = partial(Signature, weight=4)

SIGNATURES = (
    _client(
        id="client-unavailable",
        category=Category.UPSTREAM_SERVICE,
        owner=CauseOwner.UPSTREAM,
        retryable=True,
        shared=True,
        exceptions=(
            # Kafka, Pulsar, AMQP
            "NoBrokersAvailable", "KafkaTimeoutError", "KafkaConnectionError", "NodeNotReadyError",
            "AMQPConnectionError", "BrokerUnreachable",
            # MongoDB, Cassandra, Elasticsearch, Neo4j, Redis
            "ServerSelectionTimeoutError", "AutoReconnect", "NotPrimaryError", "NoHostAvailable",
            "NoNodeAvailable", "ClusterDownError", "MasterNotFoundError", "ServiceUnavailable",
            # HTTP and SMTP
            "ConnectError", "ClientConnectorError", "ClientConnectorDNSError", "ServerDisconnectedError",
            "ClientOSError", "SMTPConnectError", "SMTPServerDisconnected",
        ),
        title="{subject} cannot be reached",
        nobody="A service",
        advice="Look at the service's status and at what lies between; retry with growing pauses.",
        positive="kafka.errors.NoBrokersAvailable: NoBrokersAvailable",
        negative="ValueError: no brokers were given",
    ),
    _client(
        id="rpc-unavailable",
        category=Category.UPSTREAM_SERVICE,
        owner=CauseOwner.UPSTREAM,
        retryable=True,
        shared=True,
        pattern=r"StatusCode\.(?:UNAVAILABLE|INTERNAL|ABORTED|DATA_LOSS)\b|failed to connect to all addr",
        literals=("statuscode.", "failed to connect to all"),
        title="The gRPC service {subject} does not answer",
        nobody="that is called",
        advice="Look at the service's status; retry with growing pauses.",
        positive="_InactiveRpcError: status = StatusCode.UNAVAILABLE details = failed to connect",
        negative="StatusCode.OK",
    ),
    _client(
        id="database-not-reached",
        category=Category.UPSTREAM_SERVICE,
        owner=CauseOwner.UPSTREAM,
        retryable=True,
        shared=True,
        pattern=(
            r"Can't connect to (?:MySQL |local MySQL )?server on '(?P<subject>[^']{1,120})'"
            r"|\(2003, |could not connect to server|Unable to connect: Adaptive Server|ORA-125(?:14|41|35)"
            r"|TNS:no listener|Login timeout expired|Failed to connect to \S{1,120} port \d"
        ),
        literals=(
            "can't connect to", "(2003, ", "could not connect to server", "adaptive server", "ora-125",
            "tns:no", "login timeout", "failed to connect to",
        ),
        title="The server {subject} cannot be reached",
        nobody="of the connection",
        advice="Look at its status, then at host and port of the connection.",
        positive="OperationalError: (2003, \"Can't connect to MySQL server on 'db.example' ([Errno 111])\")",
        negative="connected to server",
    ),
    _client(
        id="http-answer-5xx",
        category=Category.UPSTREAM_SERVICE,
        owner=CauseOwner.UPSTREAM,
        retryable=True,
        shared=True,
        pattern=(
            r"returned error: 5\d\d\b|HTTP Error 5\d\d\b|Server error '5\d\d|\b504 Gateway Time-?out"
            r"|\b5\d\d, message=|answered (?:with )?5\d\d\b"
        ),
        literals=("error: 5", "http error 5", "server error '5", "504 gateway", ", message=", "answered "),
        title="A service answers with a server error (HTTP 5xx) at {subject}",
        nobody="its address",
        advice="Look at the service's status; retry with growing pauses.",
        positive="curl: (22) The requested URL returned error: 503",
        negative="curl: (22) The requested URL returned error: 404",
    ),
    _client(
        id="http-answer-refused",
        category=Category.PERMISSION_CREDENTIAL,
        owner=CauseOwner.DAG_AUTHOR,
        retryable=False,
        shared=True,
        pattern=(
            r"returned error: 40[13]\b|HTTP Error 40[13]\b|Client error '40[13]|\b40[13], message="
            r"|StatusCode\.(?:UNAUTHENTICATED|PERMISSION_DENIED)"
        ),
        literals=(
            "error: 40", "http error 40", "client error '40", ", message=", "statuscode.",
        ),
        title="A service refuses the credentials (HTTP 401 or 403) at {subject}",
        nobody="its address",
        advice="Renew the token or password in the connection, and check the account's rights.",
        positive="curl: (22) The requested URL returned error: 401",
        negative="curl: (22) The requested URL returned error: 503",
    ),
    _client(
        id="http-answer-throttled",
        category=Category.QUOTA_THROTTLE,
        owner=CauseOwner.UPSTREAM,
        retryable=True,
        shared=True,
        pattern=(
            r"returned error: 429\b|HTTP Error 429\b|Client error '429|\b429, message="
            r"|StatusCode\.RESOURCE_EXHAUSTED|exceeded quota:"
        ),
        literals=(
            "error: 429", "http error 429", "client error '429", "429, message", "statuscode.",
            "exceeded quota:",
        ),
        title="A service refuses more requests (HTTP 429) at {subject}",
        nobody="its address",
        advice="Let fewer tasks call at once, wait as it says, or ask for a higher limit.",
        positive="curl: (22) The requested URL returned error: 429",
        negative="429 rows",
    ),
    _client(
        id="unreadable-document",
        category=Category.DATA_QUALITY,
        owner=CauseOwner.DAG_AUTHOR,
        retryable=False,
        weight=3,
        pattern=(
            r"\bParseError: .{0,80}(?:line \d|token|element)|XMLSyntaxError|ExpatError|YAMLError"
            r"|ScannerError|ParserError: |InvalidOperation\b|ConversionSyntax|TOMLDecodeError"
            r"|_csv\.Error|\bcsv\.Error|line contains NUL|new-line character seen|MarshmallowError"
            r"|is not of type '\w+'|is not valid under any of the given schemas|is a required property"
            r"|AvroException|SchemaResolutionException|InvalidFileException|XLRDError"
        ),
        literals=(
            "parseerror", "xmlsyntaxerror", "expaterror", "yamlerror", "scannererror", "parsererror",
            "invalidoperation", "conversionsyntax", "tomldecodeerror", "csv.error", "line contains",
            "new-line character", "is not of type", "is not valid under", "is a required property",
            "avroexception", "schemaresolution", "invalidfileexception", "xlrderror",
            "marshmallowerror",
        ),
        title="A document that the task reads is not what it should be",
        advice="Look at the place that the message names, and at who wrote the document.",
        positive="xml.etree.ElementTree.ParseError: mismatched tag: line 1, column 35",
        negative="ValueError: bad amount",
    ),
    _client(
        id="misused-runtime",
        category=Category.CODE,
        owner=CauseOwner.DAG_AUTHOR,
        retryable=False,
        weight=2,
        confidence=Confidence.LIKELY,
        pattern=(
            r"FrozenInstanceError|InvalidStateError|changed (?:size )?during iteration"
            r"|(?:cannot be called from a )?running event loop|no (?:current|running) event loop"
            r"|Event loop is closed|generator (?:raised|didn't)|StopAsyncIteration"
            r"|cannot schedule new futures|got an unexpected keyword|missing \d+ required"
            r"|already been (?:closed|called)|I/O operation on closed file|deque mutated"
        ),
        literals=(
            "frozeninstance", "invalidstate", "during iteration", "event loop", "generator raised",
            "generator didn't", "stopasynciteration", "cannot schedule", "unexpected keyword", "missing ",
            "already been", "operation on closed", "deque mutated",
        ),
        title="The code uses Python in a way that cannot work",
        advice="Read the message and the named function: the mistake is in the code, not around it.",
        positive="RuntimeError: dictionary changed size during iteration",
        negative="RuntimeError: the partner sent nothing",
    ),
)  # fmt: skip
