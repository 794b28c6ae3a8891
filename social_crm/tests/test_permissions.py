"""Role x record x door: what one door shows, every door shows, and no door shows more."""

import frappe
from frappe.utils import add_days, nowdate

from social_crm.install import ROLES
from social_crm.permissions import visible
from social_crm.scopes import CHILD_TABLES, OWN_RULES, PROTECTED, SCOPES
from social_crm.testing import SocialCRMTestCase
from social_crm.testing_factories import assign, make_user
from social_crm.tests.doors import DOORS, HINTS, request
from social_crm.tests.rows import is_placed, make_place, put, put_row

READERS_OF_ALL = frozenset({"System Manager", "Social CRM Administrator", "M&E Analyst", "Auditor"})

# What each door asks of a role besides reading.
ALSO_ASKED = {"in_export": "export", "in_data_export": "export"}

SHORT_WALK = ("in_list", "in_form", "in_count", "in_export")

# DocTypes of ours with a link to people or places whose rows are nobody's in particular, and why.
NOT_LIMITED = {
    "Social Programme": "A programme is no person; all staff choose it. Who changes it is limited (assignments.py).",
    "Social CRM Settings": "One row of settings, without people.",
    "Territorial Division": "Public territory codes.",
    "Visit Rule": "How often whom of a community is visited: a rule that all staff follow, without a person.",
    "Seal Chain": "Numbers and hashes, and at most the number of one acta; whoever answers for all of them reads it.",
}


