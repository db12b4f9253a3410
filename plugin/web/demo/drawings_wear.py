"""How are bags and clothes drawn?"""

from __future__ import annotations

from random import Random

from plugin.web.demo.strokes import (
    BRASS,
    LEATHER,
    Drawing,
    Tone,
    line,
    oval,
    path,
    rect,
    shade,
    shadow,
)


def tote(tone: Tone, rng: Random) -> str:
    """A canvas bag with two handles and a leather patch."""
    left = rng.randint(128, 150)
    body = "M108 168h184l18 152q2 20-18 20H108q-20 0-18-20z"
    handle = "M152 172v-46q0-48 48-48t48 48v46"
    return (
        shadow(236)
        + line(handle, tone.dark, 11, 'transform="translate(0 -8)"')
        + path(body, tone.main)
        + shade("M232 168h60l18 152q2 20-18 20h-50z")
        + rect(104, 168, 192, 16, tone.dark, 4)
        + line("M152 176v52M248 176v52", tone.light, 11)
        + rect(left, 262, 50, 34, LEATHER, 5)
        + line(f"M{left + 10} 274h30M{left + 10} 284h20", "#f0ddc2", 3)
    )


def backpack(tone: Tone, rng: Random) -> str:
    """A roll-top backpack with a front pocket."""
    pocket = rng.randint(226, 238)
    return (
        shadow(206)
        + line("M172 92q28-34 56 0", tone.dark, 10)
        + line("M112 190q-30 60-6 126M288 190q30 60 6 126", tone.dark, 13)
        + path("M110 150q0-62 90-62t90 62v168q0 22-22 22H132q-22 0-22-22z", tone.main)
        + shade("M236 93q54 12 54 57v168q0 22-22 22h-38q18-120 6-247z")
        + path("M112 148q4-56 88-58 84 2 88 58-88 40-176 0z", tone.light)
        + rect(134, pocket, 132, 84, tone.dark, 14)
        + line(f"M150 {pocket + 22}h100", tone.light, 4)
        + line("M168 150v52M232 150v52", LEATHER, 11)
        + rect(161, 184, 14, 18, BRASS, 3)
        + rect(225, 184, 14, 18, BRASS, 3)
    )


def weekender(tone: Tone, rng: Random) -> str:
    """A wide travel bag with leather handles."""
    tag = rng.choice((126, 262))
    return (
        shadow(290)
        + line("M142 202q0-76 58-76t58 76", LEATHER, 12)
        + path("M66 226q0-44 44-44h180q44 0 44 44v84q0 30-30 30H96q-30 0-30-30z", tone.main)
        + shade("M270 182h20q44 0 44 44v84q0 30-30 30h-44q26-80 10-158z")
        + path("M66 286h268v24q0 30-30 30H96q-30 0-30-30z", LEATHER)
        + line("M92 204h216", tone.dark, 6)
        + rect(132, 196, 20, 92, LEATHER, 4)
        + rect(248, 196, 20, 92, LEATHER, 4)
        + line(f"M{tag} 210l8 26", tone.dark, 3)
        + rect(tag, 234, 18, 28, tone.light, 4)
    )


def pouch(tone: Tone, rng: Random) -> str:
    """A zipped pouch with a pull."""
    dots = "".join(
        oval(118 + 32 * step, 278 + rng.randint(-14, 14), 5, 5, tone.light) for step in range(6)
    )
    return (
        shadow(256)
        + path("M84 206h232l10 104q2 30-28 30H102q-30 0-28-30z", tone.main)
        + shade("M262 206h54l10 104q2 30-28 30h-44z")
        + rect(80, 194, 240, 26, tone.dark, 10)
        + line("M94 207h212", BRASS, 4, 'stroke-dasharray="1 8"')
        + dots
        + oval(302, 208, 8, 8, BRASS)
        + line("M302 212l16 38", LEATHER, 9)
    )


