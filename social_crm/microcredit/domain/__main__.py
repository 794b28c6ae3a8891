"""The auditor's door: `python3 -m social_crm.microcredit.domain schedule|portfolio|cap`.

Reads JSON on standard input and writes JSON on standard output; refuses with one line on standard error and code 2. Plain
Python, without a site or a further package. What it takes and gives is described in docs/formulas/auditors-door.md.
"""

import json
import sys

from social_crm.microcredit.domain.door import COMMANDS, DoorError, answer

# A schedule has at most 1200 rows; what a lender's whole portfolio takes is far below this.
LONGEST_INPUT = 256 * 1024 * 1024


def main(words: list[str]) -> int:
    """Answer one command; 0, or 2 when it was refused."""
    try:
        if len(words) != 1:
            raise DoorError("command", f"give one of {', '.join(COMMANDS)}")
        if sys.stdin is None:
            # Somebody closed it before the program began.
            raise DoorError("input", "is closed")
        data = sys.stdin.buffer.read(LONGEST_INPUT + 1)
        if len(data) > LONGEST_INPUT:
            raise DoorError("input", "is too long")
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise DoorError("input", "is not UTF-8") from None
        sys.stdout.write(json.dumps(answer(words[0], text)) + "\n")
        return 0
    except DoorError as refusal:
        sys.stderr.write(" ".join(ascii(str(refusal))[1:-1].split()) + "\n")
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
