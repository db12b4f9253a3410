"""How are plants and things for the desk drawn?"""

from __future__ import annotations

from random import Random

from plugin.web.demo.strokes import (
    BRASS,
    LEAF,
    LEAF_DARK,
    LEAF_LIGHT,
    LEATHER,
    PAPER,
    STEEL,
    Drawing,
    Tone,
    line,
    oval,
    path,
    rect,
    shade,
    shadow,
)

TERRACOTTA = Tone("#c47f5e", "#9b5d40", "#dba288")


def leafy(tone: Tone, rng: Random) -> str:
    """A big-leaved plant in a pot."""
    leaves = ""
    for angle in (-74, 70, -48, 46, -22, 24, 2):
        grow = 1 + rng.uniform(-0.12, 0.14)
        fill = rng.choice((tone.main, tone.dark, LEAF, tone.main))
        turn = angle + rng.randint(-5, 5)
        leaves += (
            f'<g transform="translate(200 262) rotate({turn}) scale({grow:.2f})">'
            + path("M0 0q-46-62-34-118 8-44 34-66 26 22 34 66 12 56-34 118z", fill)
            + line("M0-6v-150", tone.light, 3, 'opacity=".8"')
            + "</g>"
        )
    return shadow(150) + leaves + _pot(TERRACOTTA)


def cactus(tone: Tone, rng: Random) -> str:
    """A cactus in a pot: round, or a column with arms."""
    if rng.random() < 0.5 or tone.main == "#9bb39c":
        body = oval(200, 206, 76, 74, tone.main) + line(
            "M200 134v144M162 142q-30 62 0 128M238 142q30 62 0 128", tone.dark, 4
        )
        flower = "".join(oval(200 + dx, 132 + dy, 13, 13, "#e58a86") for dx, dy in _PETALS)
        body += flower + oval(200, 130, 8, 8, "#f6d27a")
    else:
        body = (
            line("M200 190h-62v-56M200 220h62v-70", tone.main, 34)
            + rect(168, 66, 64, 220, tone.main, 32)
            + line("M188 88v180M212 88v180", tone.dark, 4)
        )
    return shadow(150) + body + _pot(TERRACOTTA)


_PETALS = ((-15, 2), (15, 2), (-8, -13), (8, -13))


