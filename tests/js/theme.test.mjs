// Can everything that follows from an owner's few colours be read?
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import vm from "node:vm";

const source = readFileSync(new URL("../../static/src/theme.js", import.meta.url), "utf8").replaceAll("export ", "");
const { contrast, themed } = vm.runInNewContext(`${source}; ({ contrast, themed })`);

// Colours from one end to the other, the same on every run.
const steps = ["00", "33", "66", "99", "cc", "ff"];
const colours = steps.flatMap((r) => steps.flatMap((g) => steps.map((b) => `#${r}${g}${b}`)));

test("contrast is that of the standard, from either side", () => {
  assert.equal(contrast("#000000", "#ffffff"), 21);
  assert.equal(contrast("#ffffff", "#000000"), 21);
  assert.equal(contrast("#767676", "#ffffff").toFixed(2), "4.54");
  assert.equal(contrast("#336699", "#336699"), 1);
});

test("on any surface every text can be read, whatever text was asked for", () => {
  for (const surface of colours) {
    for (const text of ["#000000", "#ffffff", "#777777", surface, undefined]) {
      const its = themed({ surface, text });
      for (const name of ["text", "muted", "sale"]) assert.ok(contrast(its[name], surface) >= 4.5, `${name} on ${surface}`);
      assert.ok(contrast(its.field, surface) >= 3, `borders on ${surface}`);
    }
  }
});

test("on a button of any colour the words can be read, and the mark of the focus is seen", () => {
  for (const accent of colours) {
    for (const surface of ["#ffffff", "#16181d", "#777777", "#ffcc00"]) {
      const its = themed({ accent, surface });
      assert.ok(contrast(its["accent-text"], accent) >= 4.5, `words on ${accent}`);
      assert.ok(contrast(its.focus, surface) >= 3, `focus of ${accent} on ${surface}`);
    }
  }
});

test("a text that can be read stays as it was chosen", () => {
  const its = themed({ surface: "#fffaf2", text: "#26211c", accent: "#2f5d50" });
  assert.deepEqual([its.surface, its.text, its.accent], ["#fffaf2", "#26211c", "#2f5d50"]);
});

test("without a theme nothing is said, so that the shop's own variables count", () => {
  for (const theme of [undefined, null, {}, { font: "page" }]) assert.deepEqual(Object.keys(themed(theme)), []);
});

test("what is no colour, font or number says nothing", () => {
  const hostile = { accent: "red;background:url(//x)", surface: "#fff", text: 7, radius: "1px;x", font: "toString" };
  assert.deepEqual(Object.keys(themed(hostile)), []);
});
