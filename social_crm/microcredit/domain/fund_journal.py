"""The journal of a revolving fund: money that is put into it, or taken out; what is lent and paid is in the journal of the loans."""

from datetime import date
from decimal import Decimal

from social_crm.microcredit.domain.journal import Line, Voucher

# Beside the accounts of loans: what those who gave the money have in the fund.
FUND_CAPITAL = "fund_capital"
KINDS = ("contribution", "withdrawal")


def fund_voucher(day: date, source: str, amount: Decimal) -> Voucher:
    """Return the voucher of one movement. amount: above zero is put in, below zero is taken out.

    Raises:
        ValueError: nothing moved.
    """
    if not amount:
        raise ValueError("No money moved.")
    put_in, taken_out = max(amount, Decimal(0)), max(-amount, Decimal(0))
    lines = (Line("cash", put_in, taken_out), Line(FUND_CAPITAL, taken_out, put_in))
    return Voucher(day, source, KINDS[0] if put_in else KINDS[1], False, lines)