class TestRowPermissions(SocialCRMTestCase):
    def prepare(self) -> None:
        self.inside = make_place("Inside")
        self.outside = make_place("Outside")

    def login(self, role: str, **assignment: str) -> str:
        """Become a user who holds one role alone and is assigned to the community inside."""
        slug = role.lower().replace(" ", "-").replace("&", "and")
        user = make_user(f"{slug}@doors.example.com", role)
        assign(user, **(assignment or {"community": self.inside.community}))
        frappe.set_user(user)
        return user

    def reads(self, role: str, doctype: str, right: str = "read") -> bool:
        if right == "export" and role == "System Manager":
            # Frappe lets them export whatever they read, whatever the DocType says.
            right = "read"
        return bool(frappe.permissions.get_role_permissions(frappe.get_meta(doctype)).get(right))

    def test_every_door_agrees_for_every_role(self) -> None:
        rows = {
            doctype: (put_row(doctype, self.inside), put_row(doctype, self.outside)) for doctype in SCOPES
        }
        wrong = []
        for role in (*ROLES, "System Manager"):
            frappe.set_user("Administrator")
            self.login(role)
            for doctype, (inside, outside) in rows.items():
                # Reading is one rule for all roles; every door is walked as the staff of a community.
                doors = DOORS if role == "Gestor" else {door: DOORS[door] for door in SHORT_WALK}
                for door, shows in doors.items():
                    allowed = self.reads(role, doctype) and self.reads(
                        role, doctype, ALSO_ASKED.get(door, "read")
                    )
                    everywhere = allowed and role in READERS_OF_ALL
                    in_community = allowed if is_placed(doctype) else everywhere
                    for name, expected in ((inside, in_community), (outside, everywhere)):
                        if shows(doctype, name) != expected:
                            where = "inside" if name == inside else "outside"
                            wrong.append(
                                f"{role} {door} {doctype} {where}: {'hidden' if expected else 'shown'}"
                            )
        self.assertEqual(wrong, [])

    def test_no_door_hints_at_a_hidden_row(self) -> None:
        rows = {doctype: put_row(doctype, self.outside) for doctype in SCOPES}
        self.login("Gestor")
        shown = [
            f"{door} {doctype}"
            for doctype, name in rows.items()
            for door, shows in HINTS.items()
            if shows(doctype, name)
        ]
        self.assertEqual(shown, [])

    def test_rows_of_tables_follow_their_document(self) -> None:
        rows = {}
        for child, parents in CHILD_TABLES.items():
            if parents[0] in SCOPES:
                field = next(
                    f.fieldname for f in frappe.get_meta(parents[0]).get_table_fields() if f.options == child
                )
                rows[child] = [
                    put(
                        child,
                        parent=put_row(parents[0], place),
                        parenttype=parents[0],
                        parentfield=field,
                        idx=1,
                    )
                    for place in (self.inside, self.outside)
                ]
        self.login("Gestor")
        for child, (inside, outside) in rows.items():
            with self.subTest(child=child):
                allowed = self.reads("Gestor", CHILD_TABLES[child][0])
                self.assertEqual(DOORS["in_list"](child, inside), allowed)
                self.assertFalse(DOORS["in_list"](child, outside))
                self.assertFalse(DOORS["in_count"](child, outside))
                self.assertFalse(DOORS["in_form"](child, outside))

    def test_what_tells_of_a_person_is_hidden_with_the_person(self) -> None:
        kept = {where: self.put_references(getattr(self, where).person) for where in ("inside", "outside")}
        frappe.set_user("Administrator")
        self.login("Gestor")
        for doctype, name in kept["outside"].items():
            with self.subTest(doctype=doctype):
                for door in ("in_list", "in_form", "in_count", "in_list_count", "in_link_check", "in_value"):
                    self.assertFalse(DOORS[door](doctype, name), f"{door} {doctype}")
        for doctype in ("Contact", "Address", "File"):
            with self.subTest(doctype=doctype, where="inside"):
                for door in ("in_list", "in_form", "in_count"):
                    self.assertTrue(DOORS[door](doctype, kept["inside"][doctype]), f"{door} {doctype}")

    def put_references(self, person: str) -> dict[str, str]:
        contact = frappe.get_doc({"doctype": "Contact", "first_name": f"Contacto {person}"})
        contact.append("links", {"link_doctype": "Beneficiary", "link_name": person})
        address = frappe.get_doc(
            {"doctype": "Address", "address_title": f"Casa {person}", "address_line1": "Calle 1"}
        )
        address.update({"city": "Maicao", "country": "Colombia", "address_type": "Personal"})
        address.append("links", {"link_doctype": "Beneficiary", "link_name": person})
        file = frappe.get_doc(
            {"doctype": "File", "file_name": f"{person}.txt", "content": f"secreto {person}"}
        )
        file.update({"attached_to_doctype": "Beneficiary", "attached_to_name": person})
        names = {doc.doctype: doc.insert().name for doc in (contact, address, file)}
        self.assertEqual(frappe.db.get_value("File", names["File"], "is_private"), 1)
        names["ToDo"] = put("ToDo", reference_type="Beneficiary", reference_name=person, description="x")
        names["Tag Link"] = put(
            "Tag Link", document_type="Beneficiary", document_name=person, tag="x", title="Ana"
        )
        for doctype in ("Comment", "Communication", "Activity Log", "View Log"):
            names[doctype] = put(doctype, reference_doctype="Beneficiary", reference_name=person)
        names["Version"] = put("Version", ref_doctype="Beneficiary", docname=person, data="{}")
        return names

    def test_a_private_file_is_not_borrowed_by_its_address(self) -> None:
        frappe.set_user("Administrator")
        file = self.put_references(self.outside.person)["File"]
        url = frappe.db.get_value("File", file, "file_url")
        self.login("Gestor")
        with self.assertRaises(frappe.PermissionError):
            frappe.get_doc({"doctype": "File", "file_url": url, "file_name": "x.txt"}).insert()
        photo = frappe.get_doc("Beneficiary", self.inside.person)
        photo.photo = url
        with self.assertRaises(frappe.PermissionError):
            photo.save()

    def test_nothing_is_created_in_or_moved_to_a_place_of_others(self) -> None:
        self.login("Gestor")
        commitment = {"doctype": "Commitment", "subject": "Visitar", "status": "Open", "due_date": nowdate()}
        commitment.update({"responsible_party": "Staff", "responsible": frappe.session.user})
        own = frappe.get_doc({**commitment, "community": self.inside.community}).insert()
        for values in (
            {"community": self.outside.community},
            {"family": self.outside.family},
            {"beneficiary": self.outside.person},
            # A place of one's own does not cover for a link to somebody else's.
            {"beneficiary": self.inside.person, "community": self.outside.community},
        ):
            with self.subTest(values=values):
                with self.assertRaises(frappe.PermissionError):
                    frappe.get_doc({**commitment, **values}).insert()
                with self.assertRaises(frappe.PermissionError):
                    frappe.get_doc("Commitment", own.name).update(values).save()

    def test_a_forged_document_does_not_open_a_row(self) -> None:
        name = put_row("Commitment", self.outside)
        self.login("Gestor")
        forged = frappe.get_doc({"doctype": "Commitment", "name": name, "community": self.inside.community})
        forged.modified = frappe.db.get_value("Commitment", name, "modified")
        self.assertFalse(frappe.has_permission("Commitment", "read", doc=forged))
        with self.assertRaises(frappe.PermissionError):
            request("run_doc_method", docs=frappe.as_json(forged.as_dict()), method="get_title")

    def test_links_to_hidden_people_are_not_written_anywhere(self) -> None:
        self.login("Gestor")
        contact = frappe.get_doc({"doctype": "Contact", "first_name": "X"})
        contact.append("links", {"link_doctype": "Beneficiary", "link_name": self.outside.person})
        todo = frappe.get_doc({"doctype": "ToDo", "description": "x"})
        todo.update({"reference_type": "Beneficiary", "reference_name": self.outside.person})
        for doc in (contact, todo):
            with self.assertRaises(frappe.PermissionError):
                doc.insert()

    def test_fields_of_linked_people_are_not_listed(self) -> None:
        put_row("Commitment", self.inside)
        self.login("Gestor")
        with self.assertRaises(frappe.PermissionError):
            request("frappe.client.get_list", doctype="Commitment", fields='["beneficiary.birth_date"]')
        self.assertTrue(
            request("frappe.client.get_list", doctype="Commitment", fields='["beneficiary.full_name"]')
        )

    def test_records_are_not_shared_one_by_one(self) -> None:
        user = make_user("shared@doors.example.com", "Gestor")
        with self.assertRaises(frappe.PermissionError):
            frappe.share.add("Family", self.outside.family, user)


