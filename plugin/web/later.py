"""How is a view named in the table of routes before its module is read?"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any


class Later:
    """A module that is not read yet; its functions by name, as views."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return View(self._module, name)


class View:
    """A view whose module is read when it is first called."""

    def __init__(self, module: str, name: str) -> None:
        self.__module__, self.__name__ = module, name

    def load(self) -> Callable[..., Any]:
        """The view itself. Raises AttributeError when its module has none of this name."""
        found: Callable[..., Any] = getattr(import_module(self.__module__), self.__name__)
        return found

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.load()(*args, **kwargs)
