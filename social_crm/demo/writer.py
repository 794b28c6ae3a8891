"""The document path: writes planned rows through the services and workflows that people use."""

from dataclasses import dataclass, field
from datetime import date, datetime

import frappe
from frappe import _
from frappe.utils import getdate, now_datetime, nowdate
from frappe.utils.password import update_password

from social_crm.demo import (
    actas,
    care,
    cases,
    devices,
    groups,
    loans,
    owner,
    people,
    places,
    students,
    treasury,
    units,
    visits,
)
from social_crm.demo.people import PlannedFamily
from social_crm.demo.quotas import BLOCK
from social_crm.demo.steps import insert, told
from social_crm.demo.users import DEMO_USERS, DOMAIN
from social_crm.microcredit.services.alerts import finding


@dataclass
class Block:
    """A written block: the plan of its families, and the names that they and their members were given."""

    families: list[PlannedFamily]
    names: list[str] = field(default_factory=list)
    members: list[list[str]] = field(default_factory=list)


def load_demo(
    families: int, seed: int, today: str | None, force: bool, size: int = BLOCK, bulk: bool = True
) -> None:
    """Make the demo and commit; see `social_crm.demo.load`.

    size: families of a block. bulk: whether whole blocks after the first are copied instead of written one by one.
    """
    day = getdate(today or nowdate())
    present = owner.mark()
    if present:
        _settle_with(present, families, seed)
        return
    owner.refuse_real_data(force)
    started = now_datetime()
    user = frappe.session.user
    frappe.set_user("Administrator")
    muted, frappe.flags.mute_emails = frappe.flags.mute_emails, True
    # What the services write in words is read by people of the demo.
    language, frappe.local.lang = frappe.local.lang, "es"
    try:
        write_users()
        write_places(day)
        ensure_minimum_wages(day)
        groups.ensure_caps(day)
        treasury.write(day)
        _write_families(families, seed, day, size, bulk, started)
        treasury.write_bank_file(day)
        visits.write(day)
        devices.write(day)
        finding.write_down(day)
        actas.seal_some()
        owner.own(started)
        owner.remember(families, seed, str(day))
        frappe.db.commit()  # A command of its own: the whole demo, or nothing of it.
    finally:
        frappe.flags.mute_emails = muted
        frappe.local.lang = language
        frappe.set_user(user)
    frappe.clear_cache()


def _settle_with(present: dict, families: int, seed: int) -> None:
    if (present["families"], present["seed"]) == (families, seed):
        print(f"The demo with {families} families is on the site already.")
        return
    frappe.throw(
        _("The site holds a demo of {0} families (seed {1}). Remove it first.").format(
            present["families"], present["seed"]
        ),
        title=_("Demo Data"),
    )


def _write_families(families: int, seed: int, day: date, size: int, bulk: bool, started: datetime) -> None:
    whole, rest = divmod(families, size)
    if whole:
        write_block(seed, 0, day, size)
        if bulk and whole > 1:
            from social_crm.demo.stamp import stamp_blocks

            owner.own(started)
            stamp_blocks(seed, day, size, whole, started)
        else:
            for block in range(1, whole):
                write_block(seed, block, day, size)
    if rest:
        write_block(seed, whole, day, size, rest)


def write_users() -> None:
    """Create the users of the demo, one for each role; the password is the site's, or made up and printed."""
    password = frappe.conf.get("social_crm_demo_password")
    if not password:
        password = frappe.generate_hash(length=12)
        print(f"Password of the demo users: {password}")
    for email, role, full_name in DEMO_USERS:
        if frappe.db.exists("User", email):
            continue
        first, _space, last = full_name.partition(" ")
        user = frappe.get_doc(
            {
                "doctype": "User",
                "email": email,
                "first_name": first,
                "last_name": last,
                "language": "es",
                "time_zone": "America/Bogota",
                "send_welcome_email": 0,
                "user_type": "System User",
            }
        )
        user.append("roles", {"role": role})
        user.flags.no_welcome_mail = True
        user.insert()
        # Our own generated password, not a person's: the policy for people's passwords does not apply.
        update_password(email, password)


