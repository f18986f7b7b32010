"""Small recordings, to be changed where a test wants them odd."""

from __future__ import annotations

import json


def entry(**response: object) -> dict[str, object]:
    """One entry: a GET that was answered; ``response`` replaces or adds members of its response."""
    return {
        "request": {"method": "GET", "url": "https://api.example.com/", "headers": [], "bodySize": 0},
        "response": {"status": 200, "headers": [], "content": {"size": 0}, **response},
    }


def log(*entries: object) -> str:
    """A HAR of these entries."""
    return json.dumps({"log": {"entries": entries}})
