"""Files that are none: bombs, other alphabets, far too much; a sentence each time, and nothing kept of them."""

import gzip
import io
import zipfile

import pytest

from tests.bad_input import nasty
from tests.bad_input.house import SampleHouse
from tests.bad_input.targets import PREFIXES, list_targets
from tests.bad_input.test_forms import Answer, Sender, check
from tests.bad_input.test_forms import sender as sender
from tests.bank.make_camt import Movement
from tests.bank.make_camt import camt as make

IMPORT = next(one for one in list_targets() if one.route.path == "/banque/releves")
RULES = next(one for one in list_targets() if one.route.path == "/part/regles")
GOOD = make([Movement(-750, "VIC-202611-ABCDEFGH", "part aux victimes")], opening=100_000)
MEGABYTE = 1024 * 1024


def zipped(data: bytes) -> bytes:
    """One file in an archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("releve.xml", data)
    return packed.getvalue()


def nested(depth: int) -> bytes:
    """An archive in an archive in an archive."""
    data = bytes(4 * MEGABYTE)
    for _level in range(depth):
        data = zipped(data)
    return data


BAD_FILES = {
    "a bomb of nothing, zipped": zipped(bytes(64 * MEGABYTE)),
    "archives in archives": nested(4),
    "a bomb, gzipped": gzip.compress(bytes(64 * MEGABYTE)),
    "a statement, zipped": zipped(GOOD),
    "more than is taken": GOOD + b" " * (6 * MEGABYTE),
    "ten megabytes": b"x" * (10 * MEGABYTE),
    "UTF-16": GOOD.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
    "UTF-16 that says UTF-8": GOOD.decode().encode("utf-16"),
    "UTF-32": GOOD.decode().encode("utf-32"),
    "a mark and nothing": b"\xef\xbb\xbf",
    "only zeroes": bytes(2000),
    "zeroes within": GOOD.replace(b"<Ntry>", b"\0<Ntry>"),
    "half of a letter": GOOD.replace(b"part aux", b"part\xc3 aux"),
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(200),
    "a very deep tree": b"<a>" * 200_000,
    "one very long attribute": b'<Document xmlns="' + b"x" * (3 * MEGABYTE) + b'"/>',
}


def send_file(sender: Sender, data: bytes, *, name: str = "file") -> Answer:
    """Import a file as finance does."""
    body, media_type = nasty.multipart([(name, data)], [name])
    return sender.send(IMPORT, PREFIXES["office"] + IMPORT.route.path, body, media_type, role="finance")


@pytest.mark.parametrize("what", BAD_FILES)
def test_a_bad_file_is_refused_in_words(what: str, sender: Sender) -> None:
    answer = send_file(sender, BAD_FILES[what])
    check(answer, what)
    assert answer.status in (409, 413, 422), f"{what}: {answer.status}"
    if answer.status == 422:
        assert "file" in answer.linked_fields(), f"{what}: {answer.sentences()}"


def test_a_mark_before_a_good_file_is_no_part_of_it(sender: Sender, place: SampleHouse) -> None:
    """The control: what is refused above is refused for what it is. The account is another bank's: said so by name."""
    answer = send_file(sender, b"\xef\xbb\xbf" + GOOD)
    check(answer, "UTF-8 with a mark")
    if answer.refused:
        words = " ".join(answer.sentences())
        assert "lisible" not in words and "format" not in words.lower(), words


def test_a_file_under_another_name_is_missed(sender: Sender) -> None:
    answer = send_file(sender, GOOD, name="autre")
    check(answer, "a file that nobody asked for")
    assert answer.status == 422 and "file" in answer.linked_fields()


def test_a_document_that_is_too_large_is_refused(sender: Sender) -> None:
    fields = [("room", b"restaurant"), ("rate", b"10"), ("base", b"net"), ("valid_from", b"2027-01-01")]
    fields += [
        ("legal_basis", b"Convention"),
        ("beneficiary", b"1"),
        ("weight", b"1"),
        ("document", b"%PDF" * 1_500_000),
    ]
    body, media_type = nasty.multipart(fields, ["document"])
    answer = sender.send(RULES, PREFIXES["office"] + RULES.route.path, body, media_type, role="finance")
    check(answer, "a document of six megabytes")
    assert answer.status in (413, 422)
