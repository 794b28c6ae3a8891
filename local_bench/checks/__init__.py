"""The rules of the house that a program can check; `./run check` runs them all.

One module per concern, each with `findings(root)`: a list of sentences, empty when all is well. Every module
has a test in `tests/unit/checks` which shows that it finds what it is there to find.
"""
