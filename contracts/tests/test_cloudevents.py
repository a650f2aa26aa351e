"""Conformance: the CloudEvents project's own library reads what we write, and we read what it writes."""

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary, to_binary
from cloudevents.core.formats.json import JSONFormat

from contracts.envelope import Envelope
from contracts.folder import Folder
from contracts.generate import HOME
from contracts.golden import Golden

GOLDENS = [pytest.param(numbered[max(numbered)], id=ce_type) for ce_type, numbered in Folder(HOME).goldens().items()]


def record(golden: Golden) -> KafkaMessage:
    headers = {name: text.encode() for name, text in golden.headers.items()}
    return KafkaMessage(headers=headers, key=golden.key.encode(), value=golden.value)


@pytest.mark.parametrize("golden", GOLDENS)
def test_the_cloudevents_library_reads_our_records(golden: Golden):
    event, envelope = from_binary(record(golden), JSONFormat()), golden.envelope()
    assert (event.get_id(), event.get_type(), event.get_source()) == (envelope.id, envelope.type, envelope.source)
    assert (event.get_time(), event.get_subject()) == (envelope.time, envelope.key)
    assert event.get_extension("partitionkey") == envelope.key
    assert (event.get_extension("sagaid") or "") == envelope.saga
    assert event.get_datacontenttype() == "application/json"
    assert event.get_data() == golden.data


@pytest.mark.parametrize("golden", GOLDENS)
def test_we_read_the_records_of_the_cloudevents_library(golden: Golden):
    theirs = to_binary(from_binary(record(golden), JSONFormat()), JSONFormat())
    key = theirs.key.encode() if isinstance(theirs.key, str) else theirs.key
    plain = {name: text for name, text in golden.headers.items() if not name.startswith("ce_")}  # no attributes
    headers = {**theirs.headers, **{name: text.encode() for name, text in plain.items()}}
    assert Envelope.of(headers.items(), key) == golden.envelope()
    assert Golden(golden.key, golden.headers, golden.data).message().parse(theirs.value) == golden.message()
