"""What nobody should type, and how it may reach us."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote_from_bytes

from hypothesis import strategies as st

# Each as the bytes that are sent: some of them are no text at all.
WORDS: tuple[bytes, ...] = (
    b"",
    b"   ",
    b"abc",
    b"-1",
    b"0",
    b"+5",
    b"1.5",
    b"1,005",
    b"1e9",
    b"NaN",
    b"Infinity",
    b"0x10",
    b"1_000",
    b"999999999999",
    b"2147483647",
    b"2147483648",
    b"-2147483649",
    b"9223372036854775807",
    b"9223372036854775808",
    b"9" * 400,
    b"1" * 5000,
    "١٢٣".encode(),  # the digits of another script
    "²".encode(),
    b"12 50",  # a no-break space between
    b"0001-01-01",
    b"9999-12-31",
    b"2026-02-31",
    b"2026-13-01",
    b"31/12/2026",
    b"1969-12-31T23:59:60Z",
    b"25:99",
    b"23:59:59.999999+14:00",
    b"x" * 300,
    b"x" * 70_000,
    "é".encode() * 5000,
    b"a\0b",
    b"\0",
    b"\xed\xa0\x80",  # half of a pair
    b"\xff\xfe\xfa",
    b"a\r\nSet-Cookie: x=1",
    "\u202e\u200b\ufeff".encode(),
    "Zalgơ̷̢".encode(),
    "👩‍👩‍👧‍👦".encode(),
    b"<script>alert(1)</script>",
    b"'; DROP TABLE orders_order; --",
    b"%s%(x)s{0}{{7*7}}",
    b"../../etc/passwd",
    b"true",
    b"null",
    b"[]",
    b"{}",
)
words = st.one_of(
    st.sampled_from(WORDS),
    st.text(max_size=40).map(lambda one: one.encode("utf-8", "surrogatepass")),
    st.integers(-(2**70), 2**70).map(lambda one: str(one).encode()),
    st.dates().map(lambda one: one.isoformat().encode()),
    st.binary(max_size=30),
)
WAYS = ("one", "one", "one", "one", "several", "missing", "twice", "unasked")


@dataclass(frozen=True)
class Change:
    """What is done to a good form before it is sent."""

    way: str
    places: tuple[int, ...]
    value: bytes

    def apply(self, fields: Mapping[str, Sequence[str]]) -> tuple[list[tuple[str, bytes]], set[str]]:
        """Give the pairs to send, and the names of the fields that were touched."""
        pairs = [(name, value.encode("utf-8", "replace")) for name, values in fields.items() for value in values]
        names = sorted(fields)
        if not names or self.way == "unasked":
            return [*pairs, ("unasked[0].x", self.value)], set()
        chosen = {names[place % len(names)] for place in self.places[: 1 if self.way != "several" else None]}
        if self.way == "missing":
            return [(name, value) for name, value in pairs if name not in chosen], chosen
        if self.way == "twice":
            return [*pairs, *((name, self.value) for name in chosen)], chosen
        kept = [(name, value) for name, value in pairs if name not in chosen]
        return [*kept, *((name, self.value) for name in sorted(chosen))], chosen


changes = st.builds(
    Change,
    way=st.sampled_from(WAYS),
    places=st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40)),
    value=words,
)


def urlencode(pairs: Sequence[tuple[str, bytes]]) -> bytes:
    """Write a form as a browser does, whatever the bytes are."""
    return b"&".join(f"{quote_from_bytes(name.encode())}={quote_from_bytes(value)}".encode() for name, value in pairs)


def multipart(pairs: Sequence[tuple[str, bytes]], files: Sequence[str] = ()) -> tuple[bytes, str]:
    """Write a form with files; fields named in `files` come as one."""
    mark = "frontiere"
    parts = []
    for name, value in pairs:
        head = f'Content-Disposition: form-data; name="{name}"'
        if name in files:
            head += '; filename="page.bin"\r\nContent-Type: application/octet-stream'
        parts.append(f"--{mark}\r\n{head}\r\n\r\n".encode() + value + b"\r\n")
    return b"".join(parts) + f"--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"
