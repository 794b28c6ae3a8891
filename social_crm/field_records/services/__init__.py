"""Use cases of field records: load, ask the pure domain, save.

templates.py  what a template must be; versions, publishing
template_problems.py  what is wrong with a template or a spreadsheet of one, in the user's words
template_versions.py  two versions side by side
xlsforms.py   XLSForms in and out (xlsform_files.py: their bytes)
xforms.py     the form of a published template, for field apps
instances.py  what a field app filled in, as answers, and back
forms.py      a template as the Desk draws it, and what the server says of its answers
actas.py      what an acta must hold, closing, the seal
actions.py    amendments and commitments of an acta
arrivals.py   how an acta came here
sync/         the protocol by which devices without signal hand over their records
"""
