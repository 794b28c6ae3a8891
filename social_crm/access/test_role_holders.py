"""Who is offered where somebody with a role is asked for."""

import frappe

from social_crm.access import role_holders
from social_crm.psychosocial.staff import professional_query
from social_crm.psychosocial.team import PROFESSIONAL_ROLE
from social_crm.testing import SocialCRMTestCase
from social_crm.testing_factories import make_user

HOLDER, OTHER = "tiene-el-rol@example.com", "sin-el-rol@example.com"


class TestRoleHolders(SocialCRMTestCase):
    def prepare(self) -> None:
        make_user(HOLDER, PROFESSIONAL_ROLE, "Gestor")
        make_user(OTHER, "Gestor")

    def test_each_holder_once_by_part_of_the_name_and_nobody_who_may_not_log_in(self) -> None:
        def names(roles: list[str], text: str = "el-rol") -> list[str]:
            return [row.name for row in role_holders.named(roles, text).run(as_dict=True)]

        self.assertEqual(names([PROFESSIONAL_ROLE]), [HOLDER])
        self.assertEqual(sorted(names([PROFESSIONAL_ROLE, "Gestor"])), sorted([HOLDER, OTHER]))
        self.assertEqual((names([]), names(["Gestor"], "nadie se llama asi")), ([], []))
        frappe.db.set_value("User", HOLDER, "enabled", 0)
        self.assertEqual(names([PROFESSIONAL_ROLE]), [])

    def test_the_link_to_a_professional_offers_professionals_alone(self) -> None:
        found = professional_query("User", "el-rol", "name", 0, 10, None)
        self.assertEqual([row[0] for row in found], [HOLDER])
