"""Use cases of the higher-education fund (FES). Each concern has its file; what others call is named here."""

from social_crm.higher_education.services.permanence import permanence_card
from social_crm.higher_education.services.phases import available_actions, change_phase, undo_last_phase
from social_crm.higher_education.services.semesters import register_payment, semester_series

__all__ = [
    "available_actions",
    "change_phase",
    "permanence_card",
    "register_payment",
    "semester_series",
    "undo_last_phase",
]
