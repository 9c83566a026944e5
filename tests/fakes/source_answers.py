"""What the sources of resources answer: shaped after their documentation, filled with things of our own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from tests.fakes.source_world import SourceWorld

# As long as those of the sources are.
PEXELS_ID, PIXABAY_ID, FREESOUND_ID = 31234567, "9876543", 654321012
BY = "https://creativecommons.org/licenses/by/4.0/"
Query = dict[str, list[str]]

# As Commons says them: short name, code, address.
LICENCES = {
    "by": ("CC BY 4.0", "cc-by-4.0", BY),
    "by-sa": ("CC BY-SA 4.0", "cc-by-sa-4.0", "https://creativecommons.org/licenses/by-sa/4.0"),
    "cc0": ("CC0", "cc0", "http://creativecommons.org/publicdomain/zero/1.0/deed.en"),
    "pd": ("Public domain", "pd", ""),
    "own": ("See the page", "", ""),
}


def _imageinfo(world: SourceWorld, name: str, media: str) -> dict[str, Any]:
    body = world.files[name]
    title, licence = world.shelf.get(name, ("", "by"))
    label, code, url = LICENCES[licence]
    return {
        "url": world.media(name),
        "descriptionurl": f"https://commons.wikimedia.org/wiki/File:{name}",
        "thumburl": world.media(name if name in world.shelf else "harbour.png"),
        "width": 16,
        "height": 9,
        "size": len(body),
        "mediatype": media,
        "sha1": hashlib.sha1(body, usedforsecurity=False).hexdigest(),
        "user": "Uploader",
        "extmetadata": {
            "Artist": {"value": '<a href="//x">Ada &amp; <b>Bo</b></a><script>alert(1)</script>'},
            "ObjectName": {"value": title},
            "LicenseShortName": {"value": label},
            "License": {"value": code},
            "LicenseUrl": {"value": url},
            "ImageDescription": {"value": "<p>Ships at <i>dawn</i></p>"},
        },
    }


def commons(world: SourceWorld, path: str, query: Query) -> Any:
    """Search among files, and files by title."""
    kinds = {"video": ("waves.mp4", "VIDEO"), "audio": ("rain.wav", "AUDIO")}
    if titles := query.get("titles"):
        names = [title.removeprefix("File:") for title in titles[0].split("|")]
    elif world.shelf:
        words = [word for word in query["gsrsearch"][0].lower().split() if not word.startswith("filetype:")]
        names = [name for name, (title, _) in world.shelf.items() if all(word in title.lower() for word in words)]
    else:
        kind = query["gsrsearch"][0].split()[0].removeprefix("filetype:")
        names = [kinds.get(kind, ("harbour.png", ""))[0]]
    of = {"waves.mp4": "VIDEO", "rain.wav": "AUDIO"}
    pages = [
        {
            "pageid": n,
            "title": f"File:{name}",
            "index": n,
            "imageinfo": [_imageinfo(world, name, of.get(name, "BITMAP"))],
        }
        for n, name in enumerate(names, 1)
        if name in world.files
    ]
    # Pages come in the order of their ids, not of their rank.
    more = {} if world.shelf else {"continue": {"gsroffset": 30}}
    return {**more, "query": {"pages": pages[::-1]}}


def nasa(world: SourceWorld, path: str, query: Query) -> Any:
    """Search, and an asset's files, whose addresses hold spaces."""
    if path.startswith("/asset/"):
        kind = unquote(path.rpartition("/")[2]).split(" ")[0]
        name = {"video": "waves.mp4", "audio": "rain.wav"}.get(kind, "harbour two.png")
        return {
            "collection": {
                "items": [{"href": world.media("harbour.png")}] * (kind != "image") + [{"href": world.media(name)}]
            }
        }
    kind = query["media_type"][0] if "media_type" in query else query["nasa_id"][0].split()[0]
    data = {"nasa_id": f"{kind} 1", "title": "Dawn", "center": "JSC", "media_type": kind, "description": "From orbit"}
    item = {"data": [data], "links": [{"rel": "preview", "href": world.media("harbour two.png")}]}
    return {"collection": {"items": [item], "links": [{"rel": "next", "href": "x"}]}}


