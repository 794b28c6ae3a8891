from social_crm.rows import RowOfDocument


class GoodsDeliveryItem(RowOfDocument):
    pass
