"""Which popups come ready to adopt, grouped by what they are for?"""

from __future__ import annotations

from plugin.errors import NotFound
from plugin.serve.retain.recipes.again import AGAIN, REPEATS
from plugin.serve.retain.recipes.cart import CART, CARTS
from plugin.serve.retain.recipes.choosing import CHOICES, CHOOSING
from plugin.serve.retain.recipes.recipe import Group, Recipe
from plugin.serve.retain.recipes.welcome import OFFERING, OFFERS, WELCOME, WELCOMES

__all__ = ["GROUPS", "RECIPES", "Group", "Recipe", "recipe_called"]

GROUPS: tuple[Group, ...] = (WELCOME, CHOOSING, CART, AGAIN, OFFERING)
RECIPES: dict[str, Recipe] = {
    one.key: one for one in (*WELCOMES, *CHOICES, *CARTS, *REPEATS, *OFFERS)
}


def recipe_called(key: str) -> Recipe:
    """The recipe called ``key``. Raises NotFound."""
    found = RECIPES.get(key)
    if found is None:
        raise NotFound(f"there is no recipe called {key[:60]}; docs/recipes.md lists them")
    return found
