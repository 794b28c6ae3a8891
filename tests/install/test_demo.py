"""The demo on a site of its own: computed figures, the bulk path, loading twice, removing, and uninstalling a used site."""

import json
from collections.abc import Iterator

import pytest

from local_bench import site as bench_site
from local_bench.bench import APP, Bench, demo_bench
from local_bench.processes import run
from local_bench.testing import benches

FAMILIES = 207
# Three blocks: the bulk path writes the first through the services and copies it twice.
BLOCK = 69
SEED = 11

PROLOGUE = """
import json, re, sys, frappe
frappe.init(site=sys.argv[1]); frappe.connect(); frappe.set_user("Administrator")
frappe.flags.mute_emails = True
from social_crm import demo
from social_crm.demo import owner, writer
"""

# Rows without what differs by nature: the moments of writing, the names that a die makes up, and who last saved a row of
# a table: that is told by its document.
ROWS = """
TIMES = {"creation", "modified", "recorded_on", "posted_at", "decided_on", "cast_at", "signed_at", "written_on", "content_hash", "verification_code", "heartbeat", "made_on", "known_from", "known_to", "registered_at", "last_sync", "last_push", "last_pull", "revoked_on", "received_at", "pdf_heartbeat", "server_time", "device_time"}
SEALED = {"Acta": {"closed_on", "seal_chain", "previous_hash"}, "Seal Chain": {"name", "chain_key", "last_hash"}, "Microcredit Committee": {"closed_on"}, "Confidential Note": {"sealed_content"}, "Microcredit Committee Item": {"voted_on"}, "Microcredit Standing": {"name"}}
def rows():
    raw = {table: frappe.db.sql(f"SELECT * FROM `tab{table}`", as_dict=True) for table in owner.tables()}
    made_up = {row["name"]: f"<{table}>" for table, found in raw.items() for row in found if "-" not in row["name"]}
    word = re.compile("[A-Za-z0-9]{10,}")
    def told(value):
        return word.sub(lambda match: made_up.get(match[0], match[0]), value) if isinstance(value, str) else str(value)
    return {
        table: sorted(json.dumps([(key, told(value)) for key, value in sorted(row.items()) if key not in TIMES | SEALED.get(table, set()) | ({"modified_by"} if "parentfield" in row else set())]) for row in found)
        for table, found in raw.items()
    }
def series():
    return {row[0]: row[1] for row in frappe.db.sql("SELECT name, current FROM tabSeries") if row[1]}
"""


# What lies on the disk for the site: contents of files, uploads that wait.
ON_DISK = """
import pathlib
def on_disk():
    root = pathlib.Path(frappe.get_site_path())
    places = [root / "private" / "files", root / "private" / "field_uploads", root / "public" / "files"]
    return sorted(str(path.relative_to(root)) for place in places if place.is_dir() for path in place.rglob("*") if path.is_file())
"""

# Somebody of the site tries the demo out: their entries go with the demo's loan, and so do papers that were made meanwhile.
USED_BY_OTHERS = """
from social_crm.field_records.services.sealed_pdf import making
from social_crm.field_records.services.sync import uploads
waiting = frappe.get_all("Acta", {"status": "Closed", "pdf_status": "Waiting"}, pluck="name")
assert len(waiting) == 6, waiting
acta = waiting[0]
making.make(acta)
assert frappe.db.get_value("Acta", acta, "pdf_status") == "Ready", frappe.db.get_value("Acta", acta, "pdf_problem")
frappe.set_user("gestor.cesar@demo.socialcrm.example")
uploads.keep_whole(b"#!AMR" + bytes(40), "nota.amr")
frappe.set_user("Administrator")
from social_crm.microcredit.services.repayments import record_repayment
loan = frappe.db.get_value("Microcredit", {"status": "Active"})
assert frappe.get_doc("Microcredit Repayment", record_repayment(loan, 1000)).owner == "Administrator"
"""


def python(bench: Bench, code: str) -> dict:
    """Run code on the site of a bench and return what it calls `answer`."""
    script = PROLOGUE + code + '\nprint("ANSWER" + json.dumps(answer, default=str))\nfrappe.destroy()\n'
    printed = run([str(bench.python), "-c", script, bench.site], cwd=bench.sites, env=bench.environment())
    return json.loads(printed.split("ANSWER", 1)[1].splitlines()[0])


def load_and_read(bench: Bench, bulk: bool) -> dict:
    return python(
        bench,
        f"{ROWS}\nwriter.load_demo({FAMILIES}, {SEED}, None, False, size={BLOCK}, bulk={bulk})\n"
        "answer = {'rows': rows(), 'series': series(), 'mark': owner.mark()}",
    )


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with benches.fresh(demo_bench(), "demo") as fresh:
        yield fresh


