"""How Python takes its turns with rxface: what the sides of `rxface bench` have in common. Needs nothing beside Python itself."""
import json
import os
import sys
import time


def take_turns(ready, work):
    """Says that it is `ready`, as a JSON line {"ready": ...}; then for each line `TIMES` on stdin does work(TIMES), which gives what it
    has to say of it ({"images": ...}), and answers with that and {"seconds": ...}. Ends with its stdin."""
    print(json.dumps({"ready": ready}), flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        found = work(int(line))
        print(json.dumps({"seconds": time.perf_counter() - start, **found}), flush=True)


def peak():
    """The most memory that this process has held, in bytes; 0 where the system does not say."""
    if not os.path.exists("/proc/self/status"):
        return 0
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