class TestAssignments(SocialCRMTestCase):
    def prepare(self) -> None:
        self.inside = make_place("Inside")
        self.outside = make_place("Outside")
        self.user = make_user("dated@doors.example.com", "Gestor")

    def sees(self, place: object) -> bool:
        frappe.set_user(self.user)
        try:
            return DOORS["in_list"]("Family", place.family)
        finally:
            frappe.set_user("Administrator")

    def test_only_assignments_of_today_count(self) -> None:
        for first, last, expected in (
            (add_days(nowdate(), -9), None, True),
            (nowdate(), nowdate(), True),
            (add_days(nowdate(), -9), add_days(nowdate(), -1), False),
            (add_days(nowdate(), 1), None, False),
        ):
            with self.subTest(first=first, last=last):
                row = assign(self.user, self.inside.community, from_date=first, to_date=last)
                self.assertEqual(self.sees(self.inside), expected)
                row.delete()
                self.assertFalse(self.sees(self.inside))

    def test_a_programme_gives_all_its_communities(self) -> None:
        assign(self.user, programme=self.inside.programme)
        self.assertTrue(self.sees(self.inside))
        self.assertFalse(self.sees(self.outside))

    def test_a_programme_in_a_community_gives_its_own_rows_and_those_of_none(self) -> None:
        assign(self.user, self.inside.community, self.inside.programme)
        own = put_row("Commitment", self.inside)
        of_others = put_row("Commitment", self.inside, programme=self.outside.programme)
        of_none = put_row("Commitment", self.inside, programme=None)
        frappe.set_user(self.user)
        shown = [DOORS["in_list"]("Commitment", name) for name in (own, of_others, of_none)]
        self.assertEqual(shown, [True, False, True])

    def test_rows_follow_the_family_to_its_present_community(self) -> None:
        assign(self.user, self.inside.community)
        visit = put_row("Goods Delivery", self.outside, programme=None)
        frappe.set_user(self.user)
        self.assertFalse(DOORS["in_list"]("Goods Delivery", visit))
        frappe.db.set_value("Family", self.outside.family, "community", self.inside.community)
        self.assertTrue(DOORS["in_list"]("Goods Delivery", visit))

    def test_nobody_widens_their_own_sight(self) -> None:
        director = make_user("director@doors.example.com", "Programme Director")
        assign(director, programme=self.inside.programme)
        frappe.set_user(director)
        given = {"doctype": "Staff Assignment", "user": director, "from_date": nowdate()}
        for values in (
            {"community": self.outside.community},
            {"programme": self.outside.programme},
            # Every programme of the community would be more than the one programme of the director.
            {"community": self.inside.community},
        ):
            with self.subTest(values=values), self.assertRaises(frappe.PermissionError):
                frappe.get_doc({**given, **values}).insert()
        programme = frappe.get_doc("Social Programme", self.inside.programme)
        programme.append("communities", {"community": self.outside.community})
        with self.assertRaises(frappe.PermissionError):
            programme.save()

    def test_a_community_that_left_a_programme_does_not_come_back_unasked(self) -> None:
        programme = frappe.get_doc("Social Programme", self.inside.programme)
        left = {"community": self.outside.community, "from_date": "2020-01-01", "to_date": "2021-12-31"}
        programme.append("communities", left)
        programme.save()
        director = make_user("director@doors.example.com", "Programme Director")
        assign(director, programme=self.inside.programme)
        frappe.set_user(director)
        self.assertFalse(DOORS["in_list"]("Family", self.outside.family))
        for last in (None, add_days(nowdate(), 30)):
            programme = frappe.get_doc("Social Programme", self.inside.programme)
            next(row for row in programme.communities if row.community == left["community"]).to_date = last
            with self.subTest(last=last), self.assertRaises(frappe.PermissionError):
                programme.save()
        programme = frappe.get_doc("Social Programme", self.inside.programme)
        programme.description = "x"
        programme.save()
        self.assertFalse(DOORS["in_list"]("Family", self.outside.family))

    def test_who_opens_a_community_is_assigned_to_it(self) -> None:
        director = make_user("director@doors.example.com", "Programme Director")
        assign(director, programme=self.inside.programme)
        frappe.set_user(director)
        name = f"Nueva {frappe.generate_hash(length=6)}"
        municipality = frappe.db.get_value("Community", self.inside.community, "municipality")
        doc = {"doctype": "Community", "community_name": name, "kind": "Host", "municipality": municipality}
        frappe.get_doc(doc).insert()
        self.assertTrue(DOORS["in_list"]("Community", name))

    def test_hostile_names_stay_names(self) -> None:
        # A backslash before the closing quote ends a literal that only doubles its quotes.
        name = f"x\\' OR 1=1 -- {frappe.generate_hash(length=4)}"
        frappe.db.set_value(
            "Staff Assignment", assign(self.user, self.inside.community).name, "community", name
        )
        frappe.local.social_crm_grants = {}
        self.assertFalse(self.sees(self.outside))


