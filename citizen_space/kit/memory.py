"""What a process keeps: what it was built of for good, and of what was freed little, and not for long."""

import contextlib
import ctypes
import gc

_M_TRIM_THRESHOLD, _M_ARENA_MAX = -1, -8  # of glibc's malloc.h
_MAY_STAY = 128 * 1024


# A request leaves some thousand objects, nearly all of them freed without the collector: look for circles less often.
_LOOK_AFTER = (2_000, 10, 10)


def keep_for_good() -> None:
    """Never again look through what the process was built of: half a million objects, a tenth of a second a time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_LOOK_AFTER)


def share_one_heap() -> None:
    """Let all threads allocate from one heap: one for each serves who allocates at once, and Python never does.

    On glibc; elsewhere nothing is changed.
    """
    with contextlib.suppress(AttributeError, OSError):
        library = ctypes.CDLL(None)
        library.mallopt(_M_ARENA_MAX, 1)
        library.mallopt(_M_TRIM_THRESHOLD, _MAY_STAY)


def give_back() -> None:
    """Give the pages that hold nothing back to the machine, in the midst of the heap too: some milliseconds."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
