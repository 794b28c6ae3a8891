"""The check of sizes finds long files and functions, in Python and in scripts."""

from local_bench.checks import sizes

BODY = "    x = 1\n" * 60


def test_short_code_passes(house):
    assert sizes.findings(house({"social_crm/a.py": "def f():\n" + BODY[: 59 * 10]})) == []


def test_long_function_is_found(house):
    assert [
        "f has 61 lines" in text for text in sizes.findings(house({"social_crm/a.py": "def f():\n" + BODY}))
    ] == [True]


def test_long_file_is_found(house):
    root = house({"social_crm/a.py": "x = 1\n" * 401, "social_crm/b.py": "x = 1\n" * 400})
    assert ["401 lines" in text for text in sizes.findings(root)] == [True]


def test_long_script_function_is_found(house):
    script = (
        "const f = async (frm) => {\n" + "    call();\n" * 60 + "};\n" + "function g() {\n    call();\n}\n"
    )
    assert [
        "a function of 62 lines" in text
        for text in sizes.findings(house({"social_crm/public/js/a.js": script}))
    ] == [True]


def test_dumping_ground_is_found(house):
    assert len(sizes.findings(house({"social_crm/utils.py": "x = 1\n"}))) == 1


def test_thick_controller_is_found(house, doctype):
    files = {
        "social_crm/m/doctype/loan/loan.json": doctype("Loan"),
        "social_crm/m/doctype/loan/loan.py": "x = 1\n" * 121,
    }
    assert ["controller" in text for text in sizes.findings(house(files))] == [True]
