"""Labelled data by the name a user gives: a data set, one of its splits, or a file."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from emocli.data.byte_streams import open_file
from emocli.data.catalogue import datasets as built_in_datasets
from emocli.data.dataset import Contents, Dataset, Edition, Role, Split
from emocli.data.examples import Example, LabelledData
from emocli.data.folders import Folder
from emocli.data.label_names import check_label
from emocli.data.layouts import read_layout
from emocli.data.record import ENDINGS
from emocli.data.registry import locate, where_to_get
from emocli.data.text_files import hash_of
from emocli.errors import EmocliError, UsageError, unknown
from emocli.paths import is_device, path_of

FILE_ENDINGS = (*ENDINGS, ".txt", ".gz")


def read_labelled(
    spec: str,
    *,
    role: Role = "train",
    labels: tuple[str, ...] | None = None,
    text_column: str | None = None,
    label_column: str | None = None,
    datasets: Mapping[str, Dataset] | None = None,
) -> LabelledData:
    """Read labelled texts.

    Args:
        spec: `NAME` (the split that stands for `role`), `NAME:split`, or the path of a file; a
            file that exists is taken before a data set of the same name.
        labels: the labels that may occur, in the order wanted; None takes those of the data.
        text_column, label_column: of a file, where they cannot be told (see `layouts`).
        datasets: the known data sets; None takes the built-in ones.

    Raises:
        UsageError: no such data set, split, file, column or layout.
        DataError: a file breaks its layout, or holds a label that is not one of `labels`.
        EmocliError: the data set is not on this machine; the message says how to get it.
    """
    known = built_in_datasets() if datasets is None else datasets
    named = find_split(spec, role, known)
    if named is None:
        return _read_file(spec, labels, text_column, label_column)
    return read_split(*named, labels)


def find_split(
    spec: str, role: Role, known: Mapping[str, Dataset], others: Iterable[str] = ()
) -> tuple[Dataset, str] | None:
    """The data set and the split that `spec` names (see `read_labelled`); None for a file.

    Args:
        others: names that may have been meant besides, for the error.

    Raises:
        UsageError: there is no such data set, split or file.
    """
    path = path_of(spec)
    if path.is_file():
        return None
    name, colon, split = spec.partition(":")
    if name not in known:
        _refuse(spec, path, name, [*known, *others])
    dataset = known[name]
    if colon:
        dataset.check_split(split)
    return dataset, split if colon else dataset.split_for(role)


def dev_of(train: str, known: Mapping[str, Dataset], advice: str) -> str:
    """What is read as dev data where `train` is learnt from: the dev split of its data set.

    Args:
        advice: how to give other dev data, for the error.

    Raises:
        UsageError: a file is learnt from, or a data set without a dev split, or there is neither.
    """
    named = find_split(train, "train", known)
    if named is None:
        raise UsageError(
            f"{train}: a file has no dev data of its own; they choose the best epoch and the "
            f"thresholds. {advice}"
        )
    return f"{named[0].name}:{named[0].split_for('dev')}"


def read_split(dataset: Dataset, split: str, labels: tuple[str, ...] | None = None) -> LabelledData:
    """Read one split of a data set from where it lies on this machine.

    Raises:
        EmocliError: it is not on this machine, or a file of the split is missing.
        DataError: a file breaks its format.
    """
    place = locate(dataset)
    if place is None:
        raise EmocliError(where_to_get(dataset))
    folder = Folder(place)
    edition, description = folder.split(dataset, split)
    paths = paths_of(folder, description)
    reader = description.reader or edition.reader
    parts = [reader(path, dataset.labels) for path in paths]
    examples: Sequence[Example] = [example for part in parts for example in part.examples]
    if description.choose is not None:
        examples = list(description.choose(examples))
    if labels is not None:
        _check_labels(f"{dataset.name}:{split}", examples, labels)
    notes = _notes(dataset, edition, description, folder, parts)
    lacking = [label for label in labels or () if label not in dataset.labels]
    if lacking:
        notes += (f"has no label {', '.join(lacking)}; to predict one counts as wrong",)
    whole = checksum(_with_companions(description, paths))
    divided = _is_divided(edition, description)
    return LabelledData(
        name=f"{dataset.name}:{split}",
        examples=tuple(examples),
        labels=labels or dataset.labels,
        exclusive=dataset.exclusive,
        checksum=_part_checksum(whole, examples) if divided else whole,
        notes=notes,
        labelled=any(part.labelled for part in parts),
        part_of=whole if divided else "",
    )


def paths_of(folder: Folder, split: Split) -> list[Path]:
    """The files of a split in a folder, cut to its documents."""
    paths = [path for file in split.files for path in folder.find(file)]
    first, end = split.documents or (0, len(paths))
    return paths[first:end]


def checksum(paths: Sequence[Path]) -> str:
    """The SHA-256 of a file, or, of several, that of their digests written one after the other."""
    digests = [hash_of(path) for path in paths]
    if len(digests) == 1:
        return digests[0]
    return hashlib.sha256("".join(digests).encode("ascii")).hexdigest()


def left_out_notes(parts: Sequence[Contents]) -> list[str]:
    """One sentence a reason why rows were left out, with how many."""
    counts: Counter[str] = Counter()
    for part in parts:
        counts.update(part.left_out)
    return [f"{number:,} {reason} left out" for reason, number in sorted(counts.items())]


def _read_file(
    spec: str,
    labels: tuple[str, ...] | None,
    text_column: str | None,
    label_column: str | None,
) -> LabelledData:
    path = path_of(spec)
    found = read_layout(path, labels, text_column, label_column)
    notes = [*found.notes, *left_out_notes([found.contents])]
    if found.layout not in ("csv", "tsv", "jsonl", "parquet"):
        notes.insert(0, f"{path.name} was read in the layout '{found.layout}'")
    return LabelledData(
        name=spec,
        examples=found.contents.examples,
        labels=found.labels,
        exclusive=found.exclusive,
        checksum=hash_of(path),
        notes=tuple(notes),
        labelled=found.contents.labelled,
        path=path,
        open_labels=found.open_labels,
    )


def _refuse(spec: str, path: Path, name: str, known: Iterable[str]) -> None:
    if path.is_dir():
        raise UsageError(
            f"{path}: this is a directory, expected a file or the name of a data set; a data "
            "set in a folder of yours is made known with: emocli data add NAME FOLDER"
        )
    if spec == "-" or is_device(path):
        raise UsageError(
            f"{spec}: labelled texts come from a file or a data set, not from a pipe or a "
            "terminal: they are read more than once, and the name of a file tells its layout. "
            "Write them to a file and give its path."
        )
    looks_like_path = "/" in spec or "\\" in spec or spec.startswith((".", "~"))
    if looks_like_path or path.suffix.lower() in FILE_ENDINGS:
        open_file(path).close()
    raise unknown("data set", name, known, "A file is given by its path.")


def _with_companions(split: Split, paths: Sequence[Path]) -> list[Path]:
    beside = [
        path.with_name(name)
        for file in split.files
        for name in file.companions
        for path in paths
        if path.name in (file.name, *file.aliases)
    ]
    return [*paths, *beside]


def _is_divided(edition: Edition, split: Split) -> bool:
    """Whether a split is chosen from files that other splits are read from, too."""
    same = [other for other in edition.splits.values() if other.files == split.files]
    return split.choose is not None and len(same) > 1


def _part_checksum(whole: str, examples: Iterable[Example]) -> str:
    """The SHA-256 of a part of files: of theirs, and of which examples are in the part."""
    told = json.dumps([whole, *(example.id for example in examples)])
    return hashlib.sha256(told.encode("ascii")).hexdigest()


def _check_labels(place: str, examples: Sequence[Example], labels: tuple[str, ...]) -> None:
    for label in dict.fromkeys(label for example in examples for label in example.labels):
        check_label(place, None, label, labels)


def _notes(
    dataset: Dataset, edition: Edition, split: Split, folder: Folder, parts: Sequence[Contents]
) -> tuple[str, ...]:
    notes = left_out_notes(parts)
    if edition is not dataset.editions[0]:
        notes.append(f"read from the edition '{edition.name}'")
    for file in split.files:
        for path in folder.find(file) if file.sha256 else ():
            if hash_of(path) not in file.sha256:
                notes.append(f"{path.name} is not byte for byte the file on record")
    return (*notes, split.note) if split.note else tuple(notes)
