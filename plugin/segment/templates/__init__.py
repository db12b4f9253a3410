"""Which segments come ready to adopt: 55 by the seven models, and a ladder that holds everybody?"""

from __future__ import annotations

from plugin.errors import NotFound
from plugin.segment.templates.acting import ACTING
from plugin.segment.templates.looking import BEHAVIOURAL, LOOKING
from plugin.segment.templates.needs import LOOKED_FOR, NEEDS
from plugin.segment.templates.tastes import PSYCHOGRAPHIC, TASTES, TECHNOGRAPHIC
from plugin.segment.templates.template import LATER, READY, WAITS, Model, Template
from plugin.segment.templates.who import DEMOGRAPHIC, GEOGRAPHIC, WHO
from plugin.segment.templates.worth import VALUE, WORTH

__all__ = ["LATER", "MODELS", "READY", "TEMPLATES", "WAITS", "Model", "Template", "template_called"]

MODELS: tuple[Model, ...] = (
    DEMOGRAPHIC, GEOGRAPHIC, PSYCHOGRAPHIC, TECHNOGRAPHIC, BEHAVIOURAL, NEEDS, VALUE,
)  # fmt: skip
TEMPLATES: dict[str, Template] = {
    one.key: one for one in (*WHO, *TASTES, *LOOKING, *ACTING, *LOOKED_FOR, *WORTH)
}


def template_called(key: str) -> Template:
    """The template called ``key``. Raises NotFound."""
    found = TEMPLATES.get(key)
    if found is None:
        raise NotFound(f"there is no template called {key}; docs/templates.md lists them")
    return found
