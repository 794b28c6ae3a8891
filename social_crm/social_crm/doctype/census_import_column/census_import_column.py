"""One column of a census file and the field it fills."""

from social_crm.rows import RowOfDocument


class CensusImportColumn(RowOfDocument):
    pass
