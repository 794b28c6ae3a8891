"""How workflows, print formats, notifications and masters are shipped without ever taking over a site's own edits.

An administrator edits these in the browser, so they are neither fixtures (re-imported at every migrate) nor standard
files (not editable at all). They are ordinary rows, installed once from JSON files, and remembered in the DocType
`Shipped Item`. On migrate a row is updated only while the site's copy still equals what was shipped before.

    sources.py     reads and checks the files (no site needed)
    schema.json    the shape of these files
    compare.py     what counts as a difference, and how it is told to a person
    documents.py   reads and writes one row of the site
    ledger.py      the memory: one `Shipped Item` a shipped row
    apply.py       install, migrate, uninstall
    choices.py     adopt ours, keep theirs, restore, bring back
    notice.py      tells the administrators
"""
