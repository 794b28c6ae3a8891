"""Solidarity groups with their loans, the committee's sessions, and the usury caps that a demo of any day needs."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from social_crm.demo import loans, places
from social_crm.demo.people import PlannedFamily
from social_crm.demo.quotas import outcomes
from social_crm.demo.users import DOMAIN

Values = dict[str, Any]
PRODUCT = "Microcrédito solidario"
SECOND = f"suplente.comite@{DOMAIN}"
ROLES = ("Chair", "Treasurer", "Secretary", "Member", "Member")
SMALLEST = 3
FORTNIGHT = 14
PERIODS = 10
AMOUNTS = (1_200_000, 900_000, 800_000, 1_000_000, 700_000)
# Income and expenses of a member's household, alike enough for one example.
HOUSEHOLD: tuple[Values, ...] = (
    {"kind": "Income", "concept": "Ventas del negocio", "amount": 260_000, "frequency": "Weekly"},
    {"kind": "Income", "concept": "Jornales", "amount": 180_000, "frequency": "Fortnightly"},
    {"kind": "Expense", "concept": "Mercado", "amount": 110_000, "frequency": "Weekly"},
    {"kind": "Expense", "concept": "Servicios públicos", "amount": 60_000, "frequency": "Monthly"},
    {"kind": "Debt", "concept": "Almacén", "amount": 45_000, "frequency": "Monthly"},
)
# How far back caps are registered, in months.
MONTHS = 12
SOURCE = "Estimación de la demostración: repite el último certificado."


@dataclass(frozen=True)
class PlannedMember:
    """A member: position of the family in the block, role, what is asked for, instalments paid; None: no majority of votes."""

    position: int
    role: str
    amount: int
    paid: int | None


@dataclass(frozen=True)
class PlannedGroup:
    """A group and the session that lent to it."""

    name: str
    community: str
    rule: str
    formed_on: date
    disbursed_on: date
    members: tuple[PlannedMember, ...]

    @property
    def met_on(self) -> date:
        """The day of the committee."""
        return self.disbursed_on - timedelta(days=3)

    @property
    def applied_on(self) -> date:
        """The day of the applications."""
        return self.disbursed_on - timedelta(days=12)


def plan(families: Sequence[PlannedFamily], seed: int, today: date, size: int) -> tuple[PlannedGroup, ...]:
    """Return the groups of a block: in the two communities where most families have no microcredit.

    One group is on time; in the other a member stopped paying, and one application found no majority.
    """
    lent = outcomes("loans", seed, size)
    free: dict[str, list[int]] = defaultdict(list)
    for family in families:
        if lent[family.position] is None:
            free[family.family["community"]].append(family.position)
    chosen = sorted(free, key=lambda community: (-len(free[community]), community))[:2]
    made = []
    for number, community in enumerate(chosen):
        positions = free[community][: len(ROLES)]
        if len(positions) >= SMALLEST:
            made.append(_group(number, community, positions, today))
    return tuple(made)


def _group(number: int, community: str, positions: Sequence[int], today: date) -> PlannedGroup:
    is_late = number == 1
    disbursed = today - timedelta(days=100 if is_late else 80)
    due = (today - disbursed).days // FORTNIGHT
    paid: list[int | None] = [due] * len(positions)
    if is_late:
        paid[1] = due - 4
        paid[-1] = None
    members = tuple(
        PlannedMember(position, ROLES[at], AMOUNTS[at], paid[at]) for at, position in enumerate(positions)
    )
    name = "Manos Unidas" if is_late else "Nuevos Caminos"
    rule = "By Amount Lent" if is_late else "Equal Parts"
    formed = disbursed - timedelta(days=60)
    return PlannedGroup(f"{name} de {community}", community, rule, formed, disbursed, members)


def write(heads: dict[int, str], planned: PlannedGroup) -> None:
    """Write a group as its people do: the officer brings it together, the committee votes, the officer pays out.

    heads: the head of the family at each position of the block.
    """
    import frappe

    from social_crm.demo.steps import insert, walk_to
    from social_crm.microcredit.services import committee
    from social_crm.microcredit.services.disbursement import disburse

    user = frappe.session.user
    try:
        frappe.set_user(loans.OFFICER)
        group = insert("Solidarity Group", **_group_values(heads, planned))
        wanted = {}
        for member in planned.members:
            application = insert(
                "Microcredit Application",
                beneficiary=heads[member.position],
                solidarity_group=group.name,
                **_request(planned, member),
            )
            wanted[walk_to(application, "In Committee").name] = member
        session = insert("Microcredit Committee", **_session(planned.met_on, wanted, planned.community))
        _vote(session.name, wanted)
        frappe.set_user(loans.COMMITTEE)
        decided = committee.close_session(session.name)
        frappe.set_user(loans.OFFICER)
        for name, member in wanted.items():
            if decided[name] == "Approved":
                loans.repay(disburse(name, str(planned.disbursed_on)), member.paid or 0)
    finally:
        frappe.set_user(user)


def write_open_session(applications: Sequence[str], today: date) -> None:
    """Call the next session of the committee, with the applications that wait for it and a first vote."""
    import frappe

    from social_crm.demo.steps import insert
    from social_crm.microcredit.services.committee import cast_vote

    if not applications:
        return
    user = frappe.session.user
    try:
        frappe.set_user(loans.OFFICER)
        values = _session(today, applications)
        session = insert("Microcredit Committee", **values)
        frappe.set_user(SECOND)
        cast_vote(
            session.name, applications[0], "In Favour", "Conozco el negocio: vende bien los fines de semana."
        )
    finally:
        frappe.set_user(user)


def ensure_caps(today: date) -> None:
    """Register the last certified cap of each modality for the later months, so that a demo of any day can lend.

    They are the demo's, and go with it: nobody should lend by an estimate.
    """
    import frappe
    from frappe.utils import get_first_day, get_last_day

    from social_crm.demo.steps import insert
    from social_crm.microcredit.services import caps

    # The generator works on the whole site and for nobody's eyes.
    known = frappe.get_all(
        "Microcredit Usury Cap", fields=["modality", "cap"], order_by="valid_from asc, modality asc"
    )
    last = {row.modality: row.cap for row in known}
    month = get_first_day(today, 0, -MONTHS)
    for _ in range(MONTHS + 2):
        for modality, cap in sorted(last.items()):
            if not caps.is_known(modality, month):
                end = get_last_day(month)
                insert(
                    "Microcredit Usury Cap",
                    modality=modality,
                    valid_from=month,
                    valid_to=end,
                    cap=cap,
                    source=SOURCE,
                )
        month = get_first_day(month, 0, 1)


def seal_copies() -> None:
    """Note anew what was voted on in copied sessions: a fingerprint covers the application's own name and rows."""
    import frappe

    from social_crm.microcredit.services import fingerprints

    filters = {"voted_on": ["is", "set"], "owner": ["like", f"%@{DOMAIN}"]}
    # The generator works on the whole site and for nobody's eyes.
    for row in frappe.get_all("Microcredit Committee Item", filters, ["name", "application", "voted_on"]):
        application = frappe.get_doc("Microcredit Application", row.application)
        if fingerprints.changed(row.voted_on, application):
            values = {"voted_on": fingerprints.of(application)}
            frappe.db.set_value("Microcredit Committee Item", row.name, values, update_modified=False)


