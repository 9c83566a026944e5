"""`make demo-offline`: the studio with its demo channel, and on this machine a made-up YouTube and made-up sources.

Every page can be tried without the internet and without a key. The studio is the real one; only where it asks is
different: YTDLP_OPTIONS, SOURCE_URLS and DOWNLOAD_ALLOW_HOSTS lead to servers of the tests. Its data lies in a folder of
its own, `var/offline`, unless DATA_DIR says otherwise.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import certifi

from accounts.providers import PROVIDERS
from jobs.tools.process import die_with_parent
from tests.fakes.source_world import source_world
from tests.fakes.youtube_world import youtube_world

ROOT = Path(__file__).resolve().parent.parent
CHANNELS = 400


@contextmanager
def worlds() -> Iterator[dict[str, str]]:
    """Run them; gives the environment of a studio whose world they are."""
    with (
        source_world(apart=True) as sources,
        youtube_world(channels=CHANNELS, thumbnails="here") as youtube,
        tempfile.TemporaryDirectory(prefix="offline-demo-") as folder,
    ):
        # The made-up YouTube's certificate beside those of the world: a model's server may still be asked.
        trusted = Path(folder) / "trusted.pem"
        trusted.write_bytes(Path(certifi.where()).read_bytes() + youtube.ca_file.read_bytes())
        # Sources that want a key are given one that opens nothing else; a real one stays here as well.
        keys = {provider.environment: "made-up" for provider in PROVIDERS if provider.slug in sources.urls}
        yield {
            **keys,
            **youtube.environment,
            "SSL_CERT_FILE": str(trusted),
            "YOUTUBE_PICTURES": youtube.thumbnails,
            "SOURCE_URLS": json.dumps(sources.urls),
            "DOWNLOAD_ALLOW_HOSTS": ",".join(sources.allowed),
        }


def main() -> int:
    """Run all of it until it is stopped; the studio ends first, then what it asks."""
    with worlds() as environment:
        studio = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "studio", "--demo"],
            env={"DATA_DIR": str(ROOT / "var" / "offline"), **os.environ, **environment},
            cwd=ROOT,
            preexec_fn=die_with_parent,
        )
        # However this process is told to end, the studio ends first, in its own way: it hands running jobs back.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: studio.send_signal(signal.SIGTERM))
        return studio.wait()


if __name__ == "__main__":
    sys.exit(main())
