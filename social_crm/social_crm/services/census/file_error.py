"""The one exception that a file can raise on its way in."""

from social_crm.social_crm.domain.census_problem import Problem, error


class CensusFileError(Exception):
    """The file cannot be loaded, for a reason that a person can act on. Nothing of it was kept."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def refuse(code: str, cell: str = "", **params: object) -> CensusFileError:
    """The exception for a code of `messages.py`."""
    return CensusFileError(error(code, cell, **params))
