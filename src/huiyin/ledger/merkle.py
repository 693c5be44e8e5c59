"""Merkle trees as in RFC 6962, section 2.1: leaves and nodes are hashed apart, so that no node passes for a leaf.

Pure; bytes in, bytes out.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()
"""The root of no leaves."""


def leaf_hash(data: bytes) -> bytes:
    """The hash under which `data` hangs in a tree."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return sha256(b"\x01" + left + right).digest()


class Growing:
    """A tree that leaves are added to one by one, in memory of its height: `add` each leaf hash, then ask `root`."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Put a leaf hash at the right end; equal subtrees join at once."""
        self._peaks.append(leaf)
        self.size += 1
        joins = self.size
        while joins % 2 == 0:
            right = self._peaks.pop()
            self._peaks[-1] = node_hash(self._peaks[-1], right)
            joins //= 2

    @property
    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self._peaks:
            return EMPTY
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes."""
    tree = Growing()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root


def path_to(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """What proves the leaf at `index`: the hashes beside its way to the root, from the leaf upwards."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"no leaf {index} among {len(leaves)}")
    level, path = list(leaves), []
    while len(level) > 1:
        beside = index ^ 1
        if beside < len(level):
            path.append(level[beside])
        # A last leaf without a neighbour rises as it is.
        level = [node_hash(*level[n : n + 2]) if n + 1 < len(level) else level[n] for n in range(0, len(level), 2)]
        index //= 2
    return path


def holds(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the path leads from this leaf, at this place in a tree of that size, to this root."""
    if not 0 <= index < size:
        return False
    ahead, found = list(path), leaf
    while size > 1:
        if index ^ 1 < size:
            if not ahead:
                return False
            beside = ahead.pop(0)
            found = node_hash(beside, found) if index % 2 else node_hash(found, beside)
        index, size = index // 2, (size + 1) // 2
    return not ahead and found == root
