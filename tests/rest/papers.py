"""An application with all that its papers can speak of, and the session of the committee that approves it."""

from lending import apply
from test_origination import CLOSE, VOTE


def ask_for(officer, place, product: str, group: str) -> str:
    """An application with its household and its guarantor."""
    return officer.create(
        "Microcredit Application",
        product=product,
        beneficiary=place["person"],
        solidarity_group=group,
        application_date="2025-11-05",
        expected_disbursement="2025-11-10",
        requested_amount=12_000_000,
        requested_periods=36,
        purpose="Comprar dos novillas",
        credit_officer=officer.user,
        household_items=[
            {
                "kind": "Income",
                "concept": "Venta de leche",
                "amount": 45_000,
                "frequency": "Daily",
                "counted": 90,
            },
            {
                "kind": "Expense",
                "concept": "Mercado",
                "amount": 100_000,
                "frequency": "Weekly",
                "counted": 100,
            },
        ],
        guarantors=[
            {
                "guarantor_name": "José Ñáñez",
                "document_number": "17.999.001",
                "relationship": "Vecino",
                "telephone": "300 000 0002",
                "address": "Vereda El Cerro",
            }
        ],
    )["name"]


def decide(officer, committee, place, application: str) -> str:
    """The session of the committee that approves it, by one vote of two members."""
    for action in ("Send to Review", "Send to Committee"):
        apply(officer, "Microcredit Application", application, action)
    session = committee.create(
        "Microcredit Committee",
        meeting_date="2025-11-08",
        community=place["community"],
        chair=committee.user,
        members=[
            {"user": committee.user, "attends": 1, "capacity_of": "Presidencia"},
            {"user": officer.user, "attends": 0, "capacity_of": "Secretaría"},
        ],
        agenda=[{"application": application, "conditions": "Marcar las novillas"}],
        minutes="<p>Se leyó el acta anterior.</p>",
    )["name"]
    committee.method(
        VOTE, committee=session, application=application, vote="In Favour", remark="Buen negocio"
    )
    committee.method(CLOSE, committee=session)
    return session
