"""A coverage-guided fuzzer on the readers of usage files: `make fuzz`, or `python -m tests.fuzz asterisk -runs=9999`.

Whatever the octets are, a reader gives batches whose rows and places agree, or refuses the file; nothing else comes of
it. The database is not asked: what becomes of records is the matter of test_fuzzed_usage.py.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import atheris

with atheris.instrument_imports(include=["ligneclaire.domains.usage"]):
    from ligneclaire.domains.usage.readers import detail, forms, usage_csv
    from ligneclaire.domains.usage.rules.switch import Origin
from ligneclaire.kernel.refusal import Refusal

FALLEN = Path(__file__).parents[2] / ".venv" / "fuzz-found"  # what a reader fell over
ORIGIN = Origin("msc1", "Europe/Brussels", "BE")
SEEDS = {
    "usage-csv": b"source,id,line,service,direction,other,start,quantity,visited,amount\n"
    b"msc1,1,+32470654321,voice,out,+3222345678,2026-03-04T13:00:00+01:00,61,,\n",
    "asterisk": b'"+32470654321","0470654321","022345678","customers","""Bram, the voice"" <0470654321>","PJSIP/b-1f",'
    b'"PJSIP/c-20","Dial","PJSIP/022345678@c,60","2026-03-04 12:59:52","2026-03-04 13:00:00",'
    b'"2026-03-04 13:01:01",69,61,"ANSWERED","DOCUMENTATION","1772625592.31",""\n',
    "kamailio": b" 1(28862) NOTICE: acc [acc.c:287]: acc_log_request(): ACC: transaction answered: "
    b"timestamp=1772625600;method=INVITE;from_tag=a73;to_tag=9fx;call_id=38@atlanta.example;code=200;reason=OK;src_user=0470654321;"
    b"dst_user=+33145678901;src_ip=192.0.2.7\n",
    "third-party": b"reference,number,at,amount,currency,tax\nr1,+32470654321,2026-03-04T13:00:00+01:00,2.00,EUR,0\n",
    "detail": b'Sat Nov 21 09:41:07 2026\n\tUser-Name = "ann"\n\tAcct-Status-Type = Start\n\tAcct-Session-Id = "8f21"\n'
    b"\tNAS-IP-Address = 192.0.2.1\n\tEvent-Timestamp = 1795254060\n\tTimestamp = 1795254067\n\n",
}


def of_detail(octets: bytes) -> None:
    """Records of RADIUS, each with its place."""
    places = [one.place for one in detail.read(BytesIO(octets))]
    assert places == sorted(places)


def of_usage(octets: bytes) -> None:
    """Our own form."""
    for batch in usage_csv.read("fuzzed", BytesIO(octets)):
        assert batch.rows.num_rows == len(batch.places)


def of_form(name: str) -> Callable[[bytes], None]:
    """The form of another program."""

    def read(octets: bytes) -> None:
        for batch in forms.FORMS[name].read("fuzzed", BytesIO(octets), origin=ORIGIN):
            assert batch.rows.num_rows == len(batch.places)

    return read


def main(name: str, *options: str) -> None:
    """Fuzz one reader; `options` are those of libFuzzer. It ends the process: 0, or telling what it fell over."""
    read = of_detail if name == "detail" else of_usage if name == "usage-csv" else of_form(name)

    def one(octets: bytes) -> None:
        try:
            read(octets)
        except Refusal:
            return

    FALLEN.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as corpus:
        (Path(corpus) / "seed").write_bytes(SEEDS[name])
        atheris.Setup([sys.argv[0], corpus, "-max_len=2000", f"-artifact_prefix={FALLEN}/", *options], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
