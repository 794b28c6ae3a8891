"""Use cases of microcredit: load, ask the pure domain, save.

money.py         amounts between the site (floats, strings) and the domain (Decimal)
applications.py  what an application must hold, and who may decide on it
disbursement.py  an approved application becomes a loan, once
ledger.py        where a loan stands, reckoned from its posted repayments
repayments.py    entering and reversing a repayment
"""
