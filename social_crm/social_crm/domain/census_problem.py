"""What can be wrong with a census file, a cell, a row or a household: a code and its parameters.

The words live at the edge (`services/census/messages.py`), because they are translated there; pure code never
composes a sentence.
"""

from dataclasses import dataclass

ERROR = "error"
WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """One finding.

    code: key of the message, such as "date_unreadable".
    params: (name, value) pairs for the message; values are shown as they are.
    cell: the cell in spreadsheet notation ("C12"), or "" when the finding is about the whole row or file.
    severity: ERROR keeps the row out; WARNING loads it and says what was understood or left out.
    """

    code: str
    params: tuple[tuple[str, str], ...] = ()
    cell: str = ""
    severity: str = ERROR

    @property
    def is_error(self) -> bool:
        return self.severity == ERROR

    def as_dict(self) -> dict[str, object]:
        """A form that can be stored as JSON; `from_dict` reads it back."""
        return {"code": self.code, "params": dict(self.params), "cell": self.cell, "severity": self.severity}

    @staticmethod
    def from_dict(data: dict[str, object]) -> "Problem":
        raw = data.get("params")
        params = raw if isinstance(raw, dict) else {}
        return Problem(
            code=str(data["code"]),
            params=tuple((str(key), str(value)) for key, value in params.items()),
            cell=str(data.get("cell") or ""),
            severity=str(data.get("severity") or ERROR),
        )


def error(code: str, cell: str = "", **params: object) -> Problem:
    """A finding that keeps the row out."""
    return Problem(code, tuple((key, str(value)) for key, value in params.items()), cell, ERROR)


def warning(code: str, cell: str = "", **params: object) -> Problem:
    """A finding that is told, while the row loads."""
    return Problem(code, tuple((key, str(value)) for key, value in params.items()), cell, WARNING)


def column_letter(index: int) -> str:
    """The letters of a column counted from 0: 0 is "A", 26 is "AA"."""
    if index < 0:
        raise ValueError("a column index starts at 0")
    letters = ""
    number = index + 1
    for _ in range(8):
        if number == 0:
            break
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """The name of a cell: `row` counted from 1 as the spreadsheet shows it, `column` from 0."""
    return f"{column_letter(column)}{row}"
