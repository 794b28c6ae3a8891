"""What an acta says besides its answers, by the names of its fields: when it was, what it is about, where.

Whoever copies, compares or fetches an acta takes these. A seal names its own fields, for what it covers must not grow with this list.
"""

TIMES = ("visit_date", "start_time", "end_time")
SUBJECT = ("family", "beneficiary", "productive_unit", "community", "programme")
PLACE = ("place", "latitude", "longitude", "accuracy")
HEADER = (*TIMES, *SUBJECT, *PLACE)
