"""A digest inside a Parquet file, where its readers don't look: between the last row group and the footer.

Parquet's own page checksums leave its headers and footer unguarded. The block is `mark, digest, mark`: a file with
either mark was written with a digest, and one with neither (an older file) can't be checked.
"""

import hashlib

from schemas.errors import StoreError

_MARK, _DIGEST_BYTES = b"<diffspot digest>", 32
_BLOCK_BYTES = 2 * len(_MARK) + _DIGEST_BYTES
_TAIL_BYTES = 8


def digest_block(parquet: memoryview) -> tuple[int, bytes]:
    """Return where to insert the block into a whole Parquet file, and the block."""
    place = _footer_start(parquet)
    return place, _MARK + _digest(parquet[:place], parquet[place:]) + _MARK


def check_digest(data: bytes, name: str) -> None:
    """Raise StoreError where a file that was written with a digest has other bytes now."""
    whole = memoryview(data)
    end = _footer_start(whole)
    block = data[max(0, end - _BLOCK_BYTES) : max(0, end)]
    if block == _MARK + _digest(whole[: max(0, end - _BLOCK_BYTES)], whole[max(0, end) :]) + _MARK:
        return
    if _MARK in data:
        raise StoreError(f"{name} is damaged (its digest is another): run the sweep again, finished calls are kept")


def _footer_start(parquet: memoryview) -> int:
    return len(parquet) - _TAIL_BYTES - int.from_bytes(parquet[-_TAIL_BYTES:-4], "little")


def _digest(before: memoryview, after: memoryview) -> bytes:
    digest = hashlib.blake2b(before, digest_size=_DIGEST_BYTES)
    digest.update(after)
    return digest.digest()
