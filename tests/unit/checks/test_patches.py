"""The check of patches finds what is not listed, not there, or cannot run."""

import pytest

from local_bench.checks import patches

LISTED = "[post_model_sync]\nsocial_crm.patches.fill_keys\n"
GOOD = "def execute():\n    pass\n"


def test_listed_patch_passes(house):
    root = house({"social_crm/patches.txt": LISTED, "social_crm/patches/fill_keys.py": GOOD})
    assert patches.findings(root) == []


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"social_crm/patches.txt": LISTED}, "does not exist"),
        (
            {"social_crm/patches.txt": LISTED, "social_crm/patches/fill_keys.py": "x = 1\n"},
            "needs a function",
        ),
        ({"social_crm/patches/fill_keys.py": GOOD}, "not listed"),
        (
            {
                "social_crm/patches.txt": LISTED + "social_crm.patches.fill_keys\n",
                "social_crm/patches/fill_keys.py": GOOD,
            },
            "twice",
        ),
        ({"social_crm/patches.txt": "[pre_model_sync]\nexecute:frappe.db.commit()\n"}, "statement"),
    ],
)
def test_each_fault_is_found(house, files, said):
    found = patches.findings(house(files))
    assert len(found) == 1
    assert said in found[0]
