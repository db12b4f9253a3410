"""What did the owner paste into the shop's head?"""

import os

from django.utils.safestring import mark_safe


def tag(request):
    """``{{ regulars_tag }}``: the line that `regulars shop add` printed."""
    return {"regulars_tag": mark_safe(os.environ.get("SHOP_TAG", ""))}
