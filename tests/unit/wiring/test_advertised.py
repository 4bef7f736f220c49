"""Where a worker of the ledger is reached: no two of them at the same address."""

import socket

import pytest

from stream.config.settings import Ledger
from stream.wiring.ledger import advertised


@pytest.mark.parametrize("every_address", ["0.0.0.0", "::", ""])
def test_workers_that_listen_everywhere_are_told_apart_by_their_machines(
    every_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given two containers with the same settings / When each says where it is reached
    settings = Ledger(host=every_address)
    told = []
    for name in ("first", "second"):
        monkeypatch.setattr(socket, "gethostname", lambda name=name: name)
        told.append(advertised(settings))
    # Then it is not at the same place, of which the others would know but one worker
    assert told == ["first:6066", "second:6066"]


def test_what_is_set_goes_before_and_an_address_of_its_own_is_its_address() -> None:
    assert advertised(Ledger(host="0.0.0.0", advertised="ledger-0.pods:80")) == "ledger-0.pods:80"
    assert advertised(Ledger(host="10.0.0.7", port=80)) == "10.0.0.7:80"
