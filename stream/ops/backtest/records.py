"""What `audit` holds about cases of a window: read once, looked up by case, kept without any word."""

from collections.abc import Iterable

from msgspec import DecodeError, Struct
from msgspec.msgpack import Decoder, Encoder

from stream.adapters.answers import DiskTable
from stream.core.audit import Ask, CaseJudged, CaseRouted, CaseShadowed
from stream.core.canary import is_canary
from stream.core.cascade import Why
from stream.core.errors import Unreadable
from stream.core.judgement import Judgement
from stream.core.policy import PolicyResult
from stream.core.policy.calibration import Basis
from stream.core.wire import read_audit
from stream.ops.backtest.stance import Kept, total, wordless
from stream.ports import Record

_RESTRICTED, _RULED = "restricted", "ruled"


class Told(Struct, frozen=True, array_like=True):
    """How one set judged one case: the answers that count, and every question."""

    judgements: tuple[Judgement, ...]
    asks: tuple[Ask, ...]
    digests: dict[str, str] = {}

    @property
    def policies(self) -> tuple[str, ...]:
        """Those that were asked, or could not be."""
        return tuple(judgement.policy for judgement in self.judgements)

    def kept(self) -> dict[str, Kept]:
        """By policy what can be taken for an answer; not where an audit found something else."""
        overruled = {
            policy
            for ask in self.asks
            if ask.why is Why.AUDITED
            for policy, result in ask.results.items()
            if result is not PolicyResult.SAFE
        }
        bases = self.bases()
        return {
            one.policy: Kept(
                one,
                total(ask.usage for ask in self.asks if _paid_for(ask, one.policy)),
                bases.get(one.policy),
            )
            for one in self.judgements
            if one.policy not in overruled
        }

    def bases(self) -> dict[str, Basis]:
        """By policy what the answer that counts was given under, where the record tells all of it."""
        return {name: basis for name in self.policies if (basis := self._basis(name)) is not None}

    def _basis(self, policy: str) -> Basis | None:
        asks = [ask for ask in self.asks if policy in ask.policies and ask.why is not Why.REPEATED]
        last = next((ask for ask in asks if ask.why is not Why.FIRST), asks[0] if asks else None)
        if last is None or last.template is None or last.model is None or policy not in self.digests:
            return None
        return Basis(self.digests[policy], last.template, last.model, last.effort)


class AuditIndex:
    """The records of the sets that are compared, on disk.

    Args:
        table: an empty one.
        digests: of the sets whose answers may be taken.
    """

    def __init__(self, table: DiskTable, digests: Iterable[str]) -> None:
        self._table = table
        self._digests = frozenset(digests)

    def read(self, records: Iterable[Record]) -> None:
        """Take in records of `audit`; canaries, other events and what cannot be read are passed over."""
        for record in records:
            try:
                event = read_audit(record.value)
            except (Unreadable, ValueError):
                continue
            if isinstance(event, CaseRouted | CaseJudged | CaseShadowed) and not is_canary(event.id):
                self._take(event)

    def told(self, content_id: str, case: str, digest: str) -> Told | None:
        """How this set judged a case; None where it did not, or nothing may be told."""
        value = self._table.get(_key(content_id, case, digest))
        try:
            return None if value is None else _decode(value)
        except DecodeError:
            return None

    def is_restricted(self, content_id: str, case: str) -> bool:
        """Whether any set found that few people may see it."""
        return self._table.get(_key(content_id, case, _RESTRICTED)) is not None

    def is_ruled(self, content_id: str, case: str) -> bool:
        """Whether an operator's rule sent it to people."""
        return self._table.get(_key(content_id, case, _RULED)) is not None

    def _take(self, event: CaseRouted | CaseJudged | CaseShadowed) -> None:
        if isinstance(event, CaseRouted):
            if event.lane == "people" and event.rules:
                self._table.put(_key(event.id, event.case, _RULED), b"")
        elif event.restricted:
            self._table.put(_key(event.id, event.case, _RESTRICTED), b"")
        elif event.confidential is not None and event.policy_set in self._digests:
            judgements = tuple(wordless(one) for one in event.confidential.judgements)
            told = Told(judgements, event.asks, event.digests)
            self._table.put(_key(event.id, event.case, event.policy_set), _encode(told))


def _key(content_id: str, case: str, what: str) -> bytes:
    return f"{case}\xff{content_id}\xff{what}".encode()


def _paid_for(ask: Ask, policy: str) -> bool:
    """Whether an answer's tokens count as this policy's: of those asked together, the first has them."""
    return ask.why in (Why.FIRST, Why.RAISED) and ask.policies[:1] == (policy,)


_encode = Encoder().encode
_decode = Decoder(Told).decode
