"""Python requests, in the same loop as the others. It speaks what protocol.ts describes.

Not here: what is measured (workloads.ts). A pool of 50 connections instead of 10, or it would close most of them.
"""

import json
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor

OWN_COOKIE = ("session", "0123456789abcdef0123456789abcdef")
DOMAINS = 200
PIECE = b"x" * 65_536


def say(**reply):
    print(json.dumps(reply), flush=True)


def resident(field):
    with open("/proc/self/status", encoding="ascii") as status:
        for line in status:
            if line.startswith(field):
                return int(line.split()[1]) * 1024
    return 0


def peak_bytes():
    try:
        return resident("VmHWM")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def pieces(count):
    left = count
    while left > 0:
        yield PIECE[:left]
        left -= len(PIECE)


def expect(found, expected):
    if found != expected:
        raise ValueError(f"the body has {found}, not {expected}")


def document(turn):
    return {"id": turn, "name": "a small document", "tags": ["one", "two", "three"], "text": "x" * 120}


def open_session():
    import requests
    from requests.adapters import HTTPAdapter

    session = requests.Session()
    for prefix in ("http://", "https://"):
        session.mount(prefix, HTTPAdapter(pool_maxsize=50))
    return session


def fill(session, workload, url):
    for index in range(1, workload["cookies"]):
        domain = f"www{index % DOMAINS}.example.com"
        session.cookies.set(f"name{index}", f"value{index}", domain=domain, path="/")
    if workload["cookies"] == 0:
        return
    session.cookies.set(*OWN_COOKIE, domain="127.0.0.1", path="/")
    sent = session.get(url.rsplit("/", 1)[0] + "/cookie").text
    if sent != "=".join(OWN_COOKIE):
        raise ValueError(f"the cookie did not go along; the server got {sent!r}")


def operations(session, workload, url):
    count = workload["bodyBytes"]

    def varied(turn):
        return f"{url}?page={turn % 1000}"

    def first(turn):
        with open_session() as fresh:
            expect(len(fresh.get(url).text), count)

    def stream(turn):
        with session.get(varied(turn), stream=True) as response:
            expect(sum(len(piece) for piece in response.iter_content(65_536)), count)

    return {
        "get": lambda turn: expect(len(session.get(varied(turn)).text), count),
        "post": lambda turn: expect(len(session.post(varied(turn), json=document(turn)).text), count),
        "json": lambda turn: session.get(varied(turn)).json()[0]["id"],
        "bytes": lambda turn: expect(len(session.get(varied(turn)).content), count),
        "upload": lambda turn: expect(int(session.post(varied(turn), data=pieces(count)).text), count),
        "stream": stream,
        "first": first,
        "session": lambda turn: open_session().close(),
    }[workload["action"]]


class Rounds:
    """Counts up from round to round."""

    def __init__(self, operation, workload):
        self.operation = operation
        self.count = workload["count"]
        self.workers = workload["concurrency"]
        self.pool = ThreadPoolExecutor(self.workers)
        self.turn = 0

    def run(self, lead_ms, ms):
        if self.count is None:
            self._run_all(lead_ms)
        before = resource.getrusage(resource.RUSAGE_SELF)
        start = time.perf_counter()
        calls = self._run_all(ms)
        wall = time.perf_counter() - start
        after = resource.getrusage(resource.RUSAGE_SELF)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        say(kind="round", operations=calls, wallMs=wall * 1000, cpuUs=cpu * 1_000_000)

    def _run_all(self, ms):
        end = time.perf_counter() + ms / 1000
        return sum(self.pool.map(self._work, [end] * self.workers))

    def _work(self, end):
        calls = 0
        while True:
            calls += 1
            self.turn += 1
            self.operation(self.turn)
            if time.perf_counter() >= end if self.count is None else calls >= self.count:
                return calls


def start_up(workload, url):
    memory = resident("VmRSS")
    before = resource.getrusage(resource.RUSAGE_SELF)
    start = time.perf_counter()
    import requests  # noqa: F401

    if workload["id"] == "cold":
        expect(len(open_session().get(url).text), workload["bodyBytes"])
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    say(kind="ready", version=None)
    say(kind="round", operations=1, wallMs=wall * 1000, cpuUs=cpu * 1_000_000)
    say(kind="end", peakBytes=max(0, resident("VmRSS") - memory))


def obey(order):
    workload, url = order["workload"], order["url"]
    if workload["action"] == "import":
        start_up(workload, url)
        return
    import requests

    session = open_session()
    fill(session, workload, url)
    rounds = Rounds(operations(session, workload, url), workload)
    say(kind="ready", version=requests.__version__)
    for line in sys.stdin:
        order = json.loads(line)
        rounds.run(order["leadMs"], order["ms"])
    say(kind="end", peakBytes=peak_bytes())
    rounds.pool.shutdown()
    session.close()


try:
    obey(json.loads(sys.argv[1]))
except Exception as error:  # whatever it is, the parent has to hear of it
    say(kind="failed", reason=str(error))
