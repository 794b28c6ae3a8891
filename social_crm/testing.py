"""What the tests of the app share; importable on any bench, on every Frappe version we run on."""

from __future__ import annotations

import copy
from typing import Any, ClassVar

import frappe
from frappe.cache_manager import user_cache_keys
from frappe.core.doctype.user import user as _user
from frappe.model.document import Document

from social_crm.access.assignments import forget_grants

try:
    from frappe.tests import IntegrationTestCase as _BaseTestCase  # v16
except ImportError:
    from frappe.tests.utils import FrappeTestCase as _BaseTestCase  # v15

_SAVEPOINT = "records_of_the_class"
# What waits for the end of the transaction, by name of the list in Frappe.
_UNDO = ("before_rollback", "after_rollback")
_WAITING = ("before_commit", "after_commit", *_UNDO)


def before_tests() -> None:
    """Keep Frappe's sample records (users, e-mail accounts) out of the site: it commits them. Ours are rolled back."""
    frappe.flags.skip_test_records = True  # v16 knows no such flag: see setUpClass
    # At every saving of a user Frappe notes for the whole site whose e-mail account waits for a password, and empties every
    # cache of the site with that, twice a test: reading all DocTypes anew was three quarters of the time of these tests.
    # There are no e-mail accounts here.
    if hasattr(_user, "ask_pass_update"):
        _user.ask_pass_update = lambda: None


class _Prepared:
    """The state after `prepare`: a savepoint, what waited for its end, who was logged in, and what the test was given."""

    def __init__(self, given: dict[str, Any]) -> None:
        self._given = copy.deepcopy(given)
        self._user = frappe.session.user
        self._waiting = {name: tuple(getattr(frappe.db, name)._functions) for name in _WAITING}
        frappe.db.savepoint(_SAVEPOINT)

    def undo(self) -> bool:
        """Undo what came after it; False where the test ended the transaction, so that nothing is left to go back to."""
        try:
            frappe.db.rollback(save_point=_SAVEPOINT)
        except frappe.db.OperationalError:
            return False
        for name, before in self._waiting.items():
            waiting = getattr(frappe.db, name)._functions
            later = list(waiting)[len(before) :] if name in _UNDO else []
            waiting.clear()
            waiting.extend(before)
            for function in later:
                function()
        return True

    def give(self) -> dict[str, Any]:
        """Become who was logged in; a copy of what the test was given."""
        frappe.set_user(self._user)
        given = copy.deepcopy(self._given)
        for value in given.values():
            if isinstance(value, Document):
                for child in value.get_all_children():
                    child.parent_doc = value  # v15 and v16 leave it out of copies
        return given


def _forget() -> None:
    """Forget what was read of rows that are gone again, as between two requests."""
    frappe.db.value_cache.clear()
    frappe.local.document_cache = {}
    getattr(frappe.local, "request_cache", {}).clear()
    forget_grants()
    frappe.cache.delete_keys("document_cache::")
    frappe.cache.delete_value(list(user_cache_keys))
    if near := getattr(frappe, "client_cache", None):
        near.clear_cache()  # v16 keeps some of it in the process too, and hears later that it is gone


class SocialCRMTestCase(_BaseTestCase):
    """A test with a site; whatever it writes is rolled back after each test.

    Records that each test of a class needs are made in `prepare`, once for the class: every test begins at the same savepoint, as
    the same user, with copies of what `prepare` kept on `self`. Where a test commits or rolls back by itself, they are made anew for
    the next one. What is not in the database (files, settings in memory, servers, cleanups) belongs into `setUp`.
    """

    undoes_itself: ClassVar[bool] = True
    _prepared: ClassVar[_Prepared | None] = None

    @classmethod
    def setUpClass(cls) -> None:
        cls._prepared = None
        # v16 makes sample records for every DocType that these link to, unless they are listed as made.
        for doctype in frappe.get_all("DocType", pluck="name"):  # names of DocTypes, no rows of people
            frappe.local.test_objects.setdefault(doctype, [])
        super().setUpClass()

    def prepare(self) -> None:
        """Make what each test of the class needs in the database."""

    def setUp(self) -> None:
        super().setUp()
        frappe.local.lang = "en"  # the tests quote the English source texts, whatever the site speaks
        self.addCleanup(frappe.set_user, "Administrator")
        self.addCleanup(self._undo)
        if self._prepared:
            vars(self).update(self._prepared.give())
        elif type(self).prepare is not SocialCRMTestCase.prepare:
            own = set(vars(self))
            self.prepare()
            type(self)._prepared = _Prepared(
                {key: kept for key, kept in vars(self).items() if key not in own}
            )

    def _undo(self) -> None:
        if self._prepared and self._prepared.undo():
            _forget()
        else:
            type(self)._prepared = None
            frappe.db.rollback()
