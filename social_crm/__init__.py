"""Social CRM: one relational memory of communities, families and persons, and of all that is done with them."""

__version__ = "0.1.0"
