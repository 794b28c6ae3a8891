"""A fictional community of the case study's kind, made by a generator with a seed.

    names.py quotas.py places.py people.py units.py groups.py ...     what is planned: pure data
    steps.py writer.py    the document path: every row through the services and workflows that people use
    stamp.py              the bulk path: whole blocks copied from the first, set by set
    owner.py              what tells the demo's rows from real ones, and how they are removed

Nothing is written down as a result: the home page computes its figures from these records. Every date is counted back
from one day, so that the figures hold on any day.
"""

import os

DEFAULT_FAMILIES = 207
DEFAULT_SEED = 2026


def default_families() -> int:
    """Return how many families a demo has when nobody says; SOCIAL_CRM_DEMO_FAMILIES makes it smaller for trials."""
    return int(os.environ.get("SOCIAL_CRM_DEMO_FAMILIES") or DEFAULT_FAMILIES)


def load(
    families: int | None = None, seed: int = DEFAULT_SEED, today: str | None = None, force: bool = False
) -> None:
    """Make the demo and commit. Does nothing when this very demo is on the site already.

    families: how many; beyond the default whole blocks are copied in bulk. today: ISO date, by default the site's day.
    force: also on a site that holds families of its own, which is refused otherwise.
    """
    from social_crm.demo.writer import load_demo

    load_demo(int(families or default_families()), int(seed), today, bool(force))


def remove() -> None:
    """Remove every row of the demo, and its users, and commit; what the site's own people wrote stays."""
    from social_crm.demo.owner import remove_demo

    remove_demo()
