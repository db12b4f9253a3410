"""What is one route: its path, who may call it, and which view answers?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# browser: public key in the body, any origin, no cookies; server: secret key; owner: signed in;
# public: everybody (health, the snippet, the demo, the login page).
ACCESS = ("browser", "server", "owner", "public")


@dataclass(frozen=True)
class Route:
    """One line of the route table that feeds Flask, OpenAPI and the test matrices.

    ``path`` is as Flask reads it; ``says`` is one sentence for the API's description. The view of a
    ``hot`` route takes a ``call.Call`` and gives a ``call.Reply``; it is served in front of Flask.
    """

    methods: tuple[str, ...]
    path: str
    view: Callable[..., Any]
    access: str
    says: str = ""
    hot: bool = False

    @property
    def name(self) -> str:
        """The endpoint's name: the view's module and function, unique in the table."""
        return f"{self.view.__module__.rpartition('.')[2]}.{self.view.__name__}"
