"""The crew language of member.ts for the Python programs: commands in, events out, one thread for each member.

A program passes `crew` a function that makes a member of a join command. A member has `poll()`, which waits a moment and
gives records, `commit(offsets)`, `fetch(partitions)` and `leave()`, and tells its callbacks through the `tell` it was given.
"""

import json
import os
import queue
import sys
import threading
import time
import traceback

_output = threading.Lock()


def crew(make):
    """Runs until stdin ends; then every member leaves."""
    members = {}
    for line in sys.stdin:
        command = json.loads(line)
        name = command["member"]
        if command["do"] == "join":
            inbox = queue.Queue()
            thread = threading.Thread(target=_live, args=(make, command, inbox), daemon=True)
            members[name] = (inbox, thread)
            thread.start()
        else:
            members[name][0].put(command)
    for name, (inbox, thread) in members.items():
        inbox.put({"do": "leave", "member": name})
    for _, thread in members.values():
        thread.join(10)
    # a thread inside of a client may outlive its close
    os._exit(0)


def _live(make, join, inbox):
    name = join["member"]

    def tell(event, **more):
        line = json.dumps({"member": name, "at": int(time.time() * 1000), "event": event, **more})
        with _output:
            print(line, flush=True)

    try:
        tell("joining")
        member = make(join, tell)
        while True:
            _read(member, join, tell)
            try:
                command = inbox.get_nowait()
            except queue.Empty:
                continue
            if command["do"] == "leave":
                member.leave()
                tell("left")
                return
            if command["do"] == "commit":
                member.commit(command["offsets"])
                tell("committed")
            if command["do"] == "fetch":
                tell("offsets", offsets=member.fetch(command["partitions"]))
    except Exception as error:
        traceback.print_exc()
        tell("error", message=f"{type(error).__name__}: {error}")


def _read(member, join, tell):
    records = member.poll()
    if not records:
        return
    tell("records", records=records)
    if not join["commits"]:
        return
    ends = {(topic, partition): offset + 1 for topic, partition, offset, _ in records}
    try:
        member.commit([(*at, end, "") for at, end in ends.items()])
    except Exception as error:
        # a rebalance came between: somebody reads these records again
        tell("error", message=f"commit: {error}")