def archive(world: SourceWorld, path: str, query: Query) -> Any:
    """Search, and an item's files, some of which nobody may have, some with names that climb."""
    if path.startswith("/metadata/"):
        kind = path.rpartition("-")[2]
        name = {"movies": "waves.mp4", "audio": "rain.wav", "texts": "paper.pdf"}.get(kind, "harbour.png")
        body = world.files[name]
        md5 = hashlib.md5(body, usedforsecurity=False).hexdigest()
        files = [
            {"name": "secret.png", "source": "original", "private": "true", "size": "999"},
            {"name": f"../{name}", "source": "derivative", "size": str(len(body))},
            {"name": name, "source": "original", "size": str(len(body)), "md5": md5},
        ]
        return {"metadata": {**_archived(kind), "mediatype": kind}, "files": files}
    kind = query["q"][0].partition("mediatype:(")[2].rstrip(")")
    return {"response": {"numFound": 1000, "docs": [_archived(kind)]}}


def _archived(kind: str) -> dict[str, Any]:
    return {"identifier": f"item-{kind}", "title": ["Harbour", "x"], "creator": ["Ada", "Bo"], "licenseurl": BY}


def met(world: SourceWorld, path: str, query: Query) -> Any:
    """Numbers of works, and works, one of which has no picture and one of which is not free."""
    if path == "/search":
        return {"total": 3, "objectIDs": [1, 2, 3]}
    number = int(path.rpartition("/")[2])
    picture = world.media("harbour.png")
    return {
        "objectID": number,
        "isPublicDomain": number != 3,
        "primaryImage": "" if number == 2 else picture,
        "primaryImageSmall": picture,
        "additionalImages": [],
        "title": "Harbour",
        "artistDisplayName": "Ada",
    }


def library(world: SourceWorld, path: str, query: Query) -> Any:
    """Search, and an item's files."""
    if path.startswith("/item/"):
        name = {"film-and-videos": "waves.mp4", "audio": "rain.wav"}.get(path.split("/")[2], "harbour.png")
        file = {"url": world.media(name).removeprefix("http:"), "size": len(world.files[name])}
        return {"item": _listed(world, path), "resources": [{"files": [[file]]}]}
    result = _listed(world, f"/item{path}")
    return {"results": [result], "pagination": {"current": 1, "next": "x"}}


def _listed(world: SourceWorld, path: str) -> dict[str, Any]:
    rights = ["No known restrictions on publication."]
    return {
        "id": f"http://www.loc.gov{path}",
        "title": "Harbour",
        "contributor": ["ada", "bo"],
        "image_url": [world.media("harbour.png").removeprefix("http:") + "#h=1&w=2"],
        "rights_advisory": rights,
        "item": {"rights_advisory": rights},
    }


def wikipedia(world: SourceWorld, path: str, query: Query) -> Any:
    """Search among articles."""
    page = {
        "pageid": 1,
        "title": "Harbour",
        "index": 1,
        "extract": "A harbour is a place.",
        "fullurl": "https://en.wikipedia.org/wiki/Harbour",
        "pageimage": "harbour.png",
        "thumbnail": {"source": world.media("harbour.png")},
    }
    return {"query": {"pages": [page]}, "continue": {"gsroffset": 20}}


def arxiv(world: SourceWorld, path: str, query: Query) -> Any:
    """A feed of papers, and a paper."""
    if path.startswith("/pdf/"):
        return world.files["paper.pdf"]
    return (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><o:totalResults xmlns:o="http://a9.com/-/spec/opensearch/1.1/">9'
        b"</o:totalResults><entry><id>http://arxiv.org/abs/2101.00001v2</id><title>On\n harbours</title>"
        b"<summary>We study.</summary><author><name>Ada</name></author><author><name>Bo</name></author></entry></feed>"
    )


def arxiv_licence(world: SourceWorld, path: str, query: Query) -> Any:
    """A record with its licence."""
    return (
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><arXiv xmlns="http://arxiv.org/OAI/arXiv/">'
        f"<license>{BY}</license></arXiv></OAI-PMH>"
    ).encode()


def pexels(world: SourceWorld, path: str, query: Query) -> Any:
    """Search, one photograph, one clip."""
    picture, clip = world.media("harbour.png"), world.media("waves.mp4")
    common = {"id": PEXELS_ID, "width": 16, "height": 9, "url": f"https://www.pexels.com/photo/{PEXELS_ID}/"}
    photo = {**common, "alt": "Harbour", "photographer": "Ada", "src": {"original": picture, "medium": picture}}
    files = [{"width": 8, "link": world.media("rain.wav")}, {"width": 16, "link": clip}]
    video = {**common, "image": picture, "duration": 4, "user": {"name": "Bo"}, "video_files": files}
    if path.endswith("/search"):
        return {"photos": [photo], "videos": [video], "next_page": "x"}
    if not path.endswith(f"/{PEXELS_ID}"):
        return {"status": 404, "code": "Not Found"}
    return video if path.startswith("/videos/") else photo


