from social_crm.rows import RowOfDocument
from social_crm.social_crm.services.documents import plain_duplicates


class BeneficiaryDocument(RowOfDocument):
    def db_insert(self, *args, **kwargs):
        with plain_duplicates(self):
            return super().db_insert(*args, **kwargs)

    def db_update(self, *args, **kwargs):
        with plain_duplicates(self):
            return super().db_update(*args, **kwargs)
