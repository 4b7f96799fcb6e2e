"""ScanEvent and its form in the journal."""

import multiprocessing
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from links.scan_events import NOTHING, EventIds, ScanEvent, about_request, about_target, encode_scan, quoted

TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=80)


def an_event(**changes: object) -> ScanEvent:
    fields: dict[str, object] = {
        name: "" if kind is str else 0 for name, kind in ScanEvent.__annotations__.items()
    } | changes
    return ScanEvent(**fields)  # type: ignore[arg-type]  # filled by name


EVENTS = st.builds(
    ScanEvent,
    **{name: TEXT if kind is str else st.integers(0, 2**62) for name, kind in ScanEvent.__annotations__.items()},
)


@given(EVENTS)
def test_what_is_encoded_is_decoded(event: ScanEvent) -> None:
    record = event.encode()
    assert record.isascii()
    assert b"\n" not in record
    assert ScanEvent.decode(record) == event


PHONE_TEXT = st.text(alphabet=st.characters(), max_size=80)  # lone surrogates, too


@given(st.tuples(*[st.integers(0, 2**62)] * 6), st.lists(PHONE_TEXT, min_size=5, max_size=5), st.integers(0, 2**48 - 1))
def test_a_scan_is_encoded_as_its_event_would_be(
    ids: tuple[int, int, int, int, int, int], sent: list[str], at_ms: int
) -> None:
    destination, purpose, agent, language, referrer = sent
    id_and_time = EventIds().with_time(at_ms)
    made = (id_and_time[1:33], "2026-11-22", "GET", "203.0.113.0/24", "0" * 32)
    about = about_target(*ids, "redirected", destination)
    record = encode_scan(
        id_and_time, about, about_request(made[1], made[2], quoted(purpose), ""), made[3], made[4],
        quoted(agent), quoted(language), quoted(referrer),
    )  # fmt: skip
    assert quoted("") == NOTHING
    event = ScanEvent(
        made[0], at_ms, *ids, "redirected", destination, made[1], made[2], purpose, "", made[3], made[4],
        agent, language, referrer, "", "",
    )  # fmt: skip
    assert record.isascii()
    assert record == event.encode()
    assert ScanEvent.decode(record) == event


@pytest.mark.parametrize(
    "record", [b"", b"{}", b"[]", b"[1]", b"\xff", b'["a"', an_event().encode().replace(b"0", b"null", 1)]
)
def test_a_damaged_record_is_a_value_error(record: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        ScanEvent.decode(record)


@given(st.binary(max_size=60))
def test_random_bytes_never_raise_anything_else(record: bytes) -> None:
    with pytest.raises((ValueError, RecursionError)):
        ScanEvent.decode(record)


def test_event_ids_are_version_7_sorted_and_different() -> None:
    ids = EventIds()
    made = [ids.new(1_700_000_000_000 + n) for n in range(5000)]
    assert len(set(made)) == 5000
    assert made == sorted(made)
    uuid = UUID(hex=made[0])
    assert (uuid.version, uuid.variant) == (7, "specified in RFC 4122")
    assert uuid.int >> 80 == 1_700_000_000_000


def _send_ids(ids: EventIds, pipe: "multiprocessing.connection.Connection") -> None:
    pipe.send([ids.new(0) for _ in range(50)])


def test_a_forked_child_draws_ids_of_its_own() -> None:
    ids = EventIds()
    ids.new(0)
    mine, theirs = multiprocessing.Pipe()
    child = multiprocessing.get_context("fork").Process(target=_send_ids, args=(ids, theirs))
    child.start()
    child_ids = mine.recv()
    child.join()
    assert not set(child_ids) & {ids.new(0) for _ in range(50)}