def pixabay(world: SourceWorld, path: str, query: Query) -> Any:
    """Search, or one hit by its id; pictures and clips."""
    picture = world.media("harbour.png")
    clip = {"url": world.media("waves.mp4"), "width": 16, "height": 9, "size": 9, "thumbnail": picture}
    if query.get("id", [PIXABAY_ID]) != [PIXABAY_ID]:
        return {"totalHits": 0, "hits": []}
    hit = {"id": int(PIXABAY_ID), "pageURL": "https://pixabay.com/photos/5/", "tags": "harbour, dawn", "user": "Ada"}
    hit |= {"webformatURL": picture, "largeImageURL": picture, "imageWidth": 16, "imageHeight": 9}
    return {"totalHits": 90, "hits": [{**hit, "duration": 3, "videos": {"large": clip, "tiny": clip}}]}


def unsplash(world: SourceWorld, path: str, query: Query) -> Any:
    """Search, and the address of a download."""
    picture = world.media("harbour.png")
    if path.endswith("/download"):
        return {"url": picture}
    photo = {"id": "aB-1_x", "alt_description": "Harbour", "width": 16, "height": 9, "urls": {"small": picture}}
    links = {"html": "https://unsplash.com/photos/aB-1_x"}
    photo |= {"links": links, "user": {"name": "Ada"}}
    return {"total_pages": 2, "results": [photo]} if path == "/search/photos" else photo


def freesound(world: SourceWorld, path: str, query: Query) -> Any:
    """Search, and one sound."""
    sound = {"id": FREESOUND_ID, "name": "rain.wav", "username": "Ada", "license": BY, "duration": 0.1}
    sound |= {"url": "https://freesound.org/s/3/", "previews": {"preview-hq-ogg": world.media("rain.wav")}}
    sound["images"] = {"waveform_m": world.media("harbour.png")}
    if path == "/search/":
        return {"next": "x", "results": [sound]}
    return sound if path == f"/sounds/{FREESOUND_ID}/" else {"detail": "Not found."}


def smithsonian(world: SourceWorld, path: str, query: Query) -> Any:
    """Search, and one thing, with an open medium and one that is not."""
    picture = world.media("harbour.png")
    free = {"type": "Images", "usage": {"access": "CC0"}, "thumbnail": picture, "content": picture}
    media = {"media": [{**free, "usage": {"access": "Usage conditions apply"}}, free]}
    described = {"record_link": "https://www.si.edu/object/1", "online_media": media}
    row = {"id": "edanmdm:x_1", "title": "Harbour", "content": {"descriptiveNonRepeating": described}}
    return {"response": row if path.startswith("/content/") else {"rowCount": 90, "rows": [row]}}


def europeana(world: SourceWorld, path: str, query: Query) -> Any:
    """Search, and one record."""
    if not path.endswith("/search.json"):
        kind = path.removesuffix(".json").rpartition("_")[2]
        name = {"VIDEO": "waves.mp4", "SOUND": "rain.wav"}.get(kind, "harbour.png")
        shown = {"edmIsShownBy": world.media(name), "edmRights": {"def": [BY]}}
        proxies = [{"dcTitle": {"def": ["Harbour"]}, "dcCreator": {"def": ["http://data.example/1", "Ada"]}}]
        preview = {"edmPreview": world.media("harbour.png")}
        record = {"type": kind, "aggregations": [shown], "proxies": proxies, "europeanaAggregation": preview}
        return {"object": record}
    kind = query["qf"][0].removeprefix("TYPE:")
    item = {"id": f"/9/x_{kind}", "title": ["Harbour"], "rights": [BY], "dcCreator": ["http://data.example/1", "Ada"]}
    return {"totalResults": 90, "items": [{**item, "edmPreview": [world.media("harbour.png")]}]}


def searxng(world: SourceWorld, path: str, query: Query) -> Any:
    """Links of the web, one of them to nowhere."""
    page = {"url": "https://harbours.example/old", "title": "Old <b>harbours</b>", "content": "They are old."}
    page |= {"engine": "mojeek", "thumbnail_src": world.media("harbour.png"), "img_src": world.media("harbour.png")}
    return {"query": query["q"][0], "results": [{"url": "javascript:alert(1)", "title": "x"}, page]}


Answer = Callable[["SourceWorld", str, Query], Any]
ANSWERS: dict[str, Answer] = {
    "wikimedia-commons": commons,
    "nasa": nasa,
    "internet-archive": archive,
    "met": met,
    "library-of-congress": library,
    "wikipedia": wikipedia,
    "arxiv": arxiv,
    "pexels": pexels,
    "pixabay": pixabay,
    "unsplash": unsplash,
    "freesound": freesound,
    "smithsonian": smithsonian,
    "europeana": europeana,
    "web-search": searxng,
}
