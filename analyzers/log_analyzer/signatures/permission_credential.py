"""Signatures of refused access: missing rights, wrong, missing or expired credentials."""

from functools import partial

from analyzers.log_analyzer.signatures.signature import Signature
from dagaudit.finding import Confidence
from dagaudit.task_attempt import Category, CauseOwner

_refused = partial(
    Signature,
    category=Category.PERMISSION_CREDENTIAL,
    owner=CauseOwner.PLATFORM,
    retryable=False,
    weight=3,
    shared=True,
)

SIGNATURES = (
    _refused(
        id="kms-denied",
        weight=4,
        pattern=(
            r"kms:(?P<subject>Decrypt|GenerateDataKey|Encrypt|DescribeKey)|KMSAccessDenied"
            r"|KMS\.(?:AccessDenied|Disabled|NotFound)"
        ),
        literals=("kms:", "kmsaccessdenied", "kms."),
        title="The KMS key may not be used",
        nobody="the key",
        advice="Grant the role kms:Decrypt and kms:GenerateDataKey on the key.",
        positive="AccessDenied: User is not authorized to perform: kms:Decrypt on resource",
        negative="AccessDenied: Access Denied",
    ),
    _refused(
        id="access-denied",
        pattern=(
            r"AccessDenied\w*|UnauthorizedOperation|UnauthorizedException"
            r"|not authorized to perform:? (?P<subject>[\w:*]{1,80})|AuthorizationError"
        ),
        literals=(
            "accessdenied",
            "unauthorizedoperation",
            "unauthorizedexception",
            "not authorized",
            "authorizationerror",
        ),
        title="The role lacks a permission ({subject})",
        nobody="access denied",
        advice="Grant the worker's role the action that the message names, on that resource.",
        positive=(
            "ClientError: An error occurred (AccessDenied) when calling the GetObject operation: "
            "Access Denied"
        ),
        negative="Access granted",
    ),
    _refused(
        id="credentials-expired",
        pattern=(
            r"ExpiredToken\w*|RequestExpired|TokenRefreshRequired|token (?:has |is )?expired"
            r"|security token included in the request is expired|RefreshError"
        ),
        literals=("expiredtoken", "requestexpired", "tokenrefreshrequired", "expired", "refresherror"),
        retryable=True,
        title="The credentials have expired",
        advice="Renew them; tasks that run longer than the session need refreshable credentials.",
        positive=(
            "ClientError: An error occurred (ExpiredToken) when calling the GetObject operation: The "
            "provided token has expired."
        ),
        negative="The lease expires tomorrow",
    ),
    _refused(
        id="no-credentials",
        pattern=(
            r"NoCredentialsError|PartialCredentialsError|CredentialRetrievalError"
            r"|Unable to locate credentials|DefaultCredentialsError|No credentials found"
            r"|CredentialUnavailableError"
        ),
        literals=(
            "nocredentialserror",
            "partialcredentials",
            "credentialretrieval",
            "unable to locate credentials",
            "defaultcredentialserror",
            "no credentials",
            "credentialunavailable",
        ),
        title="There are no credentials on the worker",
        advice="Give the worker's service account a role, or fill the connection.",
        positive="NoCredentialsError: Unable to locate credentials",
        negative="Credentials loaded",
    ),
    _refused(
        id="invalid-credentials",
        pattern=(
            r"InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch|UnrecognizedClientException"
            r"|InvalidSignatureException|AuthFailure|InvalidIdentityToken|ClientAuthenticationError"
            r"|invalid_grant|invalid_client|Bad credentials"
        ),
        literals=(
            "invalidclienttokenid",
            "invalidaccesskeyid",
            "signaturedoesnotmatch",
            "unrecognizedclient",
            "invalidsignature",
            "authfailure",
            "invalididentitytoken",
            "clientauthenticationerror",
            "invalid_grant",
            "invalid_client",
            "bad credentials",
        ),
        title="The credentials are not valid",
        advice="Replace the key in the connection or the secret; check the account it belongs to.",
        positive=(
            "ClientError: An error occurred (InvalidClientTokenId) when calling the AssumeRole operation"
        ),
        negative="InvalidClientState",
    ),
    _refused(
        id="password-refused",
        pattern=(
            r"password authentication failed(?: for user \"?(?P<subject>[\w.\-]{1,60}))?|28P01|\b28000\b"
            r"|Access denied for user '?(?P<subject2>[\w.\-]{1,60})|ORA-01017"
            r"|Incorrect username or password|Login failed for user|Authentication failed"
            r"|AuthenticationException|SMTPAuthenticationError|Permission denied \(publickey"
            r"|InvalidPassword"
        ),
        literals=(
            "password authentication",
            "28p01",
            "28000",
            "access denied for user",
            "ora-01017",
            "username or password",
            "login failed",
            "authentication failed",
            "authenticationexception",
            "smtpauthentication",
            "publickey",
            "invalidpassword",
        ),
        title="The login was refused (user {subject})",
        nobody="not named",
        advice="Correct user and password in the connection; after a rotation, update the secret.",
        positive='FATAL:  password authentication failed for user "etl"',
        negative="login succeeded",
    ),
    _refused(
        id="kubernetes-forbidden",
        pattern=(
            r"is forbidden: User|forbidden: User|pods is forbidden"
            r"|cannot (?:create|get|list|delete|watch) resource \"?(?P<subject>\w{1,40})"
        ),
        literals=("forbidden", "resource"),
        title="Kubernetes refuses the service account ({subject})",
        nobody="forbidden",
        advice="Extend the Role of the worker's service account.",
        weight=4,
        positive=(
            'pods is forbidden: User "system:serviceaccount:airflow:worker" cannot create resource "pods"'
        ),
        negative="HTTP 403 Forbidden",
    ),
    _refused(
        id="database-permission",
        pattern=(
            r"\b42501\b"
            r"|permission denied for (?:table|relation|schema|database|sequence|view"
            r"|function) \"?(?P<subject>[\w.]{1,80})"
            r"|insufficient privileges?|command denied to user|must be owner of"
        ),
        literals=(
            "42501",
            "permission denied for",
            "insufficient privilege",
            "command denied",
            "must be owner",
        ),
        title="The database user lacks a right ({subject})",
        nobody="see the evidence",
        advice="Grant the right on the object that the message names.",
        positive="psycopg2.errors.InsufficientPrivilege: permission denied for table orders",
        negative="permission granted",
    ),
    _refused(
        id="http-unauthorized",
        pattern=(
            r"\b401\b[^\n]{0,40}(?:Unauthori[sz]ed|Client Error)"
            r"|HTTP(?:/[\d.]+)?[ :]*(?:Error|error|status|code)*[ :=]*401\b|status[ _]?code[ :='\"]*401\b"
            r"|^(?:\w+Error: )?401:"
        ),
        literals=("401",),
        title="A service refuses the credentials (HTTP 401) at {subject}",
        nobody="its address",
        advice="Renew the token or password in the connection.",
        positive="HTTPError: 401 Client Error: Unauthorized for url: https://api.example/v1/x",
        negative="read 401 rows",
    ),
    _refused(
        id="http-forbidden",
        pattern=(
            r"\b403\b[^\n]{0,40}(?:Forbidden|Client Error)"
            r"|HTTP(?:/[\d.]+)?[ :]*(?:Error|error|status|code)*[ :=]*403\b|status[ _]?code[ :='\"]*403\b"
            r"|^(?:\w+Error: )?403:|An error occurred \(403\)"
        ),
        literals=("403",),
        confidence=Confidence.LIKELY,
        title="A service refuses access (HTTP 403) at {subject}",
        nobody="its address",
        advice=(
            "Check the rights of the account; S3 also answers 403 for a missing key without the "
            "right to list."
        ),
        positive="HTTPError: 403 Client Error: Forbidden for url: https://api.example/v1/x",
        negative="wrote 403 files",
    ),
    _refused(
        id="file-permission",
        weight=2,
        pattern=(
            r"PermissionError|Permission denied|Read-only file system|Operation not permitted"
            r"|exit(?:ed)?(?: with)?(?: return)?(?: code| status) 126\b"
        ),
        literals=("permissionerror", "permission denied", "read-only file", "not permitted", " 126"),
        shared=False,
        title="A file may not be read, written or run",
        advice="Correct the file's owner and mode, or the user that the worker runs as.",
        positive="PermissionError: [Errno 13] Permission denied: '/srv/secure/x'",
        negative="permission checked",
    ),
)
