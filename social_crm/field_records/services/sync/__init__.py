"""How devices without signal hand over their records and learn what changed: the protocol of docs/sync.md.

limits.py         what a device may send
problems.py       errors as the protocol has them
patience.py       requests that met in the database begin anew
requests.py       the parts of a request: batch, files, chunk
devices.py        who syncs from where; revocation
clocks.py         the device's time and the site's
handshake.py      who, greet, wiped
uploads.py        large files in pieces
contents.py       what a file may be, and how it becomes an attachment
results.py        the answer for one record
batches.py        a batch of records, each in its own transaction
transactions.py   one for each record
receipts.py       what became of each UUID
acta_records.py   a record that is an acta
acta_values.py    what a record says, written into the acta
acta_files.py     the files that a record names
authorisation_records.py a record by which somebody authorises the use of their data, or does not
prints.py         the fingerprints of an acta that may not be kept
change_records.py a record that changes fields of a family, a person or a productive unit
comparison.py     two versions, flat and readable
conflicts.py      two versions that a person has to decide between
changes.py        what changed for a device since it last asked
holdings.py       what a device holds
kinds.py          which rows go to a device, and which of their fields
corrections.py    which fields a device may correct
papers.py         an acta that a device does not hold
"""
