"""How is the web application put together?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from plugin.config import static_dir
from plugin.storage.house import House
from plugin.tasks.process import clock_ms
from plugin.tasks.writer import Writer
from plugin.web.call import HotCalls
from plugin.web.demo.pages import demo_blueprint
from plugin.web.edge import hot, init_cors, init_errors
from plugin.web.here import Here
from plugin.web.route import Route
from plugin.web.routes import ROUTES
from plugin.web.signin import init_signin, owners_only

DEMO_SHOP = "demo"


def create_app(house: House, writer: Writer, now: Callable[[], int] = clock_ms) -> Flask:
    """The application over these stores and this writer; ``now`` gives Unix ms."""
    app = Flask(__name__, static_folder=str(static_dir()), static_url_path="/static")
    app.config.update(
        SECRET_KEY=house.settings.secret_key,
        SESSION_COOKIE_NAME="regulars",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
    )
    app.extensions["regulars"] = Here(house, writer, now, ROUTES)
    init_errors(app)
    init_cors(app, frozenset(route.path for route in ROUTES if route.access == "browser"))
    init_signin(app)
    for route in ROUTES:
        add_route(app, route)
    if DEMO_SHOP in house.shops():
        app.config["REGULARS_DEMO"] = {"public_key": house.shop(DEMO_SHOP).public_key}
        app.register_blueprint(demo_blueprint(), url_prefix="/demo")
    app.wsgi_app = HotCalls(app.wsgi_app, app.extensions["regulars"], ROUTES)  # type: ignore[method-assign]
    if house.settings.trusted_proxies:
        hops = house.settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    return app


def add_route(app: Flask, route: Route) -> None:
    """Let Flask answer ``route``; an owner's page asks for a login first."""
    view: Callable[..., Any] = hot(route.view) if route.hot else route.view
    if route.access == "owner":
        view = owners_only(view)
    app.add_url_rule(route.path, route.name, view, methods=list(route.methods))
