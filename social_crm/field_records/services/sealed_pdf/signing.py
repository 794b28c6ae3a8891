"""PAdES: signs a PDF with the organisation's certificate, and says what a signature found in a PDF is worth."""

import io
from dataclasses import dataclass

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

FIELD = "Sello"
_MARK = "sha256:"


@dataclass(frozen=True)
class Signature:
    """What stands in a signed PDF. whole: it covers the whole file, and the file is what was signed.

    content_hash: the seal of the acta that the signature names. certificate: SHA-256 of the signer's certificate.
    """

    whole: bool
    content_hash: str
    certificate: str


def sign(pdf: bytes, signer: signers.SimpleSigner, acta: str, content_hash: str) -> bytes:
    """Return the PDF with a certifying PAdES signature that permits no change and names the seal of the acta."""
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        reason=f"{acta} {_MARK}{content_hash}",
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    out = io.BytesIO()
    signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), metadata, signer, output=out)
    return out.getvalue()


def read(pdf: bytes) -> Signature | None:
    """Return the seal of a PDF, or None when it has none that can be read. Whom the certificate belongs to is not judged."""
    try:
        found = [one for one in PdfFileReader(io.BytesIO(pdf)).embedded_signatures if one.field_name == FIELD]
        if len(found) != 1:
            return None
        # What is asked is whether the bytes are those that were signed, so the signer is taken for its own authority.
        context = ValidationContext(trust_roots=[found[0].signer_cert], allow_fetching=False)
        status = validate_pdf_signature(found[0], context)
        reason = str(found[0].sig_object.get("/Reason") or "")
        return Signature(
            whole=bool(
                status.intact and status.valid and status.coverage == SignatureCoverageLevel.ENTIRE_FILE
            ),
            content_hash=reason.partition(_MARK)[2],
            certificate=status.signing_cert.sha256.hex(),
        )
    except Exception:
        # A file that cannot be read to its end is not what was signed, whatever the reader stumbled over: there is no end to
        # the kinds of error that damaged bytes raise in it.
        return None
