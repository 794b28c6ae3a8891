"""The certificate with which the organisation seals its actas: a PKCS#12 file and its passphrase.

Both are named in the site's configuration, never in the database: whoever may change records cannot sign.

    social_crm_seal_certificate   path of the file, absolute or from the site's folder
    social_crm_seal_passphrase    its passphrase
"""

import datetime
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import frappe
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID
from frappe import _
from frappe.installer import update_site_config
from pyhanko.sign import signers

PATH_KEY = "social_crm_seal_certificate"
PASSPHRASE_KEY = "social_crm_seal_passphrase"
DEMO_FILE = "seal-demo.p12"
DEMO_MARK = "DEMO"
_DEMO_YEARS = 3


class CertificateProblem(Exception):
    """The certificate cannot be used; the text says why, in the user's language."""


@dataclass(frozen=True)
class Certificate:
    """What people are told of a certificate. self_made: no authority vouches for it. until: ISO date of its last day."""

    subject: str
    issuer: str
    self_made: bool
    demo: bool
    until: str
    sha256: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def is_configured() -> bool:
    """Say whether the site names a certificate."""
    return bool(frappe.conf.get(PATH_KEY))


def load() -> tuple[signers.SimpleSigner, Certificate]:
    """Return what signs, and what is told of it.

    Raises:
        CertificateProblem: it cannot be read, or is not valid today.
    """
    path = _path()
    if not path.is_file():
        raise CertificateProblem(_("The certificate file named in the site's configuration does not exist."))
    passphrase = str(frappe.conf.get(PASSPHRASE_KEY) or "").encode()
    try:
        signer = signers.SimpleSigner.load_pkcs12(str(path), passphrase=passphrase or None)
    except (OSError, ValueError):
        signer = None
    if signer is None:
        raise CertificateProblem(
            _(
                "The certificate cannot be opened: its passphrase is wrong, or it is no PKCS#12 file with a key."
            )
        )
    found = described(signer.signing_cert)
    now = datetime.datetime.now(datetime.timezone.utc)
    if not signer.signing_cert.not_valid_before <= now <= signer.signing_cert.not_valid_after:
        raise CertificateProblem(
            _("The certificate {0} is not valid today (valid until {1}): renew it.").format(
                found.subject, found.until
            )
        )
    return signer, found


def described(certificate: Any) -> Certificate:
    """Return what is told of a certificate. certificate: of asn1crypto."""
    subject, issuer = (certificate.subject.native, certificate.issuer.native)
    return Certificate(
        subject=_name(subject),
        issuer=_name(issuer),
        self_made=certificate.self_signed != "no",
        demo=subject.get("organizational_unit_name") == DEMO_MARK,
        until=certificate.not_valid_after.date().isoformat(),
        sha256=certificate.sha256.hex(),
    )


def make_demo(organisation: str) -> Path:
    """Write a self-made certificate for demo and tests beside the site's configuration, and name it there.

    Raises:
        CertificateProblem: the site has a certificate of its own already.
    """
    if is_configured() and _path().name != DEMO_FILE:
        raise CertificateProblem(
            _("This site has a certificate of its own: it is not replaced by a demo one.")
        )
    passphrase = secrets.token_urlsafe(24)
    path = Path(frappe.get_site_path(DEMO_FILE))
    work = path.with_suffix(".new")
    work.touch(mode=0o600)
    work.write_bytes(_self_made(organisation, passphrase.encode()))
    work.replace(path)
    update_site_config(PATH_KEY, DEMO_FILE, validate=False)
    update_site_config(PASSPHRASE_KEY, passphrase, validate=False)
    return path


def remove_demo() -> None:
    """Take a demo certificate away again, and nothing else."""
    if not is_configured() or _path().name != DEMO_FILE:
        return
    path = _path()
    for key in (PATH_KEY, PASSPHRASE_KEY):
        update_site_config(key, "None", validate=False)
    path.unlink(missing_ok=True)


def _path() -> Path:
    path = Path(str(frappe.conf.get(PATH_KEY) or ""))
    return path if path.is_absolute() else Path(os.fspath(frappe.get_site_path(str(path))))


def _name(parts: dict[str, Any]) -> str:
    return str(parts.get("common_name") or parts.get("organization_name") or next(iter(parts.values()), ""))


def _self_made(organisation: str, passphrase: bytes) -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CO"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64] or "Social CRM"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, DEMO_MARK),
            x509.NameAttribute(NameOID.COMMON_NAME, "Sello de demostración (sin valor ante terceros)"),
        ]
    )
    now = datetime.datetime.now(datetime.timezone.utc)
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=365 * _DEMO_YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
    )
    certificate = builder.sign(key, hashes.SHA256())
    return pkcs12.serialize_key_and_certificates(
        b"sello", key, certificate, None, BestAvailableEncryption(passphrase)
    )
