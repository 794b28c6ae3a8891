"""The guard of endpoints finds untyped ones and ones that never ask."""

import pytest

from local_bench.checks import endpoints

HEAD = "import frappe\n\n"
ASKS = "    frappe.has_permission('Family', 'read', name, throw=True)\n"


def found(house, text, **more):
    return endpoints.findings(house({"social_crm/api.py": HEAD + text, **more}))


def test_typed_endpoint_that_asks_passes(house):
    assert found(house, f"@frappe.whitelist()\ndef split(name: str) -> str:\n{ASKS}    return name\n") == []


def test_asking_in_a_function_of_the_app_counts(house):
    service = {"social_crm/services.py": f"def split_family(name: str) -> str:\n{ASKS}    return name\n"}
    text = (
        "@frappe.whitelist(methods=['POST'])\ndef split(name: str) -> str:\n    return split_family(name)\n"
    )
    assert found(house, text, **service) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"@frappe.whitelist()\ndef split(name) -> str:\n{ASKS}", "no type for name"),
        (f"@frappe.whitelist()\ndef split(name: str):\n{ASKS}", "no type for return"),
        (
            "@frappe.whitelist()\ndef split(name: str) -> str:\n    return frappe.get_all(name)\n",
            "never asks",
        ),
        (
            "x = 1\n\n\n@frappe.whitelist(allow_guest=True)\ndef ping() -> str:\n    return 'pong'\n",
            "open to guests",
        ),
    ],
)
def test_each_fault_is_found(house, text, said):
    answer = found(house, text)
    assert len(answer) == 1
    assert said in answer[0]


def test_two_functions_of_one_name_must_both_ask(house):
    service = {
        "social_crm/a.py": f"def split_family(name: str) -> str:\n{ASKS}",
        "social_crm/b.py": "def split_family(name: str) -> str:\n    return name\n",
    }
    text = "@frappe.whitelist()\ndef split(name: str) -> str:\n    return split_family(name)\n"
    assert len(found(house, text, **service)) == 1
