"""The job language of driver.ts for the Python programs: one JSON job on stdin, one JSON answer on stdout.

A program passes `serve` one function per job; bytes arrive and leave as bytes, base64 is only in here.
"""

import base64
import json
import sys


def serve(jobs):
    """Does the job on stdin with `jobs[op](bootstrap, **fields)`."""
    job = json.load(sys.stdin)
    answer = jobs[job.pop("op")](job.pop("bootstrap"), **job)
    json.dump(answer, sys.stdout)


def rounds(load):
    """For each round of a load, (partition, key, value, headers) of each record."""
    for partitions in load["rounds"]:
        yield [
            (partition, from_wire(record["key"]), from_wire(record["value"]), pairs(record["headers"]))
            for partition, listed in enumerate(partitions)
            for record in listed
        ]


def pairs(headers):
    return [(name, from_wire(value)) for name, value in headers]


def stored(offset, key, value, headers):
    """A record as driver.ts expects it."""
    listed = [[name, to_wire(content)] for name, content in headers or []]
    return {"offset": offset, "key": to_wire(key), "value": to_wire(value), "headers": listed}


def to_wire(content):
    return None if content is None else base64.b64encode(content).decode()


def from_wire(text):
    return None if text is None else base64.b64decode(text)
