from social_crm.rows import RowOfDocument


class ProductiveUnitClosing(RowOfDocument):
    """One closing of a productive unit; it stays when the unit is reopened, for figures of days in between rest on it."""
