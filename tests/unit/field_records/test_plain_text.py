"""The words that are read aloud before somebody authorises something."""

import pytest

from social_crm.field_records.domain.plain_text import plain_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Uno <strong>dos</strong>.</p>\n<p>Tres &amp; cuatro</p>", "Uno dos.\n\nTres & cuatro"),
        ("<div>a<br>b</div><ul><li>c</li><li>d</li></ul>", "a\n\nb\n\nc\n\nd"),
        ("<script>alert(1)</script><style>p{}</style><!-- x -->visto", "visto"),
        ("3 < 5 y 6 > 2", "3 < 5 y 6 > 2"),
        ("Sin marcas", "Sin marcas"),
        ("<p></p>  ", ""),
    ],
)
def test_paragraphs_without_marks(markup: str, text: str) -> None:
    assert plain_text(markup) == text
