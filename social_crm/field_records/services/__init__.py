"""Use cases of field records: load, ask the pure domain, save.

templates.py  what a template must be; versions, publishing
forms.py      a template as the Desk draws it, and what the server says of its answers
actas.py      what an acta must hold, closing, the seal
actions.py    amendments and commitments of an acta
"""
