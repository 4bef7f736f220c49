"""Policy files and labelled rows from disk → policies in a folder."""

import gzip
import zlib
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

from stream.adapters.policies import PolicyFolder
from stream.adapters.text_files import read_text
from stream.core.errors import BadInput, PolicyInvalid
from stream.core.policy import Policy
from stream.core.policy.golden import parse_exemplars, parse_golden
from stream.core.policy.lock import Lock
from stream.core.policy.text import parse_policy
from stream.ops.policies.pack.labelled import Fitted, LabelledRow, fitted, read_rows
from stream.ops.policies.pack.markdown import read_source
from stream.ops.policies.pack.naming import id_of, letters_of, version_of
from stream.ops.policies.pack.placing import Imported
from stream.ops.policies.pack.policy_text import Form, Origin, Written, written

_ROWS = (".jsonl", ".jsonl.gz")
_LICENCES = ("LICENSE", "LICENCE", "LICENSE.md", "LICENSE.txt", "COPYING")
_READ_ME = ("readme.md", "license.md", "contributing.md")
_SHOWN = 4
"""How many parts of its path are kept: enough to find it, and none of this machine's."""
_UP = 4
"""How many folders up a licence is looked for."""


class Packed(Struct, frozen=True):
    """One policy, ready to be put into the folder, and what became of its rows."""

    policy: Policy
    imported: Imported
    rows: Fitted


def pack(sources: Sequence[Path], root: Path, licence: str = "") -> list[Packed]:
    """Read policies and rows, and write them in our form; nothing is put anywhere.

    Args:
        sources: Markdown files, folders of them, and labelled rows.
        root: the folder that they will lie in: no two policies there may share letters.
        licence: that of the source, where none lies beside it.

    Raises:
        PolicyInvalid: one of them cannot be read; says in which file and line.
        BadInput: there is no policy among them, or two have one id.
    """
    rows = [row for path in sources if path.name.endswith(_ROWS) for row in _rows(path)]
    files = [file for path in sources if not path.name.endswith(_ROWS) for file in _markdown(path)]
    ids = [id_of(file.resolve().parent.name, file.name) for file in files]
    if not files:
        named = sorted({row.labels.policy for row in rows})
        about = (
            f" Rows label posts under {', '.join(named)}: give those policies' files too." if named else ""
        )
        raise BadInput(f"There is no Markdown file of a policy in {', '.join(map(str, sources))}.{about}")
    if twice := next((one for one in ids if ids.count(one) > 1), ""):
        raise BadInput(
            f"Two files would both become policy `{twice}`: rename one, or import them one by one."
        )
    folder = PolicyFolder(root)
    taken = {clause.id[:2] for one in folder.ids() if one not in ids for clause in folder.policy(one).clauses}
    packed = []
    for policy_id, file in zip(ids, files, strict=True):
        packed.append(_packed(policy_id, file, taken, folder.lock(), rows, licence))
        taken |= {clause.id[:2] for clause in packed[-1].policy.clauses}
    return packed


def _packed(
    policy_id: str, file: Path, taken: set[str], lock: Lock, rows: Sequence[LabelledRow], licence: str
) -> Packed:
    text = read_text(file)
    source = read_source(text, str(file))
    form = Form(policy_id, version_of(policy_id, lock), letters_of(source.code, source.title, taken))
    digest = sha256(text.encode()).hexdigest()
    made = written(source, form, Origin("/".join(file.parts[-_SHOWN:]), digest, licence or _licence(file)))
    policy = _checked(made, file)
    cases = fitted(rows, policy, made.clauses)
    parse_golden(cases.text, f"{policy_id}/tests.jsonl", policy) if cases.text else ()
    files = {"policy.md": made.policy, "exemplars.jsonl": made.exemplars, "tests.jsonl": cases.text}
    return Packed(policy, Imported(policy_id, files), cases)


def _checked(made: Written, file: Path) -> Policy:
    """Read what was written: what does not hold together in our form is said of the source."""
    if not (made.shown or made.restricted):
        mend = 'Give it lines such as `- "a text" -> CODE1`, some of each side'
        raise PolicyInvalid(str(file), 1, "no examples of both sides were found", mend)
    try:
        policy = parse_policy(made.policy, str(file))
        if made.exemplars:
            parse_exemplars(made.exemplars, str(file), policy)
    except PolicyInvalid as error:
        what = f"does not fit our form: {error.what}"
        raise PolicyInvalid(str(file), 1, what, error.mend) from None
    return policy


def _markdown(path: Path) -> Iterator[Path]:
    if not path.exists():
        raise BadInput(f"There is no {path}: name a file or folder that is there.")
    if path.is_file():
        yield path
        return
    found = sorted(path.rglob("policy.md")) or sorted(path.glob("*.md"))
    yield from (file for file in found if file.name.lower() not in _READ_ME)


def _rows(path: Path) -> list[LabelledRow]:
    try:
        data = path.read_bytes()
        text = (gzip.decompress(data) if path.name.endswith(".gz") else data).decode()
    except (OSError, EOFError, zlib.error) as error:
        raise PolicyInvalid(str(path), 1, f"cannot be read: {error}", "Give a file of JSON lines") from None
    except UnicodeDecodeError as error:
        raise PolicyInvalid(str(path), 1, "not UTF-8", "Save the file as UTF-8") from error
    return read_rows(text.split("\n"), str(path))


def _licence(file: Path) -> str:
    """The first lines of the licence that lies nearest above a file."""
    for folder in list(file.resolve().parents)[:_UP]:
        for name in _LICENCES:
            if (folder / name).is_file():
                lines = (folder / name).read_text("utf-8", errors="replace").splitlines()
                return " ".join([line.strip() for line in lines if line.strip()][:2])[:200] + f" ({name})"
    return ""
