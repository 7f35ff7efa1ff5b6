"""No secret leaves, what only names one stays, and hostile text costs linear time."""

import base64
import random
import string
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.masking import mask

LETTERS = string.ascii_letters + string.digits
BASE64 = LETTERS + "+/"


def _random(rng, length, alphabet=LETTERS):
    text = "".join(rng.choice(alphabet) for _ in range(length))
    # A random string without any digit or letter is no fair example of a secret.
    return text[:-3] + "a7Q" if length > 6 else text


def _jwt(rng):
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').decode().rstrip("=")
    return f"{head}.{_random(rng, 60)}.{_random(rng, 43)}"


def _card(rng):
    digits = [4, *(rng.randrange(10) for _ in range(14))]
    doubled = [d * 2 - 9 if d * 2 > 9 else d * 2 for d in digits[::2]]
    return "".join(map(str, digits)) + str(-(sum(doubled) + sum(digits[1::2])) % 10)


TOKENS = {
    "aws key id": lambda r: "AKIA" + _random(r, 16, string.ascii_uppercase + "234567").upper(),
    "github": lambda r: "ghp_" + _random(r, 36),
    "github fine-grained": lambda r: "github_pat_" + _random(r, 60),
    "gitlab": lambda r: "glpat-" + _random(r, 20),
    "slack": lambda r: f"xoxb-{r.randrange(10**11)}-{_random(r, 24)}",
    "google": lambda r: "AIza" + _random(r, 35),
    "stripe": lambda r: "sk_live_" + _random(r, 24),
    "npm": lambda r: "npm_" + _random(r, 36),
    "pypi": lambda r: "pypi-AgEIcHlwaS5vcmc" + _random(r, 80),
    "openai": lambda r: "sk-proj-" + _random(r, 40),
    "jwt": _jwt,
    "card": _card,
    "fernet": lambda r: "gAAAAAB" + _random(r, 90),
}
TOKEN_PLACES = (
    "{}",
    "using {} now",
    '{{"value": "{}"}}',
    "curl -H 'X-Auth: {}' https://a.example",
    "['{}', 1]",
)
KEYED_PLACES = (
    "password={}",
    "DB_PASSWORD={}",
    "export PGPASSWORD={}",
    '"password": "{}"',
    "'passwd': '{}'",
    '\\"password\\": \\"{}\\"',
    "password: {}",
    "connect(host='h', password='{}', port=1)",
    "connect(password={}, port=1)",
    "--password {} --verbose",
    "--password={}",
    "--db-password '{}'",
    "api_key={}",
    "apiKey: '{}'",
    "x-api-key: {}",
    "client_secret={}&grant=1",
    "aws_secret_access_key = {}",
    '"aws_session_token": "{}"',
    "secret_key='{}'",
    "?token={}&page=2",
    "access_token={}",
    "Authorization: Bearer {}",
    "'Authorization': 'Basic {}'",
    '"authorization": "token {}"',
    "postgresql://etl:{}@db.example:5432/dwh",
    "mysql+pymysql://root:{}@10.0.0.1/x",
    "https://user:{}@git.example/repo.git",
    "redis://:{}@cache:6379/0",
    "Server=db;Uid=sa;Pwd={};Database=x",
    "AccountKey={};EndpointSuffix=core",
    "CREATE USER etl WITH PASSWORD '{}'",
    "<password>{}</password>",
    "os.environ['DB_PASSWORD'] = '{}'",
    "{{'name': 'DB_PASSWORD', 'value': '{}'}}",
    "curl -u admin:{} https://a.example",
    "requests.get(url, auth=('etl', '{}'))",
    "extra__snowflake__password={}",
    "private_key_passphrase: {}",
    "https://hooks.slack.com/services/T0001/B0002/{}",
    "fernet_key = {}",
    "Set-Cookie: session={}; Path=/",
    "sqlplus scott/{}@//db.example:1521/orcl",
)


def _cases():
    rng = random.Random(7)
    for name, make in TOKENS.items():
        for place in TOKEN_PLACES:
            secret = make(rng)
            yield f"{name} in {place}", secret, place.format(secret)
    for place in KEYED_PLACES:
        for length, alphabet in (
            (8, LETTERS),
            (16, LETTERS),
            (24, LETTERS + "_-."),
            (32, LETTERS),
            (40, LETTERS),
            (44, BASE64),
        ):
            if "/" in alphabet and "//" in place:
                alphabet = LETTERS  # noqa: PLW2901 - a slash in a URL's password is written as %2F
            secret = _random(rng, length, alphabet)
            yield f"{length} in {place}", secret, place.format(secret)


CASES = list(_cases())


def test_there_are_300_secrets():
    assert len(CASES) >= 300


