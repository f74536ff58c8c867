"""Work through the chunks of a run, several at once when asked: each thread has a connection and a transaction."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

from django.db import connections

Progress = Callable[[int, int], None]


class Tally:
    """How many chunks are done, told to `progress` one at a time."""

    def __init__(self, done: int, of: int, progress: Progress | None) -> None:
        self.done, self.of, self.progress = done, of, progress
        self.one_at_a_time = threading.Lock()

    def one_more(self) -> None:
        """A chunk is committed."""
        with self.one_at_a_time:
            self.done += 1
            if self.progress:
                self.progress(self.done, self.of)


def work_through(next_chunk: Callable[[], bool], tally: Tally, threads: int) -> None:
    """Call `next_chunk` until it finds no more. While one waits for the database another one calculates.

    What one raises stops the others after their chunk, and is raised here.
    """
    stop = threading.Event()

    def work() -> None:
        try:
            while not stop.is_set() and next_chunk():
                tally.one_more()
        finally:
            stop.set()

    def work_and_close() -> None:
        try:
            work()
        finally:
            connections.close_all()

    if threads == 1:
        return work()
    with ThreadPoolExecutor(threads) as pool:
        found = [pool.submit(work_and_close) for _ in range(threads)]
        try:
            wait(found)
        finally:
            stop.set()  # Ctrl-C: the chunks in hand are finished
    for one in found:
        one.result()
    return None
