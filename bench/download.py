"""The guarded downloader against curl: 500 MB from this machine, each into a file, ours with checksum and all its guards.

Run: python -m bench.download
"""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEGABYTES = 500
ROUNDS = 3
# A process of its own serves, so that what is measured is the one who fetches.
_SERVER = f"""
import http.server
CHUNK = bytes(1 << 20)
START = b"\\x89PNG\\r\\n\\x1a\\n\\0\\0\\0\\rIHDR"
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str({MEGABYTES} << 20))
        self.end_headers()
        self.wfile.write(START + CHUNK[len(START):])
        for _ in range({MEGABYTES} - 1):
            self.wfile.write(CHUNK)
    def log_message(self, *_):
        pass
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"""


def main() -> None:
    """Print seconds of both, interleaved, their ratio, and the memory of ours."""
    curl = shutil.which("curl")
    with serving() as host, tempfile.TemporaryDirectory() as folder:
        ours: list[float] = []
        theirs: list[float] = []
        peak = 0
        for _ in range(ROUNDS):
            told = subprocess.run(
                [sys.executable, "-m", "bench.download", host, folder], check=True, capture_output=True, text=True
            ).stdout.split()
            ours.append(float(told[0]))
            peak = max(peak, int(told[1]))
            if curl:
                began = time.perf_counter()
                subprocess.run([curl, "-s", "-o", f"{folder}/curl", f"http://{host}/"], check=True)
                theirs.append(time.perf_counter() - began)
    mine = statistics.median(ours)
    print(f"ours, with SHA-256: {MEGABYTES / mine:.0f} MB/s, peak {peak / 1024:.0f} MB resident")
    if theirs:
        other = statistics.median(theirs)
        print(f"curl, without: {MEGABYTES / other:.0f} MB/s; ours is {other / mine:.0%} of its speed")


@contextmanager
def serving() -> Iterator[str]:
    """A server of zeros that begin like a picture; gives its host and port."""
    server = subprocess.Popen([sys.executable, "-c", _SERVER], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        yield f"127.0.0.1:{server.stdout.readline().strip()}"
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


def fetch(host: str, folder: str) -> None:
    """Fetch it once in this process, and print the seconds and the kilobytes it took."""
    from jobs.tools.files.download import Downloader, Limits
    from jobs.tools.sources.record import FileLink

    began = time.perf_counter()
    Downloader(Path(folder), [host], Limits(most_bytes=MEGABYTES << 21)).fetch(FileLink(f"http://{host}/", "image"))
    print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        fetch(*sys.argv[1:])
    else:
        main()
