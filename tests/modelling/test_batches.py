from __future__ import annotations

import pytest
import torch

from emocli.modelling.batches import Item, collate, one_of_few, sent

PAD = 9


def test_texts_are_padded_at_the_end_to_the_longest() -> None:
    batch = collate([Item([1]), Item([2, 3, 4]), Item([5, 6])], PAD)
    assert batch.ids.tolist() == [[1, 9, 9], [2, 3, 4], [5, 6, 9]]
    assert batch.ids.dtype == torch.int64
    assert batch.mask.tolist() == [
        [True, False, False],
        [True, True, True],
        [True, True, False],
    ]
    assert batch.lengths.tolist() == [1, 3, 2]
    assert batch.role == "target"


def test_a_text_may_hold_the_padding_id() -> None:
    batch = collate([Item([PAD, 1]), Item([2])], PAD)
    assert batch.mask.tolist() == [[True, True], [True, False]]


def test_more_padding_can_be_asked_for() -> None:
    assert collate([Item([1]), Item([2, 3])], PAD, 3).ids.tolist() == [[1, 9, 9], [2, 3, 9]]
    assert collate([Item([1]), Item([2, 3])], PAD, 1).ids.tolist() == [[1, 9], [2, 3]]


def test_sizes_are_few_and_at_most_an_eighth_larger() -> None:
    found = [one_of_few(n) for n in range(1025)]
    assert found[:17] == list(range(17))
    assert sorted(set(found[17:65])) == [*range(18, 33, 2), *range(36, 65, 4)]
    assert all(n <= few <= n * 9 / 8 for n, few in enumerate(found))
    assert [one_of_few(few) for few in found] == found
    assert len(set(found)) == 17 + 8 * 6


def test_targets_are_rows_of_numbers() -> None:
    batch = collate([Item([1], [0.0, 1.0], "source"), Item([2], [0.25, 0.5], "source")], PAD)
    assert batch.gold().tolist() == [[0.0, 1.0], [0.25, 0.5]]
    assert batch.gold().dtype == torch.float32
    assert batch.role == "source"


def test_a_batch_gives_its_texts_back_without_padding() -> None:
    assert collate([Item([5, 1, 2]), Item([4])], PAD).rows() == [(5, 1, 2), (4,)]


def test_a_batch_with_an_unlabelled_text_has_no_targets() -> None:
    batch = collate([Item([1], [1.0]), Item([2])], PAD)
    assert batch.targets is None
    with pytest.raises(ValueError, match=r"^a training batch needs targets$"):
        batch.gold()


def test_roles_are_not_mixed() -> None:
    message = r"^a batch holds items of one role, got \['source', 'target'\]$"
    with pytest.raises(ValueError, match=message):
        collate([Item([1]), Item([2], role="source")], PAD)


def test_a_batch_is_not_empty() -> None:
    with pytest.raises(ValueError, match=r"^a batch holds items of one role, got \[\]$"):
        collate([], PAD)
    with pytest.raises(ValueError, match=r"^an item has no tokens$"):
        collate([Item([1]), Item([])], PAD)


def test_lengths_stay_on_the_cpu() -> None:
    moved = collate([Item([1], [1.0])], PAD).to(torch.device("meta"))
    assert moved.targets is not None
    assert {moved.ids.device.type, moved.mask.device.type, moved.targets.device.type} == {"meta"}
    assert moved.lengths.device.type == "cpu"
    assert collate([Item([1])], PAD).to(torch.device("meta")).targets is None


@pytest.mark.gpu
def test_a_batch_arrives_on_a_gpu_whole(gpu: torch.device) -> None:
    for number in range(200):
        items = [Item([number + 1] * length, [0.5]) for length in range(1, 65)]
        expected = collate(items, 0)
        arrived = collate(items, 0).to(gpu)
        assert torch.equal(arrived.ids.cpu(), expected.ids)
        assert torch.equal(arrived.mask.cpu(), expected.mask)
        assert torch.equal(arrived.gold().cpu(), expected.gold())


def test_only_cuda_is_sent_what_it_may_read_later() -> None:
    """MPS would read memory that holds something else by then."""

    class Asked(torch.Tensor):
        def to(self, *_: object, **more: object) -> object:  # type: ignore[override]
            return more

    assert sent(torch.zeros(1).as_subclass(Asked), torch.device("mps")) == {}