@pytest.fixture(scope="module")
def shipped(bench: Bench) -> dict:
    """What the site holds before any demo: what the app ships."""
    return python(
        bench, f"{ROWS}\n{ON_DISK}\nanswer = {{'rows': rows(), 'series': series(), 'disk': on_disk()}}"
    )


@pytest.fixture(scope="module")
def both(bench: Bench, shipped: dict) -> tuple[dict, dict, dict]:
    """What the bulk path wrote, what remained after its removal, and what the document path wrote."""
    copied = load_and_read(bench, bulk=True)
    left = python(
        bench,
        f"{ROWS}\n{ON_DISK}\n{USED_BY_OTHERS}\nused = on_disk()\ndemo.remove()\n"
        "answer = {'rows': rows(), 'series': series(), 'mark': owner.mark(), 'used': used, 'disk': on_disk()}",
    )
    written = load_and_read(bench, bulk=False)
    return copied, left, written


def test_the_site_is_at_home_in_colombia_for_everybody(bench):
    answer = python(
        bench,
        'answer = {"settings": [frappe.db.get_single_value("System Settings", field) for field in '
        '("language", "country", "time_zone")], "currency": frappe.db.get_default("currency"), '
        '"zones": sorted({row.defvalue for row in frappe.get_all("DefaultValue", {"defkey": "time_zone"}, ["defvalue"])} '
        '| {row.time_zone for row in frappe.get_all("User", {"name": ["in", ["Administrator", "Guest"]]}, ["time_zone"])})}',
    )
    assert answer == {
        "settings": ["es", "Colombia", "America/Bogota"],
        "currency": "COP",
        "zones": ["America/Bogota"],
    }


def test_the_bulk_path_writes_what_the_document_path_writes(both):
    copied, _left, written = both
    assert copied["rows"].keys() == written["rows"].keys()
    differing = {
        table: sorted(set(copied["rows"][table]) ^ set(written["rows"][table]))[:4]
        for table in written["rows"]
        if copied["rows"][table] != written["rows"][table]
    }
    assert differing == {}
    assert len(copied["rows"]["Family"]) == FAMILIES


def test_every_receipt_has_a_code_of_its_own(bench, both):
    answer = python(
        bench,
        "answer = [(row.docstatus > 0, row.verification_code) for doctype in ('Microcredit Repayment', 'Microcredit Disbursement')"
        " for row in frappe.get_all(doctype, fields=['docstatus', 'verification_code'])]",
    )
    assert all(bool(code) == posted for posted, code in answer)
    codes = [code for _posted, code in answer if code]
    assert len(codes) == len(set(codes)) > 3


def test_the_counters_stand_where_the_document_path_leaves_them(both):
    copied, _left, written = both
    assert copied["series"] == written["series"]


def test_removing_the_demo_leaves_nothing_of_it(shipped, both):
    """Only what the app ships is there again, row by row: no estimated usury cap stays behind."""
    _copied, left, _written = both
    assert left["rows"] == shipped["rows"]
    assert left["series"] == shipped["series"]
    assert "Microcredit Usury Cap" in shipped["rows"] and not shipped["rows"]["Family"]
    assert left["mark"] is None


def test_removing_the_demo_leaves_nothing_on_the_disk(shipped, both):
    _copied, left, _written = both
    kinds = {name.rpartition("/")[0] for name in left["used"]}
    assert kinds >= {"private/files", "private/field_uploads"} and any(
        name.endswith(".pdf") for name in left["used"]
    )
    assert left["disk"] == shipped["disk"]


def test_a_supervisor_finds_devices_and_conflicts(both):
    copied, _left, _written = both
    devices = [dict(json.loads(row)) for row in copied["rows"]["Field Device"]]
    assert {row["status"] for row in devices} == {"Active", "Revoked"}
    assert any(row["unsent"] != "0" for row in devices)
    conflicts = [dict(json.loads(row)) for row in copied["rows"]["Sync Conflict"]]
    assert sorted((row["kind"], row["status"]) for row in conflicts) == [
        ("Acta", "Open"),
        ("Correction", "Open"),
    ]
    assert copied["rows"]["Planned Visit"] and copied["rows"]["Visit Rule"]
    actas = [dict(json.loads(row)) for row in copied["rows"]["Acta"]]
    assert all((row["seal_number"] not in ("0", "None")) == (row["status"] == "Closed") for row in actas)


