"""Requests that were in each other's way in the database are tried again before anybody hears of it."""

import functools
import time
from collections.abc import Callable
from typing import Any, TypeVar

import frappe
from frappe import _

from social_crm.field_records.services.sync import problems

TRIES = 5
IN_THE_WAY = (frappe.QueryDeadlockError, frappe.QueryTimeoutError)
_Function = TypeVar("_Function", bound=Callable[..., Any])


def tried_again(function: _Function) -> _Function:
    """Let an endpoint begin anew when the database undid its transaction in favour of another one."""

    @functools.wraps(function)
    def patient(*args: Any, **values: Any) -> Any:
        for attempt in range(TRIES):
            try:
                return function(*args, **values)
            except IN_THE_WAY:
                frappe.db.rollback()
                frappe.clear_messages()
                pause(attempt)
        return problems.fail(
            _("The server is busy. Try again in a moment."), "busy", _("Server Busy"), problems.BusyError
        )

    return patient  # type: ignore[return-value]


def pause(attempt: int) -> None:
    """Wait a little longer each time, and not as long as the others that wait."""
    time.sleep(0.05 * (attempt + 1) + int(frappe.generate_hash(length=2), 36) / 20_000)
