"""Takes away what `install.py` added and Frappe leaves behind; each step mirrors one there."""


def before_uninstall() -> None:
    """Run every step while the DocTypes still exist."""
