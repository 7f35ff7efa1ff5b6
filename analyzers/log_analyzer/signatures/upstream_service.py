"""Signatures of services and databases that are down, refuse or break connections: a retry may help."""

from functools import partial

from analyzers.log_analyzer.signatures.signature import Signature
from dagaudit.finding import Confidence
from dagaudit.task_attempt import Category, CauseOwner

_upstream = partial(
    Signature,
    category=Category.UPSTREAM_SERVICE,
    owner=CauseOwner.UPSTREAM,
    retryable=True,
    weight=3,
    shared=True,
)

SIGNATURES = (
    _upstream(
        id="http-server-error",
        pattern=(
            r"\b50[02-4]\b[^\n]{0,40}(?:Server Error|Internal Server|Bad Gateway"
            r"|Service (?:Temporarily )?Unavailable|Gateway Time)"
            r"|HTTP(?:/[\d.]+)?[ :]*(?:Error|error|status|code)*[ :=]*50[02-4]\b"
            r"|status[ _]?code[ :='\"]*50[02-4]\b|^(?:\w+Error: )?50[02-4]:|Internal Server Error"
            r"|Bad Gateway|Service Unavailable|Gateway Time-?out"
        ),
        literals=(
            "500",
            "502",
            "503",
            "504",
            "internal server error",
            "bad gateway",
            "service unavailable",
            "gateway time",
        ),
        title="A service answers with a server error (HTTP 5xx) at {subject}",
        nobody="its address",
        advice="Look at the service's status; retry with growing pauses.",
        positive="HTTPError: 503 Server Error: Service Unavailable for url: https://api.example/v1/x",
        negative="wrote 503 rows",
    ),
    _upstream(
        id="aws-internal-error",
        pattern=r"An error occurred \((?:Internal\w*|ServiceUnavailable\w*|InternalError|5\d\d)\)",
        literals=("an error occurred",),
        title="An AWS service has an internal error",
        advice="Retry; look at the AWS health page when it lasts.",
        positive="ClientError: An error occurred (InternalError) when calling the PutObject operation",
        negative="An error occurred (NoSuchKey) when calling",
    ),
    _upstream(
        id="connection-refused",
        pattern=(
            r"Connection refused|Failed to connect to|Could not connect to server"
            r"|ConnectionRefusedError|ECONNREFUSED|\[Errno 111\]|actively refused"
            r"|Connect call failed"
        ),
        literals=(
            "connection refused",
            "connect to",
            "connectionrefused",
            "econnrefused",
            "errno 111",
            "actively refused",
            "connect call failed",
        ),
        title="The connection to {subject} is refused",
        nobody="a service",
        advice="The service is down or another port is meant; over many DAGs it is an outage.",
        positive="ConnectionRefusedError: [Errno 111] Connection refused",
        negative="refused by the reviewer",
    ),
    _upstream(
        id="name-not-resolved",
        pattern=(
            r"Name or service not known|Temporary failure in name resolution"
            r"|No address associated with hostname|NameResolutionError|gaierror"
            r"|could not translate host name \"(?P<subject>[^\"]{1,120})"
            r"|Could not resolve host:? ?(?P<subject2>[\w.\-]{0,120})|nodename nor servname|getaddrinfo"
            r"|UnknownHostException|no such host|Name does not resolve"
        ),
        literals=(
            "name or service",
            "name resolution",
            "no address associated",
            "nameresolutionerror",
            "gaierror",
            "translate host name",
            "resolve host",
            "nodename nor",
            "getaddrinfo",
            "unknownhost",
            "no such host",
            "does not resolve",
        ),
        title="The host name {subject} cannot be resolved",
        nobody="of a service",
        advice="Check the name in the connection, then the cluster's DNS.",
        positive="socket.gaierror: [Errno -2] Name or service not known",
        negative="the host is up",
    ),
    _upstream(
        id="tls-failure",
        pattern=(
            r"CERTIFICATE_VERIFY_FAILED|certificate (?:verify failed|has expired)|SSLCertVerificationError"
            r"|SSL(?:V3)?[_ ]?(?:ALERT_)?HANDSHAKE|SSLEOFError|SSLZeroReturnError|\bSSLError\b"
            r"|WRONG_VERSION_NUMBER|tlsv1 alert|SSL SYSCALL|x509:"
        ),
        literals=(
            "certificate",
            "handshake",
            "ssleoferror",
            "sslzeroreturn",
            "sslerror",
            "wrong_version_number",
            "tlsv1 alert",
            "ssl syscall",
            "x509:",
            "sslcertverif",
        ),
        retryable=False,
        title="The TLS connection to {subject} fails",
        nobody="a service",
        advice="Renew the certificate, or give the worker the right CA bundle.",
        weight=4,
        positive=(
            "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify "
            "failed: certificate has expired"
        ),
        negative="certificate uploaded",
    ),
    _upstream(
        id="connection-broken",
        pattern=(
            r"ConnectionResetError|Connection reset by peer|ECONNRESET|RemoteDisconnected"
            r"|Remote end closed connection|Connection aborted|ConnectionAbortedError|IncompleteRead"
            r"|ChunkedEncodingError|ProtocolError|RemoteProtocolError"
            r"|server closed the connection unexpectedly|Server disconnected|SMTPServerDisconnected"
            r"|Lost connection to MySQL|MySQL server has gone away|EOF occurred in violation"
            r"|ConnectionClosed\w*|connection already closed"
        ),
        literals=(
            "connectionreset",
            "connection reset",
            "econnreset",
            "remotedisconnected",
            "remote end closed",
            "connection aborted",
            "connectionaborted",
            "incompleteread",
            "chunkedencoding",
            "protocolerror",
            "closed the connection",
            "server disconnected",
            "smtpserverdisconnected",
            "lost connection",
            "gone away",
            "eof occurred",
            "connectionclosed",
            "connection already closed",
        ),
        title="The connection to {subject} broke off",
        nobody="a service",
        advice="Retry; look at the service's restarts and at idle time-outs of what lies between.",
        positive="ConnectionResetError: [Errno 104] Connection reset by peer",
        negative="connection pool reset at start",
    ),
    _upstream(
        id="broken-pipe",
        pattern=r"BrokenPipeError|Broken pipe|EPIPE",
        literals=("brokenpipe", "broken pipe", "epipe"),
        title="The other side closed while data was written",
        advice="Look at the other side's log: it ended first.",
        weight=2,
        positive="BrokenPipeError: [Errno 32] Broken pipe",
        negative="pipeline broken",
    ),
    _upstream(
        id="no-route",
        pattern=(
            r"No route to host|Network is unreachable|Host is (?:down|unreachable)|EHOSTUNREACH"
            r"|Unable to connect to port|NoValidConnectionsError|NoBrokersAvailable"
            r"|Could not connect to the endpoint URL: ?\"(?P<subject>[^\"]{1,160})|EndpointConnectionError"
        ),
        literals=(
            "no route to host",
            "network is unreachable",
            "host is",
            "ehostunreach",
            "unable to connect",
            "novalidconnections",
            "nobrokersavailable",
            "could not connect to the endpoint",
            "endpointconnectionerror",
        ),
        title="There is no way to {subject}",
        nobody="a service",
        advice="Check address, port, security groups and routes.",
        positive="OSError: [Errno 113] No route to host",
        negative="route table updated",
    ),
    _upstream(
        id="cannot-connect",
        confidence=Confidence.LIKELY,
        weight=2,
        pattern=(
            r"(?:could not|can(?:not|'t)|unable to|failed to|couldn't) "
            r"(?:connect|reach|establish (?:a |the )?connection)"
        ),
        literals=("connect", "reach"),
        title="No connection to {subject} can be made",
        nobody="a service",
        advice="Look whether the service is up, and whether the worker may reach it.",
        positive="RuntimeError: could not connect to the warehouse",
        negative="RuntimeError: connected twice",
    ),
    _upstream(
        id="connection-error",
        exceptions=(
            "ConnectionError",
            "NewConnectionError",
            "MaxRetryError",
            "ConnectError",
            "HTTPClientError",
            "ClientConnectorError",
            "ServerSelectionTimeoutError",
            "AirflowHttpException",
            "SSHException",
            "TransportError",
        ),
        weight=1,
        title="The connection to {subject} fails",
        nobody="a service",
        advice="Look whether the service is up, and whether the worker may reach it.",
        positive="requests.exceptions.ConnectionError: HTTP pool is closed",
        negative="TypeError: x",
    ),
)
