"""Draws differences as HTML for the form of a shipped item."""

from collections.abc import Sequence

from frappe import _
from frappe.utils import escape_html

from social_crm.shipping.compare import Difference

COLOURS = {"+": "var(--bg-green, #e4f5e9)", "-": "var(--bg-red, #fce7e7)"}


def difference_table(found: Sequence[Difference], when_empty: str) -> str:
    """Return a table "where, on this site, shipped" with every value escaped, or `when_empty` as a sentence."""
    if not found:
        return f'<p class="text-muted">{escape_html(when_empty)}</p>'
    rows = "".join(_long_row(one) if one.lines else _row(one) for one in found)
    return (
        '<div class="table-responsive"><table class="table table-bordered" style="table-layout: fixed; min-width: 480px">'
        f"<thead><tr><th>{_('What')}</th><th>{_('On this Site')}</th><th>{_('As Shipped')}</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def _row(one: Difference) -> str:
    cells = "".join(
        f'<td style="overflow-wrap: anywhere; background: {COLOURS[mark] if text else "inherit"}">{escape_html(text) or "—"}</td>'
        for mark, text in (("-", one.site), ("+", one.ours))
    )
    return f"<tr><td>{escape_html(one.where)}</td>{cells}</tr>"


def _long_row(one: Difference) -> str:
    lines = "".join(
        f'<div style="white-space: pre-wrap; overflow-wrap: anywhere; background: {COLOURS.get(mark, "inherit")}">'
        f"{escape_html(mark)} {escape_html(text)}</div>"
        for mark, text in one.lines
    )
    note = _("Lines with − are only on this site, lines with + only in what is shipped.")
    return (
        f'<tr><td>{escape_html(one.where)}</td><td colspan="2"><p class="text-muted small">{note}</p>'
        f'<div style="font-family: var(--font-stack-monospace, monospace); font-size: 12px">{lines}</div></td></tr>'
    )
