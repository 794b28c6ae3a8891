import base64
import io
import json
import tempfile
from pathlib import Path

import frappe
from frappe.utils import add_to_date, now_datetime, set_request
from PIL import Image
from pypdf import PdfReader

from social_crm.field_records import factories as make
from social_crm.field_records.services import chain_checks, seals
from social_crm.field_records.services.sealed_pdf import certificate, making, rendering, signing, standing
from social_crm.field_records.verification_page import ActaVerification
from social_crm.print_formats import jinja
from social_crm.testing import SocialCRMTestCase

PASSPHRASE = "prueba de sello"


class TestSealedPDF(SocialCRMTestCase):
    def prepare(self) -> None:
        make.make_team()
        frappe.set_user(make.GESTOR)

    def setUp(self) -> None:
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "sello.p12"
        self.path.write_bytes(certificate._self_made("Fundación Prueba", PASSPHRASE.encode()))
        for key, value in (
            (certificate.PATH_KEY, str(self.path)),
            (certificate.PASSPHRASE_KEY, PASSPHRASE),
        ):
            self.addCleanup(frappe.conf.__setitem__, key, frappe.conf.get(key))
            frappe.conf[key] = value

    def made(self):
        doc, *_files = make.sealed()
        making.make(doc.name)
        return frappe.get_doc("Acta", doc.name)

    def bytes_of(self, doc) -> tuple[Path, bytes]:
        path = Path(frappe.get_doc("File", doc.pdf_file).get_full_path())
        return path, path.read_bytes()

    def test_made_twice_it_is_the_same_until_it_is_signed(self) -> None:
        doc = self.made()
        self.assertEqual((doc.pdf_status, doc.pdf_problem), ("Ready", None))
        told = json.loads(doc.pdf_made_with)["certificate"]
        self.assertTrue(told["self_made"] and told["demo"])
        for size, width in (("A4", 595), ("Letter", 612)):
            first, second = (rendering.render(doc, size, told) for _time in range(2))
            self.assertEqual(first, second)
            page = PdfReader(io.BytesIO(first)).pages[0]
            self.assertEqual(round(float(page.mediabox.width)), width)
        self.assertTrue(making.is_rebuilt_equal(doc))
        # What others are called since does not change what was signed.
        frappe.set_user("Administrator")
        frappe.db.set_value("Family", doc.family, "family_name", "Otro apellido")
        frappe.db.set_value("User", doc.gestor, "full_name", "Otro nombre")
        self.assertTrue(making.is_rebuilt_equal(doc))
        frappe.db.set_value("Acta", doc.name, "place", "Otra parte", update_modified=False)
        self.assertFalse(making.is_rebuilt_equal(frappe.get_doc("Acta", doc.name)))

    def test_the_paper_speaks_the_language_of_its_template(self) -> None:
        frappe.set_user("Administrator")
        rows = [
            {"field_type": "begin_repeat", "field_name": "goods", "label": "Goods"},
            {"field_type": "text", "field_name": "good", "label": "Good"},
            {"field_type": "decimal", "field_name": "price", "label": "Price"},
            {"field_type": "end_repeat"},
            {
                "field_type": "calculate",
                "field_name": "total",
                "label": "Total",
                "calculation": "sum(${price})",
            },
            {"field_type": "integer", "field_name": "year", "label": "Year"},
        ]
        goods = [{"good": "Loom", "price": 185000.5}, {"good": "Yarn", "price": 9000}]
        answers = {"goods": goods, "year": 2024}
        for language, tag, told in (
            ("English (en)", "en", ("Field minutes", "Participants and signatures", "Page 1 of 1")),
            ("Español (es)", "es-CO", ("Acta de campo", "Participantes y firmas", "Página 1 de 1")),
        ):
            frappe.set_user("Administrator")
            template = make.make_template(questions=rows, default_language=language)
            template.update({"status": "Published"}).save()
            frappe.set_user(make.GESTOR)
            lame = {"signature": "", "cannot_sign": 1, "cannot_sign_reason": "No ve"}
            witness = {"witness_name": "Rosa Ipuana", "witness_signature": make.SIGNATURE}
            signer = make.participant("Luis Uriana", **lame, **witness)
            doc = make.close(make.make_acta(template=template.name, answers=answers, participants=[signer]))
            making.make(doc.name)
            doc = frappe.get_doc("Acta", doc.name)
            reader = PdfReader(io.BytesIO(self.bytes_of(doc)[1]))
            text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
            amounts = (
                ("185,000.5", "9,000", "194,000.5") if tag == "en" else ("185.000,5", "9.000", "194.000,5")
            )
            for one in (*told, *amounts, "2024", "Rosa Ipuana"):
                self.assertIn(one, text)
            self.assertIn("Signature of the witness" if tag == "en" else "Firma del testigo", text)
            self.assertEqual(reader.trailer["/Root"]["/Lang"], tag)
            self.assertTrue(making.is_rebuilt_equal(doc))

    def test_the_paper_of_another_renderer_is_told_apart(self) -> None:
        doc = self.made()
        with_ = json.loads(doc.pdf_made_with)
        self.assertIn(f" paper {rendering.PAPER} ", with_["renderer"])
        # As the releases before wrote it, with what they drew.
        before = {**with_, "renderer": with_["renderer"].replace(f" paper {rendering.PAPER} ", " ")}
        values = {"pdf_made_with": json.dumps(before), "pdf_unsealed_sha256": "0" * 64}
        frappe.db.set_value("Acta", doc.name, values, update_modified=False)
        frappe.set_user("Administrator")
        self.assertEqual(making.rebuild(doc.name), {"equal": False, "same_renderer": False})
        # What was signed then stands.
        self.assertEqual(standing.find(doc.verification_code), standing.Standing(True, True))

    def test_photos_that_go_to_the_next_page_leave_no_gap_and_the_pages_count_right(self) -> None:
        frappe.set_user("Administrator")
        photos = [{"field_type": "image", "field_name": f"foto{n}", "label": f"Foto {n}"} for n in range(5)]
        rows = [*photos, {"field_type": "text", "field_name": "fin", "label": "Final"}]
        template = make.make_template(questions=rows)
        template.update({"status": "Published"}).save()
        frappe.set_user(make.GESTOR)
        doc = make.make_acta(template=template.name, answers={})
        out = io.BytesIO()
        Image.new("RGB", (400, 300), "green").save(out, "PNG")
        content = base64.b64encode(out.getvalue()).decode()
        answers = {photo["field_name"]: make.attach(doc, content).file_url for photo in photos}
        doc.reload()
        doc.update({"answers": {**answers, "fin": "Fin de la visita"}}).save()
        doc = make.close(doc)
        told = certificate.load()[1].as_dict()
        for size in ("A4", "Letter"):
            pages = PdfReader(io.BytesIO(rendering.render(doc, size, told))).pages
            texts = [" ".join(page.extract_text().split()) for page in pages]
            self.assertEqual(
                [f"Página {n} de {len(pages)}" in text for n, text in enumerate(texts, 1)],
                [True] * len(pages),
            )
            # Three lines of photos, signatures and seal: two pages, where gaps made them three.
            self.assertEqual(len(pages), 2)

    def test_administrators_and_auditors_have_the_paper_made_again_and_compared(self) -> None:
        doc = self.made()
        with self.assertRaises(frappe.PermissionError):
            making.rebuild(doc.name)
        frappe.set_user("Administrator")
        self.assertEqual(making.rebuild(doc.name), {"equal": True, "same_renderer": True})
        frappe.db.set_value("Acta", doc.name, "place", "Otra parte", update_modified=False)
        self.assertEqual(making.rebuild(doc.name), {"equal": False, "same_renderer": True})
        frappe.db.set_value("Acta", doc.name, "pdf_status", "Waiting", update_modified=False)
        with self.assertRaises(frappe.ValidationError):
            making.rebuild(doc.name)

    def test_one_flipped_byte_makes_the_signature_invalid(self) -> None:
        doc = self.made()
        _path, content = self.bytes_of(doc)
        signature = signing.read(content)
        self.assertEqual((signature.whole, signature.content_hash), (True, doc.content_hash))
        begin, length, rest, _last = PdfReader(io.BytesIO(content)).get_fields()["Sello"]["/V"]["/ByteRange"]
        self.assertEqual(begin, 0)
        for place in (10, length // 3, length // 2, length - 5, rest + 40, len(content) - 10):
            changed = bytearray(content)
            changed[place] ^= 1
            with self.subTest(place=place):
                found = signing.read(bytes(changed))
                self.assertFalse(found and found.whole and found.content_hash == doc.content_hash)
        self.assertFalse(signing.read(content + b"\n% more").whole)
        self.assertIsNone(signing.read(b"%PDF-1.4"))

    def test_the_paper_and_the_page_say_when_something_changed(self) -> None:
        doc = self.made()
        self.assertEqual(standing.find(doc.verification_code.lower()), standing.Standing(True, True))
        self.assertIn('class="card valid"', self.page(doc))
        path, content = self.bytes_of(doc)
        other = make.sealed()[0]
        making.make(other.name)
        _path, foreign = self.bytes_of(frappe.get_doc("Acta", other.name))
        for changed in (content[:-3] + b"xyz", foreign, b"", None):
            path.unlink() if changed is None else path.write_bytes(changed)
            self.assertEqual(standing.standing(doc), standing.Standing(True, False))
            self.assertFalse(seals.verify(doc.name)["valid"])
        # Whoever changes the hash in the database as well does not have the key.
        path.write_bytes(foreign)
        digest = frappe.db.get_value("Acta", other.name, "pdf_sha256")
        frappe.db.set_value("Acta", doc.name, "pdf_sha256", digest, update_modified=False)
        self.assertFalse(standing.standing(frappe.get_doc("Acta", doc.name)).pdf)
        path.write_bytes(content)
        frappe.db.set_value("Acta", doc.name, "pdf_sha256", doc.pdf_sha256, update_modified=False)
        self.assertIn('class="card valid"', self.page(doc))
        frappe.db.set_value("Acta Participant", doc.participants[0].name, "document_number", "CC 2")
        shown = self.page(doc)
        self.assertIn('class="card altered"', shown)
        for hidden in (doc.name, doc.participants[0].participant_name, doc.content_hash, doc.title):
            self.assertNotIn(hidden, shown)

    def page(self, doc) -> str:
        before = getattr(frappe.local, "request", None)
        path = f"{standing.PATH}/{doc.verification_code}"
        set_request(method="GET", path=path)
        try:
            return ActaVerification(path).render().get_data(as_text=True)
        finally:
            # While a request to read is under way, Frappe commits with every print: what a test wrote would stay.
            del frappe.local.request
            if before is not None:
                frappe.local.request = before

    def test_without_a_certificate_it_waits_and_with_a_wrong_one_it_says_so(self) -> None:
        doc, *_files = make.sealed()
        frappe.conf[certificate.PATH_KEY] = None
        making.make(doc.name)
        state = making.state(doc.name)
        self.assertEqual((state["status"], state["has_certificate"]), ("No Certificate", False))
        self.assertTrue(seals.verify(doc.name)["valid"])
        frappe.conf[certificate.PATH_KEY] = str(self.path)
        for key, value, word in (
            (certificate.PASSPHRASE_KEY, "wrong", "passphrase|contraseña"),
            (certificate.PATH_KEY, "/no/such/file.p12", "does not exist|no existe"),
        ):
            before, frappe.conf[key] = frappe.conf[key], value
            making.make(doc.name)
            self.assertEqual(making.state(doc.name)["status"], "Failed")
            self.assertRegex(making.state(doc.name)["problem"], word)
            frappe.conf[key] = before
        making.make(doc.name)
        self.assertEqual(making.state(doc.name)["status"], "Ready")
        # Once it is there, nothing more happens.
        making.make(doc.name)
        filters = {
            "attached_to_name": doc.name,
            "attached_to_doctype": "Acta",
            "file_name": ["like", "%.pdf"],
        }
        self.assertEqual(frappe.db.count("File", filters), 1)

    def test_a_lost_worker_is_followed_by_another(self) -> None:
        doc, *_files = make.sealed()
        late = add_to_date(now_datetime(), seconds=-making.LOST_SECONDS - 60)
        frappe.db.set_value("Acta", doc.name, {"pdf_status": "In Progress", "pdf_heartbeat": now_datetime()})
        making.make(doc.name)
        self.assertEqual(making.state(doc.name)["status"], "In Progress", "another worker is at it")
        frappe.db.set_value("Acta", doc.name, "pdf_heartbeat", late)
        making.resume()
        self.assertEqual(making.state(doc.name)["status"], "Waiting")
        making.make(doc.name)
        self.assertEqual(making.state(doc.name)["status"], "Ready")

    def test_the_chain_of_an_altered_acta_is_reported(self) -> None:
        doc, *_files = make.sealed()
        chain_checks.check(doc.seal_chain)
        self.assertEqual(frappe.db.get_value("Seal Chain", doc.seal_chain, "check_status"), "Intact")
        frappe.db.set_value("Acta", doc.name, "place", "Otra", update_modified=False)
        chain_checks.nightly()
        head = frappe.get_doc("Seal Chain", doc.seal_chain)
        self.assertEqual((head.check_status, head.broken_acta), ("Broken", doc.name))
        self.assertIn(str(doc.seal_number), head.check_problem)

    def test_photos_stand_upright_and_are_no_larger_than_paper_needs(self) -> None:
        doc = make.make_acta()
        lying = Image.new("RGB", (3000, 1000), "green")
        exif = lying.getexif()
        exif[0x0112] = 6
        out = io.BytesIO()
        lying.save(out, "JPEG", exif=exif)
        file = frappe.get_doc(
            {
                "doctype": "File",
                "file_name": f"{frappe.generate_hash(length=8)}.jpg",
                "content": out.getvalue(),
                "is_private": 1,
                "attached_to_doctype": "Acta",
                "attached_to_name": doc.name,
            }
        ).insert()
        # Older platforms take the note out of what is uploaded in the Desk; field apps' photos keep it.
        Path(file.get_full_path()).write_bytes(out.getvalue())
        uri = jinja.attached_photo(file.file_url, "Acta", doc.name)
        shown = Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])))
        self.assertEqual((shown.height, shown.height > shown.width), (1400, True))