def shirt(tone: Tone, rng: Random) -> str:
    """A shirt on a hanger."""
    stripes = "".join(
        line(f"M{x} 150v166", tone.light, 3, 'opacity=".7"') for x in (150, 174, 226, 250)
    )
    return (
        line("M200 84q-2-26 16-28t18 16", "#8d7a62", 5)
        + line("M122 126l78-42 78 42", "#b08a5e", 8)
        + path(
            "M160 104l-62 28q-14 6-18 22l-22 96 42 14 28-66v132h144V198l28 66 42-14-22-96"
            "q-4-16-18-22l-62-28q-40 26-80 0z",
            tone.main,
        )
        + (stripes if rng.random() < 0.5 else "")
        + shade("M236 106l66 26q14 6 18 22l22 96-42 14-28-66v132h-44z")
        + path("M160 104q40 26 80 0l10 28-34 22-16-24-16 24-34-22z", tone.light)
        + line("M200 136v190", tone.dark, 3)
        + "".join(oval(200, y, 4, 4, "#fff") for y in (168, 206, 244, 282))
        + rect(220, 190, 34, 38, tone.dark, 4, 'opacity=".45"')
    )


def sweater(tone: Tone, rng: Random) -> str:
    """A knitted sweater with a pattern round the yoke."""
    step = rng.choice((16, 20, 24))
    pattern = "".join(
        path(f"M{x} 176l{step // 2} 14-{step // 2} 14-{step // 2}-14z", tone.light)
        for x in range(136 + step // 2, 266, step)
    )
    return (
        path(
            "M158 96l-54 22q-18 8-24 28L52 286l46 14 32-92v112h140V208l32 92 46-14-28-140"
            "q-6-20-24-28l-54-22q-42 24-84 0z",
            tone.main,
        )
        + pattern
        + shade("M240 97l56 21q18 8 24 28l28 140-46 14-32-92v112h-40z")
        + line("M156 96q44 34 88 0", tone.dark, 14)
        + rect(130, 306, 140, 22, tone.dark, 6)
        + line("M56 290l42 12M344 290l-42 12", tone.dark, 17)
        + line("M150 222v70M175 222v70M225 222v70M250 222v70", tone.dark, 2, 'opacity=".35"')
    )


def cap(tone: Tone, rng: Random) -> str:
    """A six-panel cap seen from the side."""
    ridges = "".join(
        line(f"M{x} 232q{bend} -70 {200 - x} -112", tone.dark, 2.5, 'opacity=".55"')
        for x, bend in ((140, 6), (262, -10))
    )
    flip = 'transform="matrix(-1 0 0 1 400 0)"' if rng.random() < 0.5 else ""
    return (
        shadow(240, 286)
        + f"<g {flip}>"
        + path("M96 240q-2-126 106-126 104 0 104 126z", tone.main)
        + shade("M240 120q66 22 66 120h-60q10-70-6-120z")
        + ridges
        + path("M226 232h84q60 8 70 36 2 10-10 8-60-16-150-18-8-16 6-26z", tone.dark)
        + path("M94 228h214v18H94q-6-9 0-18z", tone.light)
        + oval(202, 114, 11, 7, tone.dark)
        + "</g>"
    )


def scarf(tone: Tone, rng: Random) -> str:
    """A folded, fringed scarf."""
    check = rng.random() < 0.5 or tone.main == "#c26e4c"
    across = "".join(line(f"M104 {y}h88M208 {y - 20}h88", tone.light, 6) for y in (196, 240, 284))
    fringe = "".join(
        line(f"M{x} 322v26", tone.dark, 4) + line(f"M{x + 104} 302v26", tone.dark, 4)
        for x in range(110, 192, 14)
    )
    return (
        fringe
        + path("M208 140h88v168h-88z", tone.dark)
        + path("M104 140h88v188h-88z", tone.main)
        + (across if check else "")
        + (line("M148 150v172M252 150v152", tone.light, 6, 'opacity=".8"') if check else "")
        + path("M92 128q0-44 108-44t108 44-108 60-108-60z", tone.main)
        + shade("M228 86q80 6 80 42 0 50-80 58 40-52 0-100z")
        + path("M136 126q8-18 64-18t64 18q-20 22-64 22t-64-22z", tone.dark)
        + line("M108 142q30 30 92 30", tone.light, 4)
    )


WEAR_DRAWINGS: dict[str, Drawing] = {
    "tote": tote,
    "backpack": backpack,
    "weekender": weekender,
    "pouch": pouch,
    "shirt": shirt,
    "sweater": sweater,
    "cap": cap,
    "scarf": scarf,
}
