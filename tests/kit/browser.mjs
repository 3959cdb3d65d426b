// A real browser for whole tasks: Debian's Chromium through playwright-core, with a profile of its
// own. Each page collects what a person would not see but must not be there: console errors,
// violations of the content policy, answers that failed.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before } from "node:test";
import { password, root } from "./bench.mjs";

const require = createRequire(join(root, "static/package.json"));
const { chromium } = require("playwright-core");
const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const axeTags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const widths = [360, 390, 1024, 1440, 2560];

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
}

// One browser for a file's tests. standing: what a test has started, stopped in the end, the newest
// first.
export function useBrowser() {
  const used = { browser: null, standing: [] };
  before(async () => {
    used.browser = await launch();
  });
  after(async () => {
    await used.browser.close();
    for (const one of used.standing.reverse()) {
      await one.stop();
    }
  });
  return used;
}

export const button = (tab, name) => tab.getByRole("button", { name, exact: true });
export const link = (tab, name) => tab.getByRole("link", { name, exact: true });

// Whether something comes to be seen while the page keeps itself up to date: by script where there
// is one, by reloading itself where there is none. Nobody presses anything.
export async function waitToSee(locator, seconds = 30) {
  await locator.first().waitFor({ timeout: seconds * 1000 });
}

// A tab of a fresh profile. complaints: what was found so far; `expected` takes what a test wants.
export async function openTab(browser, house, { width = 1440, dark = false, script = true } = {}) {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: dark ? "dark" : "light",
    javaScriptEnabled: script,
    reducedMotion: "reduce",
    baseURL: house.url,
  });
  const tab = await context.newPage();
  const complaints = [];
  tab.setDefaultTimeout(10000);
  tab.on("console", (line) => {
    if (["error", "warning"].includes(line.type())) {
      complaints.push(`${tab.url()}: ${line.text()}`);
    }
  });
  tab.on("pageerror", (error) => complaints.push(`${tab.url()}: ${error.message}`));
  tab.on("response", (answer) => {
    if (answer.status() >= 400) {
      complaints.push(`${answer.url()}: answered with ${answer.status()}`);
    }
  });
  tab.complaints = complaints;
  return tab;
}

// What was complained about since the last look; a test that provokes an error page drops it.
export const takeComplaints = (tab) => tab.complaints.splice(0);

export async function signIn(tab, name = "admin") {
  await tab.goto("/login");
  await tab.getByLabel("Name").fill(name);
  await tab.getByLabel("Password").fill(password);
  await tab.getByRole("button", { name: "Sign in" }).click();
  await tab.waitForURL((url) => url.pathname !== "/login");
}

// One tab each for the administrator, for berta of the staff, and for nobody (named "").
export async function openTabs(browser, house, look) {
  const tabs = { "": await openTab(browser, house, look) };
  for (const name of ["admin", "berta"]) {
    tabs[name] = await openTab(browser, house, look);
    await signIn(tabs[name], name);
  }
  const contexts = Object.values(tabs).map((tab) => tab.context());
  return { ...tabs, close: () => Promise.all(contexts.map((context) => context.close())) };
}

// Every finding of axe as "rule: where"; none is the goal, at any impact.
export async function findBarriers(tab) {
  await tab.evaluate(axeSource);
  const { violations } = await tab.evaluate(
    (tags) => window.axe.run(document, { runOnly: { type: "tag", values: tags } }),
    axeTags,
  );
  return violations.flatMap(({ id, impact, nodes }) =>
    nodes.map((node) => `${impact} ${id}: ${node.target.join(" ")}`),
  );
}

// Text that its box or one around it cuts off, or that lies over a neighbour's. What scrolls can be
// scrolled to; what ends in an ellipsis has the whole in a title.
export function findClippedText(tab) {
  return tab.evaluate(() => {
    const isCutOnPurpose = (el) =>
      getComputedStyle(el).textOverflow === "ellipsis";
    const isSpokenOnly = (el) =>
      el && (el.matches(".visually-hidden") || getComputedStyle(el).clipPath !== "none" || isSpokenOnly(el.parentElement));
    const seen = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const faults = [];
    while (walk.nextNode()) {
      const el = walk.currentNode.parentElement;
      if (!walk.currentNode.data.trim() || isSpokenOnly(el) || !el.checkVisibility({ visibilityProperty: true })) {
        continue;
      }
      const range = document.createRange();
      range.selectNodeContents(walk.currentNode);
      const rects = [...range.getClientRects()].filter((r) => r.width > 1 && r.height > 1);
      const text = walk.currentNode.data.trim().slice(0, 40);
      for (let box = el; box && rects.length > 0; box = box.parentElement) {
        const { overflowX, overflowY } = getComputedStyle(box);
        const edge = box.getBoundingClientRect();
        if (isCutOnPurpose(box) || /auto|scroll/.test(overflowX + overflowY)) {
          break;
        }
        if (overflowX !== "visible" && rects.some((r) => r.right > edge.right + 1 || r.left < edge.left - 1)) {
          faults.push(`"${text}" is cut at the side by ${box.className}`);
        }
        if (overflowY !== "visible" && rects.some((r) => r.bottom > edge.bottom + 1 || r.top < edge.top - 1)) {
          faults.push(`"${text}" is cut above or below by ${box.className}`);
        }
      }
      if (el.closest(".tb-side, .btn, .tb-card-head, .tb-strip")) {
        seen.push(...rects.map((r) => ({ r, text, el })));
      }
    }
    for (let i = 0; i < seen.length; i++) {
      for (let k = i + 1; k < seen.length; k++) {
        const [a, b] = [seen[i], seen[k]];
        const wide = Math.min(a.r.right, b.r.right) - Math.max(a.r.left, b.r.left);
        const high = Math.min(a.r.bottom, b.r.bottom) - Math.max(a.r.top, b.r.top);
        const isBeside = a.el.closest(".tb-user, .tb-side, main") === b.el.closest(".tb-user, .tb-side, main");
        if (a.el !== b.el && isBeside && wide > 2 && high > 6) {
          faults.push(`"${a.text}" and "${b.text}" lie over each other`);
        }
      }
    }
    return faults;
  });
}

// Widths at which the page is wider than its window.
export async function findSidewaysScroll(tab) {
  const size = tab.viewportSize();
  const wide = [];
  for (const width of widths) {
    await tab.setViewportSize({ width, height: size.height });
    const over = await tab.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    if (over > 0) {
      wide.push(`${width}: ${over} px too wide`);
    }
  }
  await tab.setViewportSize(size);
  return wide;
}
