"""What does a refusal of a document say to an owner, in the owner's language, and where?

Popups, windows and segments are refused by the readers that programs meet too, in English. Each
form of a refusal stands here once, with what an owner is to do; what it names goes into the words.
"""

from __future__ import annotations

import re

from flask_babel import lazy_gettext as _l

# Where it is: "popup spring.variants[0].blocks[1].url", "rule.all[2].value".
_PLACE = re.compile(
    r"(?:(?:popup|window|segment) [^\s.\[:]+|(rule))((?:\.\w+|\[\d+\])*):? (.*)", re.DOTALL
)
_LINK = _l("Write a link: https://… or a page of your shop such as /cart.")
_SPAN = _l("Write a span such as 30m, 6h or 7d.")
_FILL = _l("Fill this in.")
_NONE_OF = _l("“%(found)s” is not one of those known: %(known)s.")
_ONE_OF = _l("Write one of these: %(known)s.")
_AT_MOST = _l("Write %(most)s letters at most.")
_MANY = _l("There must be %(least)s to %(most)s of these.")
_WORD = _l("Write a name of letters, digits and _, such as view_item.")
_YES = _l("Write true or false.")
_OBJECT = _l("An object belongs here, such as %(such)s.")
_SLUG = _l("A short name has letters, digits, - and _ only.")

