"""How does an owner come in and go out?"""

from __future__ import annotations

import math
from typing import Any

from flask import make_response, redirect, request
from flask_babel import gettext as _
from flask_login import current_user

from plugin.errors import NotFound
from plugin.web.frame import framed, link_for, page
from plugin.web.language import span
from plugin.web.signin import safe_next, sign_in, sign_out


@framed
def login() -> Any:
    """The login form; a right password leads to ``?next=`` or the overview."""
    target = request.script_root + safe_next(request.args.get("next"))
    if request.method == "GET":
        if current_user.is_authenticated:
            return redirect(target)
        return page("login.html", email="", trouble=None)
    email = request.form.get("email", "")
    wait = sign_in(email, request.form.get("password", ""), request.remote_addr or "")
    if wait is None:
        return redirect(target, 303)
    if wait == 0:
        trouble = _("This e-mail and password do not belong together.")
        return make_response(page("login.html", email=email, trouble=trouble), 401)
    trouble = _("Too many wrong passwords. Try again in %(wait)s.", wait=span(wait))
    response = make_response(page("login.html", email=email, trouble=trouble), 429)
    response.headers["Retry-After"] = str(math.ceil(wait / 1000))
    return response


@framed
def logout() -> Any:
    """End the session."""
    sign_out()
    return redirect(link_for("login"), 303)


@framed
def nowhere(rest: str) -> Any:
    """Any other address below /admin/."""
    raise NotFound(_("There is no page at this address."))
