"""The check of tests finds those that cannot fail."""

import pytest

from local_bench.checks import honest_tests

NAME = "tests/unit/test_x.py"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def test_a():\n    x = 1\n", "asserts nothing"),
        ("import pytest\n\n\ndef test_a():\n    pytest.skip('later')\n    assert 1\n", "skipped"),
        ("@pytest.mark.xfail\ndef test_a():\n    assert 1\n", "skipped"),
        ("from unittest.mock import patch\n\n\ndef test_a():\n    assert 1\n", "real thing"),
    ],
)
def test_each_fault_is_found(house, text, said):
    assert [said in found for found in honest_tests.findings(house({NAME: text}))] == [True]


@pytest.mark.parametrize(
    "text",
    [
        "def test_a():\n    assert 1\n",
        "def test_a(self):\n    self.assertEqual(1, 1)\n",
        "def test_a():\n    with pytest.raises(ValueError):\n        int('x')\n",
        "def same(a, b):\n    assert a == b\n\n\ndef test_a():\n    same(1, 1)\n",
    ],
)
def test_test_that_can_fail_passes(house, text):
    assert honest_tests.findings(house({NAME: text})) == []
