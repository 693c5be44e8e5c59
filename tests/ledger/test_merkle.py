"""Merkle trees, against RFC 6962 as the text has it, and against forgeries."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.ledger.merkle import EMPTY, Growing, holds, leaf_hash, node_hash, path_to, root_of

LEAVES = st.lists(st.binary(min_size=1, max_size=8), min_size=1, max_size=70).map(lambda d: [leaf_hash(x) for x in d])
KNOWN = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
"""The inputs of the reference tree that implementations of certificate transparency share."""


def by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word."""
    if not leaves:
        return EMPTY
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + by_definition(leaves[:k]) + by_definition(leaves[k:])).digest()


def test_the_reference_tree_has_its_known_roots() -> None:
    leaves = [leaf_hash(bytes.fromhex(text)) for text in KNOWN]

    assert root_of([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert root_of(leaves[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert root_of(leaves[:3]).hex() == "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
    assert root_of(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@given(LEAVES)
def test_a_growing_tree_has_the_defined_root(leaves: list[bytes]) -> None:
    tree = Growing()
    for n, leaf in enumerate(leaves, start=1):
        tree.add(leaf)

        assert (tree.size, tree.root) == (n, by_definition(leaves[:n]))


@given(LEAVES)
def test_every_leaf_is_proven_and_nothing_else(leaves: list[bytes]) -> None:
    root, size = root_of(leaves), len(leaves)
    for index, leaf in enumerate(leaves):
        path = path_to(leaves, index)

        assert holds(leaf, index, size, path, root)
        assert not holds(leaf_hash(b"another leaf"), index, size, path, root)
        assert not holds(leaf, index, size, [*path, leaf], root)
        assert not holds(leaf, size, size, path, root)
        assert not holds(leaf, -1, size, path, root)
        assert not holds(leaf, index, size, path, leaf_hash(root))


@given(LEAVES, st.data())
def test_a_leaf_is_proven_at_its_own_place_alone(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    other = data.draw(st.integers(0, len(leaves) - 1))
    path = path_to(leaves, index)
    same = leaves[other] == leaves[index] and path_to(leaves, other) == path

    assert holds(leaves[index], other, len(leaves), path, root_of(leaves)) is (other == index or same)


@given(LEAVES.filter(lambda leaves: len(leaves) > 1), st.data())
def test_a_path_with_one_hash_changed_or_gone_proves_nothing(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = path_to(leaves, index)
    at = data.draw(st.integers(0, len(path) - 1))
    root = root_of(leaves)

    assert not holds(leaves[index], index, len(leaves), [*path[:at], leaf_hash(path[at]), *path[at + 1 :]], root)
    assert not holds(leaves[index], index, len(leaves), [*path[:at], *path[at + 1 :]], root)


def test_a_node_passes_for_no_leaf() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")

    assert leaf_hash(left + right) != node_hash(left, right)
    assert not holds(leaf_hash(left + right), 0, 1, [], root_of([left, right]))


def test_there_is_no_path_to_a_leaf_that_is_not_there() -> None:
    with pytest.raises(IndexError):
        path_to([leaf_hash(b"a")], 1)
