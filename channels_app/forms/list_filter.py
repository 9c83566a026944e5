"""What the filters of lists share: they are asked by their address, and never refuse anything."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms


class ListFilter(forms.Form):
    """Which rows of a list are shown. What it does not understand leaves nothing out.

    wanted: the filters that are set, by name.
    """

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="filter-%s")
        self.is_valid()
        self.wanted: dict[str, str] = {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def query(self) -> str:
        """The same as part of an address."""
        return urlencode(self.wanted)
