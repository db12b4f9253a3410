/* Which colours may stand on which, and what follows from the few that an owner chooses?
   Pure: values in, values out. Popups and the owner's editor ask the same functions. */

const HEX = /^#[0-9a-f]{6}$/i;
const partsOf = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

/* Relative luminance, 0 to 1 (WCAG 2.2). */
const light = (hex) => {
  const [r, g, b] = partsOf(hex).map((part) => (part <= 10 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

/* The contrast of two colours ("#rrggbb"), 1 to 21 (WCAG 2.2): texts need 4.5, borders and marks 3. */
export function contrast(one, other) {
  const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/* `part` (0 to 1) of `ink` on `paper`. */
const mixed = (ink, paper, part) => {
  const under = partsOf(paper);
  return "#" + partsOf(ink).map((over, n) => Math.round(over * part + under[n] * (1 - part)).toString(16).padStart(2, 0)).join("");
};

/* The faintest of a few shades of `ink` that still has `least` contrast on `paper`. */
const shade = (ink, paper, least) =>
  [0.5, 0.6, 0.7, 0.8, 0.9].map((part) => mixed(ink, paper, part)).find((hex) => contrast(hex, paper) >= least) || ink;

/* White, our ink or black: the first that can be read. On any colour one can. */
const readable = (paper) => ["#ffffff", "#1c1b1a"].find((hex) => contrast(hex, paper) >= 4.5) || "#000000";

const FONTS = {
  sans: "system-ui,'Segoe UI',Roboto,'Apple SD Gothic Neo','Malgun Gothic','Hiragino Sans','Yu Gothic','Noto Sans CJK KR',sans-serif",
  serif: "Georgia,'Times New Roman','Nanum Myeongjo','AppleMyungjo','Yu Mincho','Noto Serif CJK KR',serif",
  mono: "ui-monospace,SFMono-Regular,Menlo,Consolas,monospace",
};

/* The CSS variables of a theme {accent, surface, text: "#rrggbb", radius: px, font}; all may be absent, and what cannot
   be read is. Whatever is chosen, texts can be read. */
export function themed(theme) {
  const { accent, surface, text, radius, font } = theme || {};
  const is = (hex) => HEX.test(hex) && hex;
  const variables = {};
  const paper = is(surface) || "#ffffff";
  let ink = is(text) || readable(paper);
  if (contrast(ink, paper) < 4.5) ink = readable(paper);
  const deep = is(accent) || ink;
  if (is(surface) || is(text)) {
    Object.assign(variables, {
      surface: paper,
      text: ink,
      muted: shade(ink, paper, 6),
      field: shade(ink, paper, 3),
      scheme: light(paper) < 0.18 ? "dark" : "light",
      line: mixed(ink, paper, 0.14),
      soft: mixed(ink, paper, 0.08),
      sale: ["#b3261e", "#ff9b90"].find((hex) => contrast(hex, paper) >= 4.5) || ink,
    });
  }
  if (is(accent) || variables.text) {
    Object.assign(variables, { accent: deep, "accent-text": readable(deep), focus: contrast(deep, paper) < 3 ? ink : deep });
  }
  if (radius >= 0) variables.radius = Math.min(radius, 32) + "px";
  if (Object.keys(FONTS).includes(font)) variables.font = variables["heading-font"] = FONTS[font];
  return variables;
}
