"""The sealed PDF of a closed acta: rendered, made the same byte for byte, and signed with the organisation's certificate."""
