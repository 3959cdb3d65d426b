// Computes the contrast of the colour pairs that the pages use, in both themes, from the tokens of
// tollbook.css, and fails when one is below the minimum of its group: node contrast.mjs [CSS]
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const file =
  process.argv[2] ??
  join(dirname(fileURLToPath(import.meta.url)), "../../static/css/tollbook.css");
const css = readFileSync(file, "utf8");

const tokens = {};
for (const [, name, light, dark] of css.matchAll(
  /--tb-([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g,
)) {
  tokens[name] = { light, dark };
}
tokens.white = { light: "#ffffff", dark: "#ffffff" };

const grounds = ["canvas", "surface", "sunken", "hover", "selected"];
const meanings = ["good", "warn", "bad", "mute"];
const badges = [["accent", "accent-soft"], ...meanings.map((m) => [m, `${m}-soft`])];

// Name, least ratio, pairs of text or line over ground.
const groups = [
  ["text", 4.99, grounds.flatMap((g) => ["ink", "ink-2", "ink-3"].map((ink) => [ink, g]))],
  ["links and marks in text", 4.5, grounds.flatMap((g) => [["accent", g], ["bad", g], ["warn", g]])],
  ["badge text", 6.05, badges],
  ["text on notices", 6.05, badges.map(([, ground]) => ["ink", ground])],
  ["grey text on notices", 4.5, badges.map(([, ground]) => ["ink-2", ground])],
  ["primary button", 5.68, [["white", "accent-fill"]]],
  ["primary button, hovered", 4.7, [["white", "accent-down"]]],
  ["input borders", 3.15, [["line-strong", "surface"], ["line-strong", "canvas"]]],
  ["badge marks", 3.19, meanings.map((m) => [`${m}-mark`, `${m}-soft`])],
  ["channel marks", 3, meanings.map((m) => [`${m}-mark`, "canvas"])],
  ["progress bars", 3, [["accent", "line"], ["good-mark", "surface"]]],
  ["focus", 3, grounds.map((g) => ["accent", g])],
];

function luminance(hex) {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function ratio(a, b) {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

let failed = 0;
for (const [name, least, pairs] of groups) {
  let worst = { value: Infinity };
  for (const [over, ground] of pairs) {
    for (const theme of ["light", "dark"]) {
      if (!tokens[over] || !tokens[ground]) {
        console.error(`${file}: no token --tb-${tokens[over] ? ground : over}`);
        process.exit(1);
      }
      const value = ratio(tokens[over][theme], tokens[ground][theme]);
      if (value < worst.value) {
        worst = { value, over, ground, theme };
      }
    }
  }
  const isGood = Math.round(worst.value * 100) >= Math.round(least * 100);
  failed += isGood ? 0 : 1;
  const where = `${worst.over} on ${worst.ground}, ${worst.theme}`;
  console.log(`${isGood ? "ok" : "FAILED"} ${name}: ${worst.value.toFixed(2)} (${where}), least ${least}`);
}
process.exit(failed ? 1 : 0);
