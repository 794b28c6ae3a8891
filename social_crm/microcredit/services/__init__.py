"""Use cases of microcredit: load, ask the pure domain, save.

money.py          amounts between the site (floats, strings) and the domain (Decimal)
products.py       products and their versions: the terms and the policy of a loan
calendars.py      harvests, Colombian holidays and days of rest
judging.py        by which modality a product is judged, and for which reason by none
caps.py           the usury cap of a loan, and what to say when it is above it
offers.py         what a loan would be: schedule, both rates, cap; the preview of the form
households.py     what a household can pay
guarantors.py     who answers for a loan, however the document is written
applicants.py     whose application it is, that they live, and who may not judge it
declining.py      what a borrower does not take: applications declined, loans annulled
applications.py   what an application must hold, and who may decide on it
committee.py      sessions, votes, and the decisions that follow
fingerprints.py   what a vote was about, and what has changed since
groups.py         solidarity groups: members by date, collection sheet, joint liability
disbursement.py   an approved application becomes a loan, once; its money may come in parts
refinancing.py    a new loan that pays off an older one
loans.py          loans as the domain knows them: terms, signed schedule, rules, entries
ledger.py         the one place where an entry is added, and where a loan stands because of its entries
figures.py        the figures that the site keeps of loans, written set by set
standings.py      where every loan stood on every day, as known at every moment: the table portfolios are counted from
nightly.py        what moves with the calendar alone
refusals.py       what the ledger does not take, in words for people
closing.py        closed days of the accounts
funds.py          the revolving fund of a programme
vouchers.py       what all vouchers share: posting, reversal with a reason, never an edit
repayments.py     money received: payments, prepayments, recoveries
restructuring.py  other terms for what is owed
write_offs.py     a loan that leaves the books
schedules.py      schedules and ledger for the screen and for paper
snapshots.py      loans as they stood on a day, as known at a moment: what the reports are made of
portfolio.py      the portfolio over the loans that the reader may see, and its cards
replayed.py       the same as risk.py loan by loan: the reference of tests and benchmarks
risk.py           at risk, by age, provisions, cohorts, and where balances went between two days
collecting.py     what is to be collected in a week, and what is expected month by month
provisions.py     which part of a balance is set aside for loss
payments/        payments of many loans from one spreadsheet or bank file
accounting/      the journal of every posting, and its way into ERPNext
"""
