"""Use cases of microcredit: load, ask the pure domain, save.

money.py         amounts between the site (floats, strings) and the domain (Decimal)
products.py      products and their versions: the terms and the policy of a loan
calendars.py     harvests, Colombian holidays and days of rest
caps.py          the usury cap of a loan, and what to say when it is above it
offers.py        what a loan would be: schedule, both rates, cap; the preview of the form
households.py    what a household can pay, and its guarantors
applicants.py    whose application it is, and who may not judge it
applications.py  what an application must hold, and who may decide on it
committee.py     sessions, votes, and the decisions that follow
groups.py        solidarity groups: members by date, collection sheet, joint liability
disbursement.py  an approved application becomes a loan, once
ledger.py        where a loan stands, reckoned from its posted repayments
repayments.py    entering and reversing a repayment
"""