# A form of a refusal -> what to do. The first that fits counts.
SAYS = tuple(
    (re.compile(form, re.DOTALL), words)
    for form, words in (
        (r"(?:is missing|must not be empty|must be a text that is not empty)", _FILL),
        (r"must be a text, not nothing", _FILL),
        (r"is missing; known: (?P<known>.+)", _ONE_OF),
        (r"must be one of (?P<known>.+); or ask for .+", _ONE_OF),
        (r"must be one of (?P<known>.+) for (?P<name>.+)",
         _l("%(name)s can be compared by these: %(known)s.")),
        (r"must be one of (?P<known>.+)", _ONE_OF),
        (r"(?:is|has|unknown strategy) '(?P<found>.*)'; known: (?P<known>.+)", _NONE_OF),
        (r"has unknown keys: (?P<unknown>.+); known: (?P<known>.+)",
         _l("Not known here: %(unknown)s. Known are: %(known)s.")),
        (r"must be an object, not .+", _l("An object belongs here.")),
        (r"must be an object such as (?P<such>.+)", _OBJECT),
        (r"must be true or false(?:, not .+)?", _YES),
        (r"must be true", _l("Write true.")),
        (r"must be (?:between|a number from) (?P<low>\S+) (?:and|to) (?P<high>\S+)",
         _l("Write a number from %(low)s to %(high)s.")),
        (r"must be a number, not .+", _l("Write a number.")),
        (r"must be a whole number", _l("Write a whole number.")),
        (r"must be a text, not .+", _l("Write a text.")),
        (r"must be at most (?P<most>\S+) letters", _AT_MOST),
        (r"must be a text of 1 to (?P<most>\S+) letters", _AT_MOST),
        (r"must be a list, not .+", _l("A list belongs here.")),
        (r"must hold (?P<least>\S+) to (?P<most>\S+) \w+, not .+", _MANY),
        (r"must be a list of (?P<least>\S+) to (?P<most>\S+) .+", _MANY),
        (r"must be a list with at least one rule", _l("Put at least one condition here.")),
        (r"names a language as '(?P<found>.*)'; .+",
         _l("“%(found)s” is no language; write en, ko or ja.")),
        (r"has no text in any language", _l("Write a text in one language at least.")),
        (r"the name '.*' must be 1 to 64 letters.+", _SLUG),
        (r"a slug has a-z.+", _SLUG),
        (r"must be (?:the slug of a segment|a segment's slug)", _l("Name a segment here.")),
        (r"must be '.*', as in the address, or absent", _l("Leave the short name as it is.")),
        (r"the document's slug is not the one in the address",
         _l("Leave the short name as it is.")),
        (r"(?P<slug>\S+) is an address of ours: .+",
         _l("“%(slug)s” is the address of a page; choose another one.")),
        (r"must hold either a segment or a rule", _l("Choose either a segment or a rule.")),
        (r"has '.*'; write a path such as /shoes/\*",
         _l("Write each page as a path such as /shoes/*, one a line.")),
        (r"must be a link: .+", _LINK),
        (r"must be letters, digits and _ such as first_name, .+",
         _l("Letters A to Z, digits and _ only, such as first_name.")),
        (r"must be (?:an event's name|the name of an event|the name of a param|a name) such as .+",
         _WORD),
        (r"must be a CSS selector such as .+", _l("Write a CSS selector such as #help.")),
        (r"must be a span such as .+", _SPAN),
        (r"must be days, such as 30d, up to (?P<most>\S+)d",
         _l("Write days, such as 30d, %(most)s at most.")),
        (r"must be a colour such as .+", _l("Write a colour such as #1c1b1a.")),
        (r"has a contrast of (?P<ratio>\S+) on the surface; (?P<least>\S+) is needed",
         _l("This text cannot be read well on its surface: the contrast is %(ratio)s, and must "
            "be %(least)s.")),
        (r"needs a form or a question before it", _l("Put a form or a question before it.")),
        (r"must have no form, question or success behind it",
         _l("Nothing can be asked after it.")),
        (r"must hold either until or minutes", _l("Give it either an end or minutes.")),
        (r"must be a time with its zone, .+",
         _l("Write a time with its zone, such as 2026-11-27T09:00+09:00.")),
        (r"has two fields of one name", _l("Two fields have the same name.")),
        (r"are only for a .+", _l("Take the choices away: there is nothing to choose here.")),
        (r"must be more than 0; leave the variant out instead",
         _l("Write more than 0, or take this variant away.")),
        (r"must be after from|must be two moments, the earlier one first",
         _l("Write an end that is later than the beginning.")),
        (r"must be two moments, from and until", _l("Write two moments, from and until.")),
        (r"must be (?:a date or a time|Unix ms), .+", _l("Write a date, or a date and a time.")),
        (r"must be two different times, .+",
         _l("Write two different times, such as 09:00 and 18:00.")),
        (r"must not be below value_min|is more than price_max",
         _l("The lowest value is more than the highest.")),
        (r"cannot be true of a cart that must hold something",
         _l("A cart that is empty cannot hold something.")),
        (r"is (?P<least>\S+), more than max, which is (?P<most>\S+)",
         _l("At least cannot be more than at most.")),
        (r"must stand beside exactly one of (?P<known>.+)",
         _l("Choose exactly one of these: %(known)s.")),
        (r"there is no coupon pool called (?P<name>.+): define it first",
         _l("There is no coupon pool called %(name)s; make it first.")),
        (r"there is no segment called (?P<name>.+): define it first",
         _l("There is no segment called %(name)s; make it first.")),
        (r"these segments go round in a circle: (?P<path>.+)",
         _l("These segments ask for each other in a circle: %(path)s.")),
        (r"the trait (?P<name>\S+) is not kept yet; .+", _l("The trait %(name)s is not kept yet.")),
        (r"the rule has (?P<count>\S+) leaves; (?P<most>\S+) are allowed",
         _l("The rule has %(count)s conditions; %(most)s are the most.")),
        (r"is nested deeper than (?P<most>\S+) levels",
         _l("Groups stand inside each other more than %(most)s deep.")),
        (r"is no rule: it needs one of (?P<known>.+)",
         _l("This is no condition: it needs one of %(known)s.")),
        (r"must be left out: .+", _l("Leave this empty: there is nothing to compare with.")),
        (r"must be two numbers, both included", _l("Write two numbers; both are included.")),
        (r"must be two numbers, the lower one first", _l("Write the lower number first.")),
        (r"must be older_than or newer_than", _l("Choose older_than or newer_than.")),
        (r"has (?P<told>.+); give one of them", _l("Choose one of these: %(told)s.")),
        (r"(?:kind|type) must be rule or static", _l("Choose rule or static.")),
        (r"(?:name must be a text, )?enabled (?:must be )?true or false", _YES),
        (r"unknown: (?P<unknown>.+); a segment has (?P<known>.+)",
         _l("Not known here: %(unknown)s. Known are: %(known)s.")),
        (r"in use by (?P<users>.+): change that first",
         _l("It is in use by %(users)s: change that first.")),
    )
)  # fmt: skip


def trouble_words(message: str) -> tuple[str, str]:
    """The place in the document ("variants[0].blocks[1].url"; "" for the whole) and what to do, of
    a refusal. A refusal without words here keeps its own.
    """
    place, says = _placed(message)
    return place, _words(says)


def trouble_line(message: str) -> str:
    """A refusal as one line: its place, where there is one, and what to do."""
    place, words = trouble_words(message)
    return f"{place}: {words}" if place else words


def _placed(message: str) -> tuple[str, str]:
    """Where a refusal is, through an audience into its rule, and what is wrong there."""
    found = _PLACE.fullmatch(message)
    if found is None:
        return "", message
    place, says = (found[1] or "") + found[2], found[3]
    inner, rest = _placed(says)
    return ".".join(part for part in (place.lstrip("."), inner) if part), rest


def _words(says: str) -> str:
    for form, words in SAYS:
        found = form.fullmatch(says)
        if found is not None:
            return str(words) % found.groupdict()
    return says