def _group_values(heads: dict[int, str], planned: PlannedGroup) -> Values:
    return {
        "group_name": planned.name,
        "community": planned.community,
        "programme": places.GENERAL,
        "formed_on": planned.formed_on,
        "meeting_day": "Saturday",
        "meeting_place": "Salón comunal",
        "credit_officer": loans.OFFICER,
        "liability_rule": planned.rule,
        "rules_agreed": "Nos reunimos cada quince días. Si a una persona le falta la cuota, las demás la cubren.",
        "members": [
            {
                "beneficiary": heads[member.position],
                "member_role": member.role,
                "from_date": planned.formed_on,
            }
            for member in planned.members
        ],
    }


def _request(planned: PlannedGroup, member: PlannedMember) -> Values:
    return {
        "product": PRODUCT,
        "programme": places.GENERAL,
        "application_date": planned.applied_on,
        "expected_disbursement": planned.disbursed_on,
        "credit_officer": loans.OFFICER,
        "requested_amount": member.amount,
        "requested_periods": PERIODS,
        "monthly_rate": loans.MONTHLY_RATE,
        "purpose": "Capital de trabajo para el negocio de la familia.",
        "household_items": [dict(row) for row in HOUSEHOLD],
    }


def _session(day: date, applications: Any, community: str | None = None) -> Values:
    return {
        "meeting_date": day,
        "programme": places.GENERAL,
        "community": community,
        "place": "Oficina de la corporación",
        "chair": loans.COMMITTEE,
        "members": [
            {"user": loans.COMMITTEE, "attends": 1, "capacity_of": "Presidencia"},
            {"user": SECOND, "attends": 1, "capacity_of": "Representante de la comunidad"},
        ],
        "agenda": [{"application": name} for name in applications],
        "minutes": "Se verificó el quórum y se revisó la capacidad de pago de cada hogar.",
    }


def _vote(session: str, wanted: dict[str, PlannedMember]) -> None:
    import frappe

    from social_crm.microcredit.services.committee import cast_vote

    for name, member in wanted.items():
        frappe.set_user(loans.COMMITTEE)
        cast_vote(session, name, "In Favour")
        frappe.set_user(SECOND)
        if member.paid is None:
            cast_vote(session, name, "Against", "Ya tiene otro préstamo con un vecino.")
        else:
            cast_vote(session, name, "In Favour")