def trailing(tone: Tone, rng: Random) -> str:
    """A hanging pot with trailing leaves."""
    vines = ""
    for x in (128, 152, 178, 224, 250, 274):
        length = rng.randint(80, 168)
        vines += line(f"M{x} 190q{rng.randint(-14, 14)} {length // 2} 0 {length}", LEAF_DARK, 3)
        for down in range(24, length + 1, 24):
            side = 11 if (down // 24) % 2 else -11
            fill = rng.choice((tone.main, LEAF, LEAF_LIGHT))
            vines += path(
                f"M{x} {190 + down}q{side} -20 {2 * side} 0-{side} 20-{2 * side} 0z".replace(
                    "--", ""
                ),
                fill,
            )
    return (
        line("M200 0v40M200 40L118 160M200 40l82 120", LEATHER, 4)
        + vines
        + path("M112 156h176l-18 74q-6 24-30 24h-80q-24 0-30-24z", "#efe5d2")
        + shade("M244 156h44l-18 74q-6 24-30 24h-24q24-40 28-98z")
        + "".join(
            oval(x, 152, 24, 20, rng.choice((tone.main, tone.dark, LEAF)))
            for x in range(124, 290, 25)
        )
    )


def can(tone: Tone, rng: Random) -> str:
    """A watering can with a long spout."""
    rose = rng.random() < 0.5
    return (
        shadow(230)
        + line("M258 300q40-30 62-120", tone.dark, 15)
        + (path("M300 172l44-20 8 26-42 14z", BRASS) if rose else "")
        + line("M120 216q-62-6-58 50t54 46", tone.dark, 13)
        + line("M148 200q8-72 104 0", tone.dark, 13)
        + path("M122 196h148l10 122q2 22-22 22H136q-24 0-22-22z", tone.main)
        + shade("M226 196h44l10 122q2 22-22 22h-38q20-70 6-144z")
        + oval(196, 197, 74, 13, tone.light)
        + line("M117 250h158", tone.light, 4, 'opacity=".8"')
    )


def notebook(tone: Tone, rng: Random) -> str:
    """A notebook with an elastic band and a ribbon."""
    tilt = rng.randint(-7, 7)
    return (
        f'<g transform="rotate({tilt} 200 210)">'
        + rect(112, 84, 190, 252, "#2b2a26", 12, 'opacity=".16"')
        + rect(110, 76, 188, 252, PAPER, 12)
        + rect(102, 72, 188, 252, tone.main, 12)
        + rect(102, 72, 30, 252, tone.dark, 10)
        + rect(262, 72, 10, 252, tone.dark, 0, 'opacity=".8"')
        + path("M232 324v36l-9-9-9 9v-36z", "#d8a440" if tone.main != "#d8a440" else "#c26e4c")
        + rect(156, 124, 82, 50, PAPER, 5)
        + line("M168 142h58M168 156h36", tone.dark, 4)
        + "</g>"
    )


def pens(tone: Tone, rng: Random) -> str:
    """A pot of pencils."""
    sticks = ""
    for x, colour in zip(
        (152, 176, 202, 228, 250),
        ("#d8a440", "#c26e4c", "#34506a", "#3f6f5c", "#d9a19a"),
        strict=True,
    ):
        lean, top = rng.randint(-9, 9), rng.randint(92, 132)
        sticks += (
            f'<g transform="rotate({lean} {x} 260)">'
            + rect(x - 8, top, 16, 150, colour)
            + path(f"M{x - 8} {top}l8-26 8 26z", "#ecd3ac")
            + path(f"M{x - 3} {top - 16}l3-10 3 10z", "#33302c")
            + "</g>"
        )
    return (
        shadow(176)
        + sticks
        + path("M124 204h152l-10 116q-2 20-22 20h-88q-20 0-22-20z", tone.main)
        + shade("M232 204h44l-10 116q-2 20-22 20h-30q22-60 18-136z")
        + rect(118, 196, 164, 18, tone.light, 9)
    )


def tray(tone: Tone, rng: Random) -> str:
    """A desk tray with what is usually lost."""
    clips = "".join(
        line(f"M{x} {rng.randint(250, 262)}v-22q0-8 8-8t8 8v26", STEEL, 3) for x in (238, 262, 286)
    )
    return (
        shadow(290)
        + path("M70 216h260l24 96H46z", tone.light)
        + rect(96, 224, 90, 60, PAPER, 3, 'transform="rotate(-6 140 250)"')
        + line("M112 244h52M112 258h40", STEEL, 4, 'transform="rotate(-6 140 250)"')
        + line("M204 218l-6 84", tone.dark, 7)
        + clips
        + path("M40 296h320v22q0 22-22 22H62q-22 0-22-22z", tone.main)
        + shade("M292 296h68v22q0 22-22 22h-60z")
        + line("M70 216l-26 82M330 216l26 82", tone.dark, 8)
        + oval(200, 318, 22, 5, tone.dark)
    )


def clock(tone: Tone, rng: Random) -> str:
    """A clock at a quiet hour."""
    hour = rng.randint(8, 11) * 30
    ticks = "".join(
        line("M200 132v10", tone.dark, 5, f'transform="rotate({turn} 200 214)"')
        for turn in range(0, 360, 30)
    )
    return (
        shadow(170)
        + line("M150 306l-16 32M250 306l16 32", tone.dark, 14)
        + oval(200, 214, 112, 112, tone.main)
        + shade("M232 107q80 26 80 107 0 86-90 110 80-100 10-217z")
        + oval(200, 214, 92, 92, PAPER)
        + ticks
        + line("M200 214v-44", "#33302c", 8, f'transform="rotate({hour} 200 214)"')
        + line("M200 214v-64", "#33302c", 5, 'transform="rotate(48 200 214)"')
        + oval(200, 214, 7, 7, "#c26e4c")
    )


def _pot(tone: Tone) -> str:
    return (
        path("M136 262h128l-14 62q-4 16-20 16h-60q-16 0-20-16z", tone.main)
        + shade("M228 262h36l-14 62q-4 16-20 16h-22q20-34 20-78z")
        + rect(126, 248, 148, 26, tone.light, 6)
    )


DESK_DRAWINGS: dict[str, Drawing] = {
    "leafy": leafy,
    "cactus": cactus,
    "trailing": trailing,
    "can": can,
    "notebook": notebook,
    "pens": pens,
    "tray": tray,
    "clock": clock,
}
