"""What lies in a bench's database: its tables and the names of their rows; and what the site's configuration names."""

from __future__ import annotations

import json

from local_bench.bench import Bench
from local_bench.processes import run

_CODE = """
import json, sys, frappe
frappe.init(site=sys.argv[1]); frappe.connect()
tables = [row[0] for row in frappe.db.sql("SHOW TABLES")]
rows = {}
for table in tables:
    columns = [row[0] for row in frappe.db.sql(f"SHOW COLUMNS FROM `{table}`")]
    key = "name" if "name" in columns else ("doctype" if "doctype" in columns else None)
    if key:
        rows[table] = sorted({str(row[0]) for row in frappe.db.sql(f"SELECT `{key}` FROM `{table}`")})
print("SNAPSHOT" + json.dumps({"tables": sorted(tables), "rows": rows}))
frappe.destroy()
"""


def snapshot(bench: Bench) -> dict:
    """Return {"tables": [name], "rows": {table: [name of a row]}, "config": [key]} of a bench whose database runs."""
    printed = run([str(bench.python), "-c", _CODE, bench.site], cwd=bench.sites, env=bench.environment())
    config = json.loads((bench.site_folder / "site_config.json").read_text())
    return {**json.loads(printed.split("SNAPSHOT", 1)[1].splitlines()[0]), "config": sorted(config)}
