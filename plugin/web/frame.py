"""What stands around every owner's page: which shop, which links, and what if it fails?"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote, urlencode

from flask import Response, g, make_response, render_template, request, session
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import HTTPException

from plugin.errors import NotFound, PluginError
from plugin.shop import Shop
from plugin.storage import segments
from plugin.storage.engine import Store, Tx
from plugin.storage.segments import Segment
from plugin.web.here import here
from plugin.web.language import LANGUAGES, iso, language_now
from plugin.web.silence import silence_now

log = logging.getLogger("regulars.admin")


class NoShop(PluginError):
    """This installation has no shop yet."""

    code = "no_shop"
    status = 200


def page(template: str, **words: Any) -> str:
    """The HTML of ``admin/<template>`` with the frame around it."""
    return render_template(
        f"admin/{template}",
        **words,
        shop=g.get("shop"),
        shops=list(here().house.shops()),
        owner=current_user.email if current_user.is_authenticated else None,
        languages=LANGUAGES,
        language=language_now(),
        link=link,
        link_for=link_for,
        in_language=_in_language,
        iso=iso,
        now=here().now(),
        path=request.path,
        silence=silence_now,
    )


def framed(view: Callable[..., Any]) -> Callable[..., Any]:
    """``view`` whose troubles become a page that says what to do."""

    @wraps(view)
    def answer(*args: Any, **words: Any) -> Any:
        try:
            return view(*args, **words)
        except NoShop:
            return page("no_shop.html")
        except PluginError as trouble:
            return error_page(trouble.status, trouble.message)
        except HTTPException:
            raise
        except Exception:
            log.exception("the page %s failed", request.path)
            return error_page(500, _("It has been written to the log. Try again in a moment."))

    return answer


def shop_now() -> Shop:
    """The shop the owner looks at: ``?shop=``, else the one of before, else the first.

    Raises NotFound for an unknown one and NoShop when there is none at all.
    """
    shops = here().house.shops()
    asked = request.args.get("shop")
    if asked is not None and asked not in shops:
        raise NotFound(_("There is no shop called %(name)s.", name=asked))
    name = asked or session.get("shop")
    if name not in shops:
        name = next(iter(shops), None)
    if name is None:
        raise NoShop("add a shop first")
    if len(shops) > 1:
        session["shop"] = name
    g.shop = shops[name]
    return shops[name]


def store_now() -> Store:
    """The store of the shop the owner looks at."""
    return here().house.store(shop_now().name)


def link(*parts: object, **query: object) -> str:
    """A link below /admin/; it names the shop where there are several."""
    return link_for(*parts, **_with_shop(query))


def link_for(*parts: object, **query: object) -> str:
    """A link below /admin/ with exactly this query; what is None is left out."""
    path = "/".join(quote(str(part), safe="") for part in parts)
    given = {name: value for name, value in query.items() if value is not None}
    return f"{request.script_root}/admin/{path}" + (f"?{urlencode(given)}" if given else "")


def error_page(status: int, message: str) -> Response:
    """A page that says what went wrong and where to go."""
    title = _("Not found") if status == 404 else _("This did not work")
    return make_response(page("error.html", title=title, message=message, status=status), status)


def stale_form_page() -> Response:
    """What a form without a valid token gets: most often the session has ended meanwhile."""
    return error_page(400, _("This form is too old. Go back, load the page again and send it."))


def _in_language(code: str) -> str:
    """This very page in another language."""
    return "?" + urlencode({**request.args.to_dict(), "lang": code})


def _with_shop(query: dict[str, object]) -> dict[str, object]:
    shop = g.get("shop")
    several = len(here().house.shops()) > 1
    return {**query, "shop": shop.name} if shop is not None and several else query


def segment_called(tx: Tx, slug: str) -> Segment:
    """The segment of that slug. Raises NotFound, in the owner's language."""
    found = segments.by_slug(tx).get(slug)
    if found is None:
        raise NotFound(_("There is no segment called %(name)s.", name=slug))
    return found