@pytest.mark.parametrize(("secret", "text"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_secret_does_not_leave(secret, text):
    masked = mask(text)

    assert secret not in masked
    assert secret[2:-2] not in masked
    assert mask(masked) == masked


AWKWARD = {
    "a quote in it": ('"password": "hu\\"nter2"', "nter2"),
    "special characters": ("DB_PASSWORD=p&ss;w(rd", "w(rd"),
    "an at sign": ("postgres://u:p@ss@host/db", "p@ss"),
    "a slash": ("postgres://u:p@ss/w0rd@host:5432/db", "w0rd"),
    "beside its key id": ("AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "wJalrXUt"),
    "a cut quote": ("token='abcdef123456", "abcdef"),
    "a cut key": ("-----BEGIN RSA PRIVATE KEY-----\\nMIIEpAIBAAK", "MIIEp"),
    "an empty line before": ("secret\n\npassword=hunter2", "hunter2"),
    "a DSN in an exception": (
        'OperationalError: connection to "host=db user=etl password=hunter2" failed',
        "hunter2",
    ),
    "a header in curl": ('curl -H "Authorization: Bearer abc.DEF-123" https://a.example', "abc.DEF"),
    "an aws signature": (
        "https://b.s3.amazonaws.com/k?X-Amz-Signature=0a1b2c3d4e5f60718293a4b5c6d7e8f9&X-Amz-Expires=60",
        "0a1b2c3d",
    ),
    "a random value behind any key": ("salt_value=Zm9vYmFyMTIzNDU2Nzg5MEFCQ0RFRg", "Zm9vYmFy"),
}


@pytest.mark.parametrize(("text", "secret"), AWKWARD.values(), ids=AWKWARD)
def test_awkward_secret_does_not_leave(text, secret):
    assert secret not in mask(text)


def test_whole_private_key_goes():
    body = "\n".join(_random(random.Random(i), 64, BASE64) for i in range(5))
    text = f"key:\n-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\nend"

    assert mask(text) == "key:\n***\nend"


def test_lone_line_of_a_private_key_goes():
    line = _random(random.Random(3), 64, BASE64)

    assert mask(line) == "***"


INNOCENT = (
    "password = Variable.get('db_password')",
    "password={{ var.value.db_password }}",
    "password=${DB_PASSWORD}",
    "password=$DB_PASSWORD",
    "password=os.environ['DB_PASSWORD']",
    "password=os.getenv('DB_PASSWORD')",
    "password=conn.password",
    "password=%(password)s",
    "password=None",
    'password=""',
    "password=<password>",
    "password=***",
    "token = get_token()",
    "def f(password: str) -> None:",
    "postgres_conn_id='warehouse'",
    "aws_conn_id=aws_default",
    "conn_id `warehouse_main` isn't defined",
    "max_tokens=512",
    "tokens: 1234",
    "prompt_tokens=33 completion_tokens=12",
    "next_token: 17",
    "invalid token: unexpected end of JSON",
    "Unexpected token '}' at line 3",
    'password authentication failed for user "etl"',
    "the secret is out",
    "secret_name=prod/warehouse",
    "token_url=https://login.example/oauth",
    "primary_key=customer_id",
    "partition_key=2026-11-20",
    "s3_key=raw/2026/11/20/orders.parquet",
    "pass=3 fail=1",
    "PWD=/home/airflow",
    "sha256=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "commit=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
    "run_id=manual__2026-11-20T06:00:00.123456+00:00",
    "ti_id=01a1fce4-b29d-7cf4-b0fa-aa97b400a1ab",
    "https://a.example:8080/x?page=2",
    "see user@example.com",
    "task_id=load_customer_orders_into_warehouse_daily",
    "SELECT count(*) FROM tokens WHERE pass = 1",
    "order 4111111111111112 shipped",
    "epoch 1700000000000000",
    "session closed",
    "cookie banner shown",
    "Authorization failed for user x",
    "basic authentication is off",
    "bearer of bad news",
    "arn:aws:iam::123456789012:role/etl",
    "secret=arn:aws:secretsmanager:eu:1:secret:x",
    "password_file=/run/secrets/pw",
    'File "/opt/airflow/dags/shop.py", line 17, in load',
    "[2026-11-20T06:00:00.1Z] {x.py:1} INFO - ok",
    "credentials=False",
    "auth=None",
    "api_key=settings.API_KEY",
    "KeyError: 'token'",
    "signature: (a, b)",
    "npm install left-pad",
    "image=registry.example/etl@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
)


@pytest.mark.parametrize("text", INNOCENT)
def test_innocent_text_stays(text):
    assert mask(text) == text


HOSTILE = (
    'password="',
    "a://",
    "a",
    "password=",
    "-----BEGIN PRIVATE KEY-----",
    "1 ",
    "eyJa",
    "authorization:",
    "a=aaaaaaaaaaaaaaaaaaaaaaaa",
    "://a:b",
    "name:",
    "curl ",
    "AKIA",
    "x/y@",
    "pass ",
    "'",
    "--token ",
    "\\",
    "=",
    "a.",
    "-",
    "token: ",
    "sk-",
    "name=password value",
)


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_costs_linear_time(piece):
    def seconds(size):
        text = piece * (size // len(piece))
        start = time.process_time()
        mask(text)
        return time.process_time() - start

    small = max(min(seconds(50_000) for _ in range(2)), 0.002)

    # Quadratic work would be a hundred times as much.
    assert seconds(500_000) < 40 * small


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_masking_twice_changes_nothing_more(text):
    once = mask(text)

    assert mask(once) == once
