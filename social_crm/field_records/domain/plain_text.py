"""The words of a text with markup, as paragraphs with an empty line between: what is read aloud and agreed to."""

import re
from html import unescape

_BLOCK_END = re.compile(r"</(?:p|div|h[1-6]|li|tr|ul|ol|blockquote)\s*>|<(?:br|hr)\b[^>]*>", re.IGNORECASE)
_HIDDEN = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"</?[a-zA-Z][^>]*>")


def plain_text(markup: str) -> str:
    """Return the paragraphs of a text in HTML, in their order, without a mark."""
    text = _TAG.sub("", _BLOCK_END.sub("\n", _HIDDEN.sub("", markup.replace("\n", " "))))
    lines = (" ".join(unescape(line).split()) for line in text.split("\n"))
    return "\n\n".join(line for line in lines if line)
