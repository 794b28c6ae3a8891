"""PDF through Frappe's own print system: letterhead and page number stand on every page."""

import io

from pypdf import PdfReader

HEAD = "Fundación Prueba de Membrete"
HTML = """
<div id="header-html"><div class="letter-head">{{ letter_head }}</div></div>
<div id="footer-html"><p class="text-center">Hoja <span class="page"></span> de <span class="topage"></span></p></div>
<p>Primera hoja</p>
<div style="page-break-before: always"></div>
<p>Segunda hoja</p>
"""


def test_every_page_has_letterhead_and_number(client):
    administrator = client("System Manager")
    letterhead = administrator.create(
        "Letter Head",
        letter_head_name="Membrete de prueba",
        source="HTML",
        content=f"<p>{HEAD}</p>",
    )
    print_format = administrator.create(
        "Print Format",
        name="Formato de prueba de dos hojas",
        doc_type="Note",
        standard="No",
        custom_format=1,
        print_format_type="Jinja",
        html=HTML,
    )
    note = administrator.create("Note", title="Nota de prueba para imprimir", content="<p>x</p>")
    try:
        answer = administrator.call(
            "GET",
            "/api/method/frappe.utils.print_format.download_pdf",
            params={
                "doctype": "Note",
                "name": note["name"],
                "format": print_format["name"],
                "letterhead": letterhead["name"],
            },
        )
        assert answer.status_code == 200, answer.text[:500]
        pages = [
            " ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(answer.content)).pages
        ]
    finally:
        for doctype, document in (
            ("Note", note),
            ("Print Format", print_format),
            ("Letter Head", letterhead),
        ):
            administrator.call("DELETE", f"/api/resource/{doctype}/{document['name']}")
    assert [HEAD in text for text in pages] == [True, True]
    assert [f"Hoja {number} de 2" in text for number, text in enumerate(pages, 1)] == [True, True]
