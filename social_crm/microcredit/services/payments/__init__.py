"""Payments of many loans from one spreadsheet or bank file.

files.py         the uploaded file: sheets, header, suggested and remembered columns (read by the census import's guarded reader)
batches.py       what saving and deleting a batch checks
checking.py      read, match and compare in the background; posts nothing
directory.py     the loans that a payment may be for, as far as the user sees them
doubles.py       payments that are on record already
store.py         rows of a batch to the site, and back
posting.py       one payment after the other, in the background; all of it or nothing of it
reconciling.py   what did not match: a person names the loan, or sets the payment aside with a reason
returning.py     what was not posted, as a spreadsheet with the reasons
shown.py         what the form shows
state.py         where a batch stands
messages.py      what is wrong, in words
actions.py       the doors for people
"""
