"""How does a phone open a link that nobody wants to type into it?"""

from __future__ import annotations

import segno
from markupsafe import Markup

QUIET = 4  # modules of white around it, as ISO/IEC 18004 asks for


def qr(address: str) -> Markup:
    """``address`` as a QR code (level M: 15 % of it may be spoilt): an SVG to stand in a page, dark
    on white whatever the page's colours. Its size is the class ``qr``'s.
    """
    code = segno.make_qr(address, error="m")
    return Markup(
        code.svg_inline(border=QUIET, light="#fff", svgclass="qr", lineclass=None, omitsize=True)
    )
