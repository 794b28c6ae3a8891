"""What makes a row the same row when a file comes again: its content, not its place, format or file name.

Only what identifies the person and the household takes part. A file that was saved again in another format, whose rows
were put in another order or whose occupations were corrected, has the same fingerprints; nothing is created twice.
"""

import hashlib
from collections.abc import Sequence

from social_crm.social_crm.domain.census_rows import PersonRow
from social_crm.social_crm.domain.census_text import fold
from social_crm.social_crm.domain.identity import DocumentError, identity_key


def person_identity_key(row: PersonRow) -> str:
    """The identity key of the row's document, "" when there is none or it is not well formed."""
    if not row.document_number:
        return ""
    try:
        return identity_key(row.document_type, row.document_number)
    except DocumentError:
        return ""


def content_key(row: PersonRow) -> str:
    """The content that identifies the row, as one line.

    An estimated date of birth is left out: it follows from an age and from the day of the import, so it differs from
    one import to the next.
    """
    birth = "" if row.birth_date is None or row.birth_date_estimated else row.birth_date.isoformat()
    names = (row.first_name, row.middle_name, row.first_surname, row.second_surname)
    document = person_identity_key(row)
    parts = (*map(fold, names), document, birth, fold(row.household), row.kinship, fold(row.community))
    return "|".join(parts)


def fingerprints(rows: Sequence[PersonRow]) -> tuple[str, ...]:
    """A fingerprint of 40 hexadecimal digits for each row, in order.

    Two rows with equal content get different fingerprints, by how many equal ones came before, so that two persons
    who look alike in the file stay two, however the file is ordered.
    """
    seen: dict[str, int] = {}
    result = []
    for row in rows:
        key = content_key(row)
        seen[key] = seen.get(key, 0) + 1
        result.append(hashlib.sha256(f"{key}|{seen[key]}".encode()).hexdigest()[:40])
    return tuple(result)
