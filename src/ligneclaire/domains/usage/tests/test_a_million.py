"""A file of a million records with one bad line: the good ones are kept, and memory does not grow with the file."""

import os
import subprocess
import sys

import pytest
from tests import cast

from ligneclaire.domains.usage.models import Session, Suspended

READ = """
import io, resource, sys, django
django.setup()
from datetime import timedelta
from ligneclaire.domains.usage import operations
from ligneclaire.domains.usage.tests.detail_files import EVENT, block

TEMPLATE = block(sys.argv[2], "%08x").encode()

class Records(io.RawIOBase):
    def __init__(self, number, bad):
        self.number, self.bad, self.next, self.rest = number, bad, 0, b""
    def readable(self):
        return True
    def readinto(self, buffer):
        if not self.rest and self.next < self.number:
            last = min(self.next + 100, self.number)
            octets = (TEMPLATE % n if n != self.bad else TEMPLATE.replace(b"Class =", b"Class") % n
                      for n in range(self.next, last))
            self.rest, self.next = b"".join(octets), last
        given, self.rest = self.rest[: len(buffer)], self.rest[len(buffer) :]
        buffer[: len(given)] = given
        return len(given)

for number, bad in ((20_000, -1), (int(sys.argv[3]), 777_777)):
    file = operations.take_in_detail_file(
        operator_id=int(sys.argv[1]), name="detail", stream=io.BufferedReader(Records(number, bad)),
        at=EVENT + timedelta(hours=1), actor="command:test",
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(file.records, file.kept, file.duplicates, file.suspended, peak)
"""


@pytest.mark.soak
@pytest.mark.usefixtures("database")
def test_a_million_records_with_a_bad_line() -> None:
    anna = cast.household()
    done = subprocess.run(
        [sys.executable, "-c", READ, str(anna.operator.pk), cast.ANNA_LINE, "1000000"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "ligneclaire.config.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    small, large = ([int(word) for word in line.split()] for line in done.stdout.splitlines())
    assert small[:4] == [20_000, 20_000, 0, 0]
    assert large[:4] == [1_000_000, 979_999, 20_000, 1]
    assert large[4] < small[4] + 20_000  # KB of peak memory
    with anna.acting():
        assert Session.objects.count() == 999_999
        assert Suspended.objects.get().place == 777_777 * 12 + 1