class TestScopes(SocialCRMTestCase):
    def test_every_doctype_about_people_is_limited_or_has_a_reason(self) -> None:
        modules = frappe.get_all("Module Def", filters={"app_name": "social_crm"}, pluck="name")
        # All DocTypes of the app, whoever runs the test.
        ours = frappe.get_all(
            "DocType", filters={"module": ("in", modules)}, fields=["name", "istable", "issingle"]
        )
        places = {"Beneficiary", "Family", "Community", *SCOPES}
        missing = []
        for doctype in ours:
            meta = frappe.get_meta(doctype.name)
            about_people = {field.options for field in meta.get_link_fields()} & places
            if doctype.istable:
                parents = [
                    other.name
                    for other in ours
                    if any(f.options == doctype.name for f in frappe.get_meta(other.name).get_table_fields())
                ]
                unknown = [
                    p for p in parents if p in PROTECTED and p not in CHILD_TABLES.get(doctype.name, ())
                ]
                missing += [f"{doctype.name} in {parent}: CHILD_TABLES" for parent in unknown]
            elif about_people and doctype.name not in (*PROTECTED, *NOT_LIMITED):
                missing.append(f"{doctype.name}: links to {', '.join(sorted(about_people))}")
        self.assertEqual(missing, [])

    def test_scopes_name_real_fields(self) -> None:
        for doctype, scope in SCOPES.items():
            meta = frappe.get_meta(doctype)
            for field, target in scope.paths:
                with self.subTest(doctype=doctype, field=field):
                    self.assertIn(target, SCOPES)
                    if field != "name":
                        self.assertEqual(meta.get_field(field).options, target)
                        indexed = meta.get_field(field).search_index or self.begins_an_index(doctype, field)
                        self.assertTrue(indexed, f"no index: {doctype}.{field}")
            if scope.programme_field:
                self.assertEqual(meta.get_field(scope.programme_field).options, "Social Programme")

    def begins_an_index(self, doctype: str, field: str) -> bool:
        statistics = frappe.qb.Schema("information_schema").statistics
        query = (
            frappe.qb.from_(statistics)
            .select(statistics.index_name)
            .where(statistics.table_schema == frappe.conf.db_name)
            .where(statistics.table_name == f"tab{doctype}")
            .where(statistics.column_name == field)
            .where(statistics.seq_in_index == 1)
        )
        return bool(query.run())

    def test_nothing_of_ours_is_in_the_global_search(self) -> None:
        found = [
            f"{doctype}.{field.fieldname}"
            for doctype in (*PROTECTED, *CHILD_TABLES)
            for field in frappe.get_meta(doctype).fields
            if field.in_global_search
        ]
        self.assertEqual(found, [])

    def test_only_the_readers_of_all_are_unlimited(self) -> None:
        for role in (*ROLES, "System Manager"):
            user = make_user("unlimited@doors.example.com", role)
            with self.subTest(role=role):
                self.assertEqual(visible("Family", user) is None, role in READERS_OF_ALL)
                for doctype in OWN_RULES:
                    self.assertIsNotNone(visible(doctype, user))
