"""Certificates and kubeconfigs of one test cluster: a CA of its own, valid for a week."""

import datetime
import ipaddress
from dataclasses import dataclass
from pathlib import Path

import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

VALID = datetime.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a certificate speaks for: a user name, its groups, and for servers their addresses."""

    name: str
    groups: tuple[str, ...] = ()
    dns: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


class Authority:
    """Issues certificates into a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "dagaudit-test-ca")])
        self._certificate = (
            _builder(subject, subject, self._key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.certificate_path = folder / "ca.crt"
        self.certificate_path.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))
        self.key_path = _write_key(folder / "ca.key", self._key)

    def issue(self, file_name: str, identity: Identity) -> tuple[Path, Path]:
        """A certificate good as client and as server; the paths of certificate and key."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name(
            [
                *(x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in identity.groups),
                x509.NameAttribute(NameOID.COMMON_NAME, identity.name),
            ]
        )
        usages = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
        builder = _builder(subject, self._certificate.subject, key.public_key()).add_extension(
            x509.ExtendedKeyUsage(usages), critical=False
        )
        names = [
            *(x509.DNSName(name) for name in identity.dns),
            *(x509.IPAddress(ipaddress.ip_address(address)) for address in identity.addresses),
        ]
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        certificate = self.folder / f"{file_name}.crt"
        certificate.write_bytes(
            builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        )
        return certificate, _write_key(self.folder / f"{file_name}.key", key)

    def kubeconfig(self, file_name: str, identity: Identity, server: str) -> Path:
        """A kubeconfig that signs in as the identity."""
        certificate, key = self.issue(file_name, identity)
        path = self.folder / f"{file_name}.kubeconfig"
        path.write_text(
            yaml.safe_dump(
                {
                    "apiVersion": "v1",
                    "kind": "Config",
                    "clusters": [
                        {
                            "name": "test",
                            "cluster": {
                                "server": server,
                                "certificate-authority": str(self.certificate_path),
                            },
                        }
                    ],
                    "users": [
                        {
                            "name": identity.name,
                            "user": {"client-certificate": str(certificate), "client-key": str(key)},
                        }
                    ],
                    "contexts": [{"name": "test", "context": {"cluster": "test", "user": identity.name}}],
                    "current-context": "test",
                }
            )
        )
        path.chmod(0o600)
        return path


def service_account_keys(folder: Path) -> tuple[Path, Path]:
    """The key pair that service account tokens are signed with: (private, public)."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = folder / "service-accounts.pub"
    public.write_bytes(
        key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    return _write_key(folder / "service-accounts.key", key), public


def _builder(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + VALID)
    )


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> Path:
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    )
    return path
