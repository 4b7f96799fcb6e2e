"""The payload is cut so that it costs the fewest bits, and says exactly what it was given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from qrcode import util

from links.qr.segments import Segment, bits, cheapest_segments, in_capitals

URL = "https://Q.EXAMPLE.COM/ABC123"
VERSIONS = (1, 9, 10, 26, 27, 40)


@pytest.mark.parametrize(
    ("url", "capitals"),
    [
        ("https://q.example.com/abc123", "https://Q.EXAMPLE.COM/ABC123"),
        ("http://127.0.0.1:8000/ABC123", "http://127.0.0.1:8000/ABC123"),
        ("http://[::a]:8000/ABC123", "http://[::A]:8000/ABC123"),
    ],
)
def test_the_scheme_stays_in_lower_case(url: str, capitals: str) -> None:
    assert in_capitals(url) == capitals


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        (URL, (("byte", "https"), ("alphanumeric", "://Q.EXAMPLE.COM/ABC123"))),
        ("http://Q.EXAMPLE.COM:8080/A", (("byte", "http"), ("alphanumeric", "://Q.EXAMPLE.COM:8080/A"))),
        ("http://[::1]:8000/ABC123", (("byte", "http://[::1]"), ("alphanumeric", ":8000/ABC123"))),
        ("https://A_B/AB", (("byte", "https://A_B/AB"),)),
        ("https://q.example.com/menu", (("byte", "https://q.example.com/menu"),)),
        ("ABC123", (("alphanumeric", "ABC123"),)),
        ("", (("byte", ""),)),
    ],
)
def test_cuts_where_it_saves_bits(text: str, segments: tuple[Segment, ...]) -> None:
    assert cheapest_segments(text, version=2) == segments


def test_the_mixed_payload_saves_what_the_design_says() -> None:
    assert bits((("byte", URL),), 2) == 236
    assert bits((("byte", "https://"), ("alphanumeric", URL[8:])), 2) == 199
    assert bits(cheapest_segments(URL, 2), 2) == 192


addresses = st.builds(
    "{}://{}/{}".format,
    st.sampled_from(["http", "https"]),
    st.from_regex(r"[A-Za-z0-9_\[\]:.-]{1,40}", fullmatch=True),
    st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=1, max_size=12),
)


@given(addresses, st.sampled_from(VERSIONS))
def test_no_other_cut_is_cheaper(text: str, version: int) -> None:
    segments = cheapest_segments(text, version)
    assert "".join(part for _, part in segments) == text
    assert bits(segments, version) == min(
        bits(
            ((("byte", text[:cut])), (("alphanumeric", text[cut:]))) if cut < len(text) else (("byte", text),), version
        )
        for cut in range(1, len(text) + 1)
        if util.RE_ALPHA_NUM.match(text[cut:].encode())
    )


@given(addresses, st.sampled_from(VERSIONS))
def test_bits_are_what_the_encoder_writes(text: str, version: int) -> None:
    segments = cheapest_segments(text, version)
    buffer = util.BitBuffer()
    for mode, part in segments:
        data = util.QRData(part.encode(), mode=4 if mode == "byte" else 2)
        buffer.put(data.mode, 4)
        buffer.put(len(data), util.length_in_bits(data.mode, version))
        data.write(buffer)
    assert len(buffer) == bits(segments, version)
