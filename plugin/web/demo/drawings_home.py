"""How are things for the table and the evening drawn?"""

from __future__ import annotations

from random import Random

from plugin.web.demo.strokes import (
    BRASS,
    LEATHER,
    PAPER,
    Drawing,
    Tone,
    line,
    oval,
    path,
    rect,
    shade,
    shadow,
)

FLAME = "M200 {y}q-13 18 0 32 13-14 0-32z"


def mug(tone: Tone, rng: Random) -> str:
    """A mug with steam and a glaze line."""
    drip = rng.randint(18, 34)
    specks = "".join(
        oval(rng.randint(124, 250), rng.randint(236, 322), 3, 3, tone.dark, 'opacity=".5"')
        for _ in range(rng.choice((0, 14)))
    )
    return (
        shadow(212)
        + line("M168 140q-14-18 0-36t0-36M206 140q-14-18 0-36t0-36", "#fff", 6, 'opacity=".75"')
        + line("M262 204h20q40 0 40 44t-40 44h-24", tone.dark, 18)
        + path("M108 170h164v132q0 38-38 38h-88q-38 0-38-38z", tone.main)
        + shade("M226 170h46v132q0 38-38 38h-30q28-70 22-170z")
        + path(f"M108 184h164v{drip}q-20 14-41 0t-41 0-41 0-41 0z", tone.light)
        + specks
        + oval(190, 172, 82, 17, tone.light)
        + oval(190, 174, 70, 12, "#5a3b2a")
    )


def kettle(tone: Tone, rng: Random) -> str:
    """A kettle with a wooden handle."""
    slim = rng.random() < 0.5 or tone.main == "#4c4f54"
    spout = (
        line("M262 300q46-10 52-70t38-70", tone.dark, 13)
        if slim
        else path("M258 232q40-8 62-50l30 10q-18 72-84 98z", tone.dark)
    )
    return (
        shadow(236)
        + spout
        + line("M120 190q-4-96 80-96t80 96", LEATHER, 15)
        + path("M110 214q0-34 90-34t90 34l12 92q4 34-30 34H128q-34 0-30-34z", tone.main)
        + shade("M248 184q42 8 42 30l12 92q4 34-30 34h-40q30-80 16-156z")
        + path("M118 206q10-30 82-30t82 30q-82 22-164 0z", tone.light)
        + rect(188, 158, 24, 18, LEATHER, 8)
        + line("M126 236q-10 30-8 66", tone.light, 7)
    )


def board(tone: Tone, rng: Random) -> str:
    """A cutting board leaning on the wall, with its grain."""
    grain = "".join(
        line(
            f"M{x} {rng.randint(150, 180)}q{rng.randint(-8, 8)} 80 0 150",
            tone.dark,
            2.5,
            'opacity=".5"',
        )
        for x in range(140, 270, 22)
    )
    return (
        shadow(190)
        + path(
            "M178 66q0-16 22-16t22 16v56h32q28 0 28 28v162q0 28-28 28"
            "H146q-28 0-28-28V150q0-28 28-28h32z",
            tone.main,
        )
        + grain
        + shade("M236 122h18q28 0 28 28v162q0 28-28 28h-26q20-110 8-218z")
        + oval(200, 78, 9, 9, "#f4ecdd")
        + line("M200 70q-18-22-30-6", LEATHER, 4)
    )


def bowl(tone: Tone, rng: Random) -> str:
    """A glazed bowl with a foot and a painted band."""
    band = "".join(
        oval(96 + 26 * step, 254, 7, rng.randint(5, 11), tone.light) for step in range(9)
    )
    return (
        shadow(170)
        + rect(156, 314, 88, 26, tone.dark, 8)
        + path("M66 206h268q-4 116-98 120h-72q-94-4-98-120z", tone.main)
        + band
        + shade("M270 206h64q-4 116-98 120h-20q48-50 54-120z")
        + oval(200, 206, 134, 30, tone.light)
        + oval(200, 210, 118, 22, tone.dark)
    )


def lamp(tone: Tone, rng: Random) -> str:
    """A table lamp, lit."""
    belly = rng.randint(46, 66)
    shape = f"M184 200q-{belly} 50-{belly - 24} 120h{2 * belly - 16}q24-70-{belly - 24}-120z"
    return (
        shadow(150)
        + path("M134 196h132l60 146H74z", "#ffe7ad", 'opacity=".5"')
        + path(shape, tone.main, f'transform="translate({(200 - 184) // 2} 0)"')
        + rect(150, 316, 100, 24, tone.dark, 10)
        + rect(190, 184, 20, 24, BRASS, 3)
        + path("M150 66h100l52 124H98z", PAPER)
        + path("M222 66h28l52 124h-56z", "#e9c98a", 'opacity=".5"')
        + line("M150 66h100M98 190h204", tone.dark, 5)
        + line("M250 190v46", BRASS, 3)
        + oval(250, 240, 5, 5, BRASS)
    )


def pendant(tone: Tone, rng: Random) -> str:
    """A pendant lamp over its light."""
    wide = rng.randint(96, 116)
    return (
        path(f"M{200 - wide} 222h{2 * wide}l48 178H{152 - wide}z", "#ffe9b8", 'opacity=".55"')
        + line("M200 0v92", "#3a3733", 5)
        + rect(184, 84, 32, 34, BRASS, 6)
        + path(f"M{200 - wide} 224q4-112 {wide}-112t{wide} 112z", tone.main)
        + shade(f"M226 114q{wide - 30} 14 {wide - 26} 110h-52q8-62-22-110z")
        + line(f"M{222 - wide} 200q8-44 40-64", tone.light, 7)
        + oval(200, 224, wide, 15, tone.dark)
        + oval(200, 226, 38, 12, "#fff3cf")
    )


def lantern(tone: Tone, rng: Random) -> str:
    """A lantern with a candle inside."""
    tall = rng.randint(44, 66)
    return (
        shadow(180)
        + line("M160 118q0-62 40-62t40 62", tone.dark, 8)
        + path("M156 108h88l26 42H130z", tone.main)
        + rect(134, 150, 132, 172, "#fdf1cf", 4, 'opacity=".92"')
        + oval(200, 244, 52, 60, "#ffdf94", 'opacity=".75"')
        + rect(178, 318 - tall, 44, tall, "#fffaf0", 5)
        + path(FLAME.format(y=282 - tall), "#ee9a3a")
        + line("M138 150v172M262 150v172M200 150v30", tone.dark, 8)
        + rect(122, 316, 156, 24, tone.main, 6)
        + rect(122, 144, 156, 14, tone.dark, 5)
    )


def candle(tone: Tone, rng: Random) -> str:
    """A candle in a glass with a paper label."""
    label = rng.choice(("M170 262h60M180 276h40", "M174 258h52M174 270h52M174 282h30"))
    return (
        shadow(166)
        + oval(200, 150, 60, 66, "#ffe3a0", 'opacity=".6"')
        + path(FLAME.format(y=132), "#f0a03e")
        + line("M200 162v22", "#4a4038", 4)
        + path("M126 178h148v134q0 28-28 28h-92q-28 0-28-28z", tone.main)
        + oval(200, 180, 74, 16, tone.light)
        + shade("M236 194h38v118q0 28-28 28h-30q26-60 20-146z")
        + rect(150, 234, 100, 66, PAPER, 6)
        + line(label, tone.dark, 4)
    )


HOME_DRAWINGS: dict[str, Drawing] = {
    "mug": mug,
    "kettle": kettle,
    "board": board,
    "bowl": bowl,
    "lamp": lamp,
    "pendant": pendant,
    "lantern": lantern,
    "candle": candle,
}
