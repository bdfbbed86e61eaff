"""The event: its line, its place in the chain, its identity."""

import json
from hashlib import sha256

import pytest
from hypothesis import given, strategies
from pydantic import ValidationError

from state.events import GENESIS, Event, chain_hash, new_ulid, utc_now
from state.model import canonical, digest
from tests.support.histories import BODIES

CONTENT = {
    "seq": 1, "id": "0" * 26, "at": "2026-11-20T10:00:00.000Z", "type": "x", "actor": "server", "channel": "server", "key": None, "version": 1,
}  # fmt: skip


def event(payload: dict[str, object]) -> Event:
    content = {**CONTENT, "payload": payload}
    return Event.model_validate({**content, "prev": GENESIS, "hash": chain_hash(GENESIS, content)})


@given(payload=BODIES)
def test_a_line_holds_the_whole_event_and_its_hash_holds(payload: dict[str, object]) -> None:
    made = event(payload)
    assert "\n" not in made.line()
    read = Event.model_validate_json(made.line())
    assert read == made
    assert read.expected_hash() == made.hash


@pytest.mark.parametrize("name", ["seq", "id", "at", "type", "actor", "channel", "key", "version", "payload", "prev"])
def test_every_field_is_part_of_the_hash(name: str) -> None:
    made = event({"a": 1})
    other = {"seq": 2, "version": 2, "payload": {"a": 2}, "actor": "user"}.get(name, "1" * 64)
    assert made.model_copy(update={name: other}).expected_hash() != made.hash


def test_the_hash_is_what_the_documents_say() -> None:
    made = event({"b": 1, "a": "é"})
    text = (
        '{"actor":"server","at":"2026-11-20T10:00:00.000Z","channel":"server","id":"00000000000000000000000000","key":null,'
        '"payload":{"a":"é","b":1},"seq":1,"type":"x","version":1}'
    )
    assert made.hash == chain_hash(GENESIS, json.loads(text))
    assert made.hash == sha256(f"{GENESIS}|{text}".encode()).hexdigest()


@pytest.mark.parametrize("change", [{"more": 1}, {"actor": "model"}, {"seq": "one"}, {"hash": None}])
def test_an_event_is_closed_and_typed(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Event.model_validate({**event({}).model_dump(), **change})


def test_ulids_are_unique_and_sort_by_their_time() -> None:
    made = [new_ulid() for _ in range(1000)]
    assert len(set(made)) == 1000
    assert all(len(ulid) == 26 and set(ulid) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ") for ulid in made)
    assert [ulid[:10] for ulid in made] == sorted(ulid[:10] for ulid in made)


def test_the_time_is_utc_with_milliseconds() -> None:
    assert len(utc_now()) == len("2026-11-20T10:00:00.000Z")
    assert utc_now().endswith("Z")


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_are_not_finite_have_no_canonical_text(number: float) -> None:
    with pytest.raises(ValueError, match="Out of range"):
        canonical({"score": number})


@given(value=BODIES)
def test_equal_values_have_one_text_and_one_digest(value: dict[str, object]) -> None:
    shuffled = dict(reversed(value.items()))
    assert canonical(value) == canonical(shuffled)
    assert digest(value) == digest(shuffled)
    assert json.loads(canonical(value)) == value


@given(first=strategies.text('ab"{}:,', max_size=6), second=strategies.text('ab"{}:,', max_size=6))
def test_different_texts_never_share_a_canonical_form(first: str, second: str) -> None:
    assert (canonical([first, second]) == canonical([second, first])) == (first == second)
