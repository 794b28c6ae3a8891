"""A newer version of a shipped template takes the place of the one before it only where the organisation works with ours.

Who withdrew the earlier version, gave it another mapping or other translations, or made its own next version has decided
how they work: the newer one then waits as a draft, and the earlier one stays as it is.
"""

from collections.abc import Iterable, Sequence

from social_crm.shipping import documents, ledger
from social_crm.shipping.compare import same
from social_crm.shipping.sources import ShippedSource

TEMPLATE = "Acta Template"


def is_taken_back(source: ShippedSource) -> bool:
    """Say whether a template is shipped only to withdraw what an earlier release brought."""
    return source.doctype == TEMPLATE and source.values.get("status") == "Withdrawn"


def in_order(sources: Iterable[ShippedSource]) -> tuple[ShippedSource, ...]:
    """Put what is taken back behind what takes its place; everything else keeps its order."""
    return tuple(sorted(sources, key=is_taken_back))


def waits_for(source: ShippedSource, shipped: Sequence[ShippedSource]) -> ShippedSource | None:
    """Return the earlier version whose place a template, new to the site, may not take; None where it may be published."""
    if source.doctype != TEMPLATE or is_taken_back(source):
        return None
    earlier = [one for one in shipped if is_taken_back(one) and _key(one) == _key(source) and _known(one)]
    if not earlier:
        return None
    newest = max(earlier, key=lambda one: int(one.values["version"]))
    return None if _published_as_we_wrote_it(newest) else newest


def stays(source: ShippedSource, shipped: Sequence[ShippedSource]) -> bool:
    """Say whether an earlier version stays as it is: nothing of ours is published on the site in its place."""
    if not is_taken_back(source):
        return False
    newer = [one for one in shipped if one.doctype == TEMPLATE and _key(one) == _key(source)]
    newer = [one for one in newer if not is_taken_back(one)]
    return bool(newer) and not any(_published_and_ours(one) for one in newer)


def _key(source: ShippedSource) -> str:
    return source.values["template_key"]


def _known(source: ShippedSource) -> bool:
    return bool(
        ledger.find(source.doctype, source.name) or documents.read(source.doctype, source.name) is not None
    )


def _published_as_we_wrote_it(source: ShippedSource) -> bool:
    entry = ledger.find(source.doctype, source.name)
    baseline = ledger.as_installed(entry) if entry else None
    if baseline is None:
        return False
    site = documents.read(entry.item_doctype, entry.item_name)
    return site is not None and site["status"] == "Published" and same(TEMPLATE, site, baseline)


def _published_and_ours(source: ShippedSource) -> bool:
    entry = ledger.find(source.doctype, source.name)
    if entry is None or entry.existed_before:
        return False
    site = documents.read(entry.item_doctype, entry.item_name)
    return site is not None and site["status"] == "Published"
