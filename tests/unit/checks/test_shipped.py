"""The check of shipped files finds a document that does not fit its schema or its own parts."""

from pathlib import Path

from local_bench.checks import shipped

ROOT = Path(__file__).parents[3]
STATES = [{"state": "Draft"}, {"state": "Approved"}]


def test_document_with_audit_fields_breaks_the_schema():
    import json

    schema = json.loads((ROOT / shipped.SCHEMA).read_text())
    right = {"doctype": "Vulnerability Type", "name": "Elderly"}
    assert shipped.schema_problems(schema, right) == []
    assert shipped.schema_problems(schema, {**right, "modified": "2026-01-01"}) != []
    assert shipped.schema_problems(schema, {"doctype": "Vulnerability Type"}) != []


def test_sound_workflow_passes():
    transitions = [{"state": "Draft", "next_state": "Approved", "action": "Approve"}]
    assert shipped.workflow_problems({"states": STATES, "transitions": transitions}) == []


def test_transition_to_nowhere_and_unreachable_state_are_found():
    transitions = [{"state": "Draft", "next_state": "Paid"}]
    found = shipped.workflow_problems({"states": STATES, "transitions": transitions})
    assert ["Paid" in text or "Approved" in text for text in found] == [True, True]


def test_state_named_twice_is_found():
    twice = [{"state": "Draft", "allow_edit": "Gestor"}, {"state": "Draft", "allow_edit": "Gestor"}]
    found = shipped.workflow_problems({"states": twice, "transitions": []})
    assert found == ["state 'Draft' appears twice for Gestor"]


def test_state_with_two_editing_roles_passes():
    two = [{"state": "Draft", "allow_edit": "Gestor"}, {"state": "Draft", "allow_edit": "Income Advisor"}]
    assert shipped.workflow_problems({"states": two, "transitions": []}) == []
