"""Documents as plain data: what may be said, and that it comes back as it went."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from printers.document import (
    Code,
    Columns,
    Cut,
    Document,
    Kick,
    Rule,
    Space,
    Text,
    clean,
    ean13_check_digit,
    from_json,
    to_json,
)
from tests.printers.samples import SAMPLES, receipt
from tests.printers.strategies import documents


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_every_document_comes_back_from_its_json(document: Document) -> None:
    assert from_json(to_json(document)) == document
    assert to_json(from_json(to_json(document))) == to_json(document)


@pytest.mark.parametrize("sample", SAMPLES)
def test_json_carries_the_samples(sample: Any) -> None:
    assert from_json(to_json(sample())) == sample()


def test_json_stays_as_it_is_stored() -> None:
    """Documents wait in queues across updates: this text must be read and written alike for ever."""
    stored = (
        '{"blocks":[{"align":"center","bold":true,"size":"huge","text":"TABLE 12","type":"text"},{"type":"rule"},'
        '{"cells":["Café","2,50 €"],"type":"columns"},{"cells":["TVA","HT"],"type":"columns","weights":[1,2]},'
        '{"data":"A1","type":"code"},{"lines":2,"type":"space"},{"type":"kick"},{"partial":false,"type":"cut"}],'
        '"kind":"kitchen","language":"en","width":32}'
    )
    document = Document(
        "kitchen",
        (
            Text("TABLE 12", "huge", "center", bold=True),
            Rule(),
            Columns(("Café", "2,50 €")),
            Columns(("TVA", "HT"), weights=(1, 2)),
            Code("A1"),
            Space(2),
            Kick(),
            Cut(partial=False),
        ),
        width=32,
        language="en",
    )
    assert to_json(document) == stored
    assert from_json(stored) == document


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "null",
        '{"kind":"x"}',
        '{"kind":"x","blocks":{}}',
        '{"kind":"x","blocks":[],"colour":"red"}',
        '{"kind":"x","blocks":["text"]}',
        '{"kind":"x","blocks":[{"type":"picture"}]}',
        '{"kind":"x","blocks":[{"type":["text"]}]}',
        '{"kind":"x","blocks":[{"type":"text"}]}',
        '{"kind":"x","blocks":[{"type":"text","text":"a","font":"b"}]}',
        '{"kind":"x","blocks":[{"type":"text","text":1}]}',
        '{"kind":"x","blocks":[{"type":"text","text":"a","bold":1}]}',
        '{"kind":"x","blocks":[{"type":"text","text":"a","size":"tiny"}]}',
        '{"kind":"x","blocks":[{"type":"text","text":"a","align":["left"]}]}',
        '{"kind":"x","blocks":[{"type":"columns","cells":"ab"}]}',
        '{"kind":"x","blocks":[{"type":"columns","cells":[]}]}',
        '{"kind":"x","blocks":[{"type":"columns","cells":["a","b"],"weights":[1]}]}',
        '{"kind":"x","blocks":[{"type":"columns","cells":["a","b"],"weights":[1,true]}]}',
        '{"kind":"x","blocks":[{"type":"columns","cells":["a","b"],"aligns":["left","up"]}]}',
        '{"kind":"x","blocks":[{"type":"rule","char":"ab"}]}',
        '{"kind":"x","blocks":[{"type":"rule","char":" "}]}',
        '{"kind":"x","blocks":[{"type":"code","data":""}]}',
        '{"kind":"x","blocks":[{"type":"code","data":"é","kind":"code128"}]}',
        '{"kind":"x","blocks":[{"type":"code","data":"3760123456785","kind":"ean13"}]}',
        '{"kind":"x","blocks":[{"type":"space","lines":0}]}',
        '{"kind":"x","blocks":[{"type":"space","lines":true}]}',
        '{"kind":"x","blocks":[{"type":"cut","partial":"yes"}]}',
        '{"kind":"x","blocks":[],"width":3}',
        "{",
    ],
)
def test_what_is_no_document_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        from_json(text)


def test_odd_words_are_cleaned_and_never_refused() -> None:
    """A customer's note may hold anything; a sale must not stop for it."""
    assert Text("a\x00b\tc\r\nd\ud83de").text == "ab c\nde"
    assert Columns(("\x1b@reset", "1")).cells == ("@reset", "1")
    assert clean("é œ €") == "é œ €"


def test_ean13_check_digit() -> None:
    assert ean13_check_digit("400638133393") == "1"
    with pytest.raises(ValueError, match="check digit"):
        Code("4006381333932", kind="ean13")


def test_json_is_small() -> None:
    assert len(to_json(receipt())) < 2_500
    assert json.loads(to_json(receipt()))["kind"] == "receipt"
