"""The registry behind the life of a family and of a person: components declare what they contribute.

A component adds its entries by listing the dotted path of a tuple of `TimelineSource` under the hook
`social_crm_timeline`; this module and the page that draws the life need no change.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class TimelineSource:
    """One DocType whose documents appear in the life of persons or families.

    doctype: the DocType that is read with the reader's own permissions.
    component: English label of the component, translated when shown; the filter of the page.
    date_field: Date or Datetime field by which the entry is placed.
    title: translatable English template over `fields`, such as "Follow-up visit: {result}".
    fields: further fields to read (link and select values are shown translated or by title).
    beneficiary_field / family_field: the fields that say whose life it is; either may be None.
    filters: fixed filters, such as (("status", "=", "Held"),).
    """

    doctype: str
    component: str
    date_field: str
    title: str
    fields: tuple[str, ...] = ()
    beneficiary_field: str | None = "beneficiary"
    family_field: str | None = None
    filters: tuple[tuple[str, str, object], ...] = ()
