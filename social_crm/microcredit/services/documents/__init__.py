"""What the documents of a microcredit show: facts and figures, each from where the screens take them.

Wording and layout are in the print formats, which administrators own; no figure is reckoned there.
"""
