"""An evaluation put together from settings: set, labels, data, engine, classifier."""

from collections.abc import Callable
from pathlib import Path

from msgspec.structs import replace

from stream.adapters.answers import AnswerStore, RememberingEngine
from stream.adapters.policies import PolicyFolder, find_folder
from stream.adapters.text_files import read_text
from stream.config import EngineKind, Settings
from stream.core.errors import BadInput
from stream.core.policy.policy_set import PolicySet
from stream.core.toml_text import nearest
from stream.ops.evaluation.judging import Judging
from stream.ops.evaluation.labelled.classifier import FOLDS, Trained, trained
from stream.ops.evaluation.labelled.labelling import Labelling, labelling_by_name, parse_labelling
from stream.ops.evaluation.labelled.measuring import SAMPLING, measure
from stream.ops.evaluation.labelled.result import Setup
from stream.ops.evaluation.labelled.rows import RowInvalid, read_rows
from stream.ops.evaluation.labelled.survey import Survey, check_labels, survey
from stream.ops.evaluation.labelled.tally import Tally
from stream.ops.evaluation.silence import Silence
from stream.wiring.workers import engine_of

PACKS = "eval"
"""The folder of evaluation packs, beside the policies."""
LABELS = "labels.toml"
_SET = "default"

EXEMPLAR = (
    "No model was measured. The exemplar engine compares texts with examples: these figures say nothing "
    "about how well a model applies the policies."
)
RANDOM = "The model's weights are random: these figures say nothing about how well it applies the policies."

Started = Callable[[str, int], Callable[[], None]]
"""Begins a bar of so many steps; what it returns moves it by one."""


class Evaluation:
    """One data file under one set.

    Attributes:
        settings: with the set's folder and name, and an engine that may serve here.
        labelling: how the data's labels are read.
        found: what the rows hold that are looked at.
        tally: what was counted so far.
    """

    def __init__(self, settings: Settings, data: Path, limit: int | None = None) -> None:
        """Read the set, and the whole file; nothing is asked yet.

        Args:
            settings: as `chosen` returns them.
            data: the file of labelled rows.
            limit: so many rows, spread over the file; None is all.

        Raises:
            PolicyInvalid: the set or its labels.toml does not hold together.
            RowInvalid: a line of the data does not fit.
        """
        self.settings = settings
        self.policy_set = PolicyFolder(settings.policies.dir).policy_set(settings.policies.set)
        self.found = survey(data, limit)
        self.labelling = _labelling(settings.policies.dir / LABELS, data, self.policy_set, self.found)
        check_labels(data, self.labelling, self.found)
        self.tally = Tally(self.labelling, self.policy_set)
        self._data = data

    async def measured(self, store: AnswerStore | None, started: Started) -> str:
        """Judge every row; returns the model's name.

        Raises:
            Unavailable: the engine did not come back within some seconds.
            Exit: it is lost for good.
        """
        engine = RememberingEngine(engine_of(self.settings), store, self.tally.hear)
        try:
            await engine.start()
            judging = Judging(self.policy_set, engine, Silence(), SAMPLING)
            advanced = started("judging", self.found.rows)
            rows = filter(self.found.drawn.takes, read_rows(self._data))
            await measure(rows, judging, self.tally, self.settings.judge.window, advanced)
            return engine.model
        finally:
            await engine.stop()

    def trained(self, started: Started) -> Trained | None:
        """The classifier's figures on the same rows, or a bounded sample of them."""
        return trained(self.found.sample, self.labelling, started("classifier", FOLDS))

    def setup(self, name: str, model: str) -> Setup:
        """What was measured with what.

        Args:
            name: of the set, as it was asked for.
            model: as `measured` returned it.
        """
        return Setup(
            data=self._data.name,
            rows=self.tally.rows,
            set=name,
            digest=self.policy_set.digest,
            engine=self.settings.judge.engine.value,
            model=model,
            no_evidence=self.no_evidence,
            of=self.found.drawn.of,
        )

    @property
    def no_evidence(self) -> str:
        """Why the figures say nothing about a model; empty where they do."""
        judge = self.settings.judge
        if judge.engine is EngineKind.EXEMPLAR:
            return EXEMPLAR
        return RANDOM if judge.engine is EngineKind.VLLM and judge.vllm.load_format == "dummy" else ""


def chosen(settings: Settings, policy_set: str, engine: EngineKind | None) -> Settings:
    """The settings with set and engine asked for; the exemplar may serve here, for it decides nothing.

    Args:
        settings: as read.
        policy_set: a set's name, or `eval/NAME` for a pack.
        engine: what is asked; None leaves judge.engine.

    Raises:
        BadInput: there is no such pack.
        Misconfigured: there is no folder of policies.
    """
    root = find_folder(settings.policies.dir)
    policies = replace(settings.policies, dir=root, set=policy_set)
    if policy_set.startswith(f"{PACKS}/"):
        packs = sorted(path.parent.name for path in (root / PACKS).glob(f"*/{LABELS}"))
        pack = policy_set.removeprefix(f"{PACKS}/")
        if pack not in packs:
            mend = nearest(pack, packs) if packs else f"Packs lie in the folder `{PACKS}` of policies.dir"
            raise BadInput(f"{root / PACKS} has no pack `{pack}`. {mend}")
        policies = replace(policies, dir=root / PACKS / pack, set=_SET)
    judge = replace(settings.judge, exemplar=replace(settings.judge.exemplar, serve=True))
    judge = replace(judge, engine=engine) if engine is not None else judge
    return replace(settings, policies=policies, judge=judge)


def _labelling(path: Path, data: Path, policy_set: PolicySet, found: Survey) -> Labelling:
    if path.exists():
        return parse_labelling(read_text(path), str(path), policy_set)
    labelling = labelling_by_name(policy_set, found.labels)
    if labelling is None:
        what = f"no label is named like a policy of set `{policy_set.name}`"
        there = ", ".join(found.labels) or "none"
        mend = f"The file's labels are {there}: say in {path} which policy answers which"
        raise RowInvalid(data, 1, what, mend)
    return labelling