def write_places(today: date) -> None:
    """Write divisions, communities, programmes and assignments, leaving those that the site has already."""
    for row in places.plan(today):
        key = row.get("code") or row.get("community_name") or row.get("programme_name")
        if not frappe.db.exists(row["doctype"], key):
            frappe.get_doc(row).insert()
    for row in places.assignments(today, DOMAIN):
        frappe.get_doc(row).insert()


def write_block(seed: int, number: int, today: date, size: int, count: int | None = None) -> Block:
    """Write one block of families with everything that hangs on them."""
    from social_crm.social_crm.services import families as service

    block = Block(people.plan_block(seed, number, today, size, count))
    total = len(block.families)
    for planned in told(f"Families, block {number + 1}", block.families, total):
        name = service.register_family(
            planned.family, [dict(one.values) for one in planned.members], planned.registered_on
        )
        block.names.append(name)
        block.members.append(_members_of(name))
    for index, planned in told("Work with families", list(enumerate(block.families)), total):
        care.write(block.names[index], block.members[index], care.plan(planned, seed, today))
    treasury.contribute(total, today)
    heads = {
        planned.position: members[0] for planned, members in zip(block.families, block.members, strict=True)
    }
    care.write_activities(care.plan_activities(block.families, seed, number, today), heads)
    waiting = []
    for index, planned in told("Income and credit", list(enumerate(block.families)), total):
        waiting += _write_livelihood(planned, block.members[index], seed, today, size)
    for group in groups.plan(block.families, seed, today, size):
        groups.write(heads, group)
    groups.write_open_session(waiting, today)
    for index, planned in told("Students", list(enumerate(block.families)), total):
        student = students.plan(planned, seed, today, size)
        if student:
            students.write(block.members[index], student)
    _write_visits(block, seed, today, size, first=number == 0)
    return block


def _write_visits(block: Block, seed: int, today: date, size: int, first: bool) -> None:
    """Write the actas and the psychosocial cases of a block; confidential notes only in the first one."""
    opened = []
    for index, planned in told("Actas and cases", list(enumerate(block.families)), len(block.families)):
        acta = actas.plan(planned, seed, today, size)
        if acta:
            actas.write(block.names[index], block.members[index], acta)
        case = cases.plan(planned, seed, today, size)
        if case:
            opened.append(cases.write(block.names[index], block.members[index], case))
    if first:
        cases.write_notes(opened)


def _write_livelihood(
    planned: PlannedFamily, members: list[str], seed: int, today: date, size: int
) -> list[str]:
    """Write the unit and the microcredit of a family; return the application if it waits for the committee."""
    unit = units.plan(planned, seed, today, size)
    name = units.write(planned, members, unit) if unit else None
    loan = loans.plan(planned, seed, today, size)
    if not loan:
        return []
    application = loans.write(members[unit.owner if unit else 0], name, loan)
    return [application] if loan.state == loans.STATES["committee"] else []


def _members_of(family: str) -> list[str]:
    """Return the members in the order in which they were registered: the order of their numbers."""
    # The generator works on the whole site and for nobody's eyes.
    return frappe.get_all(
        "Family Membership", filters={"family": family}, pluck="beneficiary", order_by="beneficiary asc"
    )


def ensure_minimum_wages(today: date) -> None:
    """Register an estimated minimum wage for years after the last known one, so that the demo can be made on any day."""
    # The generator works on the whole site and for nobody's eyes.
    known = frappe.get_all("Minimum Wage", fields=["year", "monthly_value"], order_by="year desc", limit=1)
    if not known:
        return
    last, value = int(known[0].year), known[0].monthly_value
    for year in range(last + 1, today.year + 1):
        value = round(value * 1.07, -3)
        insert("Minimum Wage", year=year, monthly_value=value, source="Estimación de la demostración")
