"""The journal of microcredit, and its way into the general ledger of the organisation.

chart.py     which account a neutral account is, by dated rules
journal.py   the balanced postings of a period, for whoever may read the loans
export.py    the journal as a spreadsheet
outbox.py    entries of closed days on their way to ERPNext, each once
erpnext.py   the one place that speaks to ERPNext, through its documents
settings.py  what the settings must hold, and where the sending stands
actions.py   the doors for people
"""
