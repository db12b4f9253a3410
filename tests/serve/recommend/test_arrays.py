"""A model lies in one file and is read where it is."""

from __future__ import annotations

from array import array

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from plugin.serve.recommend.arrays import (
    STRIDE,
    Arrays,
    Broken,
    Ids,
    id_arrays,
    in_id_order,
    pack,
)
from plugin.serve.recommend.runs import Runs


def test_what_was_packed_is_read_again_without_a_copy():
    file = b"".join(pack({"weights": array("f", [0.5, 2]), "ends": array("I", [7])}, {"views": 12}))
    arrays = Arrays(file)
    assert arrays.meta == {"views": 12}
    assert arrays["weights"].tolist() == [0.5, 2]
    assert arrays["ends"].tolist() == [7]
    assert arrays["ends"].obj is file


@pytest.mark.parametrize("cut", [0, 5, 20, 60, -1])
def test_a_file_that_is_cut_is_said_to_be_broken(cut: int):
    file = b"".join(pack({"ends": array("I", range(40))}, {}))
    with pytest.raises(Broken, match="regulars train"):
        Arrays(file[:cut])


@given(st.lists(st.text(min_size=1, max_size=8), max_size=3 * STRIDE))
@example([str(number) for number in range(2 * STRIDE)])
@example([str(number) for number in range(2 * STRIDE + 1)])
def test_every_id_is_found_by_its_number_and_back(item_ids: list[str]):
    known = in_id_order(item_ids)
    ids = Ids(Arrays(b"".join(pack(id_arrays(known), {}))))
    assert [ids.number(ids[number]) for number in range(len(ids))] == list(range(len(known)))
    for text in ("", "0", "9", "nothing called so", "\U0010ffff" * 9):
        assert (ids.number(text) is None) == (text not in known)


def test_rows_come_back_as_they_were_appended():
    runs = Runs()
    runs.append([3, 1, 3], at=100, profile=7)
    runs.append([2], at=160)
    assert [row.tolist() for row in runs] == [[3, 1, 3], [2]]
    assert list(runs.profiles) == [7, 0]
