"""What sources say about licences, and what is read from it."""

import pytest

from channels_app import licences as terms
from jobs.tools.sources import licences
from jobs.tools.sources.record import Found


@pytest.mark.parametrize(
    ("raw", "code", "spdx", "may"),
    [
        ("https://creativecommons.org/publicdomain/zero/1.0/", "cc0", "CC0-1.0", "yes yes no"),
        ("CC0", "cc0", "CC0-1.0", "yes yes no"),
        ("Creative Commons 0", "cc0", "CC0-1.0", "yes yes no"),
        ("http://creativecommons.org/publicdomain/mark/1.0", "pdm", "CC-PDM-1.0", "yes yes no"),
        ("HTTP://CreativeCommons.org/licenses/BY/4.0/deed.de", "by", "CC-BY-4.0", "yes yes yes"),
        ("//www.creativecommons.org/licenses/by-sa/2.1/jp/", "by-sa", "CC-BY-SA-2.1", "yes yes yes"),
        ("https://creativecommons.org/licenses/by-nc/3.0/", "by-nc", "CC-BY-NC-3.0", "no yes yes"),
        ("https://creativecommons.org/licenses/by-nd/4.0/", "by-nd", "CC-BY-ND-4.0", "yes no yes"),
        ("https://creativecommons.org/licenses/by-nd-nc/1.0/", "by-nc-nd", "CC-BY-NC-ND-1.0", "no no yes"),
        ("https://creativecommons.org/licenses/by/", "by", "LicenseRef-CC-BY", "yes yes yes"),
        ("CC BY-SA 3.0", "by-sa", "CC-BY-SA-3.0", "yes yes yes"),
        ("cc-by-sa-4.0", "by-sa", "CC-BY-SA-4.0", "yes yes yes"),
        ("Attribution NonCommercial", "by-nc", "LicenseRef-CC-BY-NC", "no yes yes"),
        ("http://creativecommons.org/licenses/sampling+/1.0/", "sampling+", "LicenseRef-CC-Sampling-Plus", "check yes yes"),
        ("http://rightsstatements.org/vocab/InC/1.0/", "inc", "LicenseRef-RS-InC", "no no check"),
        ("http://rightsstatements.org/vocab/NoC-US/1.0/", "noc-us", "LicenseRef-RS-NoC-US", "check check check"),
        ("http://arxiv.org/licenses/nonexclusive-distrib/1.0/", "arxiv", "LicenseRef-arXiv-nonexclusive", "no no yes"),
        ("GFDL 1.2", "gfdl", "GFDL-1.2", "yes yes yes"),
        # Nothing is guessed.
        ("", "unknown", "NOASSERTION", "check check check"),
        ("You may use this freely, like CC BY", "unknown", "NOASSERTION", "check check check"),
        ("https://example.org/creativecommons.org/licenses/by/4.0/", "unknown", "NOASSERTION", "check check check"),
        ("https://creativecommons.org.example.org/licenses/by/4.0/", "unknown", "NOASSERTION", "check check check"),
        ("https://creativecommons.org/licenses/by-free/4.0/", "unknown", "NOASSERTION", "check check check"),
        ("https://[broken/licenses/by/4.0/", "unknown", "NOASSERTION", "check check check"),
    ],
)  # fmt: skip
def test_normalise(raw: str, code: str, spdx: str, may: str) -> None:
    licence = licences.normalise(raw)
    assert (licence.code, licence.spdx, licence.raw) == (code, spdx, raw)
    assert f"{licence.commercial} {licence.derivatives} {licence.attribution}" == may


@pytest.mark.parametrize(
    ("code", "name", "url", "wanted"),
    [
        ("pd-old-100", "Public domain", "", "pdm"),
        ("pdf", "", "", "unknown"),
        ("cc-by-sa-4.0", "CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0", "by-sa"),
        ("", "Free for all", "https://example.org/terms", "unknown"),
    ],
)
def test_commons(code: str, name: str, url: str, wanted: str) -> None:
    assert licences.commons(code, name, url).code == wanted


def test_attribution() -> None:
    by = licences.normalise("https://creativecommons.org/licenses/by/4.0/")
    found = Found("nasa", "1", "Dawn", "image", "Ada", "https://example.org/1", by)
    assert licences.attribution(found, "NASA", is_modified=True) == (
        "“Dawn” by Ada (https://example.org/1), CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/), via NASA, modified"
    )


def test_every_code_has_terms_that_people_see() -> None:
    # What is one's own, and what a model has made, has terms of its own; no source says either.
    assert set(terms.BY_CODE) - {"own", "ai"} == licences.CODES