def test_loading_twice_changes_nothing(bench, both):
    before = python(bench, f"{ROWS}\nanswer = rows()")
    after = python(bench, f"{ROWS}\ndemo.load({FAMILIES}, {SEED})\nanswer = rows()")
    assert before == after


def test_another_demo_is_refused_while_one_is_there(bench, both):
    answer = python(
        bench,
        f"try:\n    demo.load({FAMILIES} + 1, {SEED}); answer = 'loaded'\nexcept frappe.ValidationError as error:\n    answer = str(error)",
    )
    assert answer != "loaded"


def test_the_cards_compute_what_the_plan_implies(bench, both):
    """Blocks of 69 round the quotas: what the home page shows is reckoned here from the rows by other means."""
    answer = python(
        bench,
        "from social_crm.income_generation.services import active_unit_rate_card\n"
        "from social_crm.higher_education.services import permanence_card\n"
        "started = frappe.db.count('Productive Unit', {'started_on': ['is', 'set']})\n"
        "active = frappe.db.count('Productive Unit', {'status': 'Active'})\n"
        "enrolled = len(set(frappe.get_all('FES Semester', filters={'enrolled_on': ['is', 'set']}, pluck='fes_student')))\n"
        "left = frappe.db.count('FES Student', {'phase': ['in', ['Withdrawn', 'Dropped Out', 'Expelled']]})\n"
        "answer = [active_unit_rate_card()['value'], active, started, permanence_card()['value'], left, enrolled]",
    )
    rate, active, started, permanence, left, enrolled = answer
    assert rate == round(100 * active / started, 2)
    assert permanence == round(100 * (enrolled - left) / enrolled, 2)


# What others keep about our records, each with a file: what a report showed, a sheet to import, a message with a paper.
WITH_FILES = """
for doctype, values in (
    ("Prepared Report", {"report_name": "FES Permanence", "status": "Completed"}),
    ("Data Import", {"reference_doctype": "Family", "import_type": "Insert New Records", "status": "Pending"}),
    ("Communication", {"reference_doctype": "Family", "reference_name": "FAM-00001", "subject": "Acta"}),
):
    row = frappe.get_doc({"doctype": doctype, "owner": "Administrator", **values})
    row.set_new_name()
    row.db_insert()
    place = {"attached_to_doctype": doctype, "attached_to_name": row.name}
    file = {"doctype": "File", "file_name": frappe.scrub(doctype) + ".txt", "content": doctype.encode(), "is_private": 1}
    frappe.get_doc({**file, **place}).insert()
from social_crm.field_records.services.sync import uploads
uploads.keep_whole(b"#!AMR" + bytes(40), "nota.amr")
frappe.db.commit()
answer = frappe.db.exists("Report", "FES Permanence")
"""


def test_uninstalling_a_site_in_use_leaves_no_trace(bench, both):
    """Every text of every table is looked through for our DocTypes, roles and the demo's people; Patch Log rows stay."""
    names = python(
        bench,
        "modules = frappe.get_module_list('social_crm')\n"
        "from social_crm.install import ROLES\n"
        "answer = frappe.get_all('DocType', filters={'module': ['in', modules]}, pluck='name') + list(ROLES)",
    )
    assert python(bench, WITH_FILES)
    bench_site.frappe(bench, "uninstall-app", APP, "--yes", "--no-backup")
    code = f"""
import json, sys, frappe
frappe.init(site=sys.argv[1]); frappe.connect()
names = set({sorted(set(names))!r})
found = []
for (table,) in frappe.db.sql("SHOW TABLES"):
    if table in ("tabPatch Log", "tabScheduled Job Log", "tabError Log"):
        continue
    for number, row in enumerate(frappe.db.sql(f"SELECT * FROM `{{table}}`", as_dict=True)):
        for column, value in row.items():
            text = value if isinstance(value, str) else ""
            if text in names or "demo.socialcrm.example" in text or "social_crm" in text:
                found.append([table, column, text[:80]])
found += [["File", "file_name", name] for name in frappe.get_all("File", filters={{"is_folder": 0}}, pluck="file_name")]
found += [["Prepared Report", "name", name] for name in frappe.get_all("Prepared Report", pluck="name")]
import pathlib
found += [["disk", str(path), ""] for path in pathlib.Path(frappe.get_site_path("private", "field_uploads")).glob("*")]
print("ANSWER" + json.dumps(found))
frappe.destroy()
"""
    printed = run([str(bench.python), "-c", code, bench.site], cwd=bench.sites, env=bench.environment())
    found = json.loads(printed.split("ANSWER", 1)[1].splitlines()[0])
    # By column first: the reader of a failure sees all the places.
    assert sorted({f"{table}.{column}" for table, column, _text in found}) == [], found[:20]
