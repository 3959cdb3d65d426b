// make screenshots: every screen at 1440 and 390 pixels, light and dark, and at 2560, into .build/screenshots, to
// be held beside the designs; and the README's picture.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { makeHouse, root, startStore, startWeb } from "../kit/bench.mjs";
import { launch, openTabs } from "../kit/browser.mjs";
import { emptyScreens, furnish, goLive, liveScreens, openScreen, screensOf } from "./screens.mjs";

const target = join(root, ".build/screenshots");
const sizes = { customers: 1200, orders: 2000, carts: 2500, subscribers: 600, memos: 100 };
const looks = [
  ["1440", { width: 1440 }],
  ["1440-dark", { width: 1440, dark: true }],
  ["390", { width: 390 }],
  ["390-dark", { width: 390, dark: true }],
  ["2560", { width: 2560 }],
];

// As high as the page, so that the side bar is drawn to its end.
async function shoot(tab, file, width) {
  const height = await tab.evaluate(() => document.documentElement.scrollHeight);
  await tab.setViewportSize({ width, height: Math.max(height, 900) });
  await tab.screenshot({ path: file });
  await tab.setViewportSize({ width, height: 900 });
}

async function shootAll(browser, house, screens) {
  for (const [name, look] of looks) {
    const tabs = await openTabs(browser, house, look);
    for (const screen of screens) {
      const { tab, status, isExpected } = await openScreen(tabs, screen);
      if (!isExpected) {
        console.log(`${screen.path}: answered with ${status}`);
        process.exitCode = 1;
      }
      await shoot(tab, join(target, `${screen.name}-${name}.png`), look.width);
    }
    await tabs.close();
  }
}

// Small enough for a repository: few rows, no more height than these need.
async function shootForReadme(browser, house) {
  const tabs = await openTabs(browser, house, { width: 1440 });
  await tabs.admin.goto("/orders?status=complete&status=processing&status=holded&rows=10");
  await tabs.admin.setViewportSize({ width: 1440, height: 640 });
  await tabs.admin.mouse.move(0, 0);
  await tabs.admin.screenshot({ path: join(root, "static/readme-orders.png") });
  await tabs.close();
}

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
const browser = await launch();
const store = await startStore(sizes);
const empty = await makeHouse(join(root, ".build/browser/empty"), store);
const house = await makeHouse(join(root, ".build/browser/screens"), store);
const webs = [await startWeb(empty), await startWeb(house)];
const screens = screensOf(await furnish(house, store));

await shootAll(browser, empty, emptyScreens);
await shootAll(browser, house, screens);
await shootForReadme(browser, house);
const stop = await goLive(house, store);
await shootAll(browser, house, liveScreens);
await stop();
await browser.close();
for (const web of webs) {
  await web.stop();
}
await store.stop();
console.log(`${(screens.length + emptyScreens.length + liveScreens.length) * looks.length} pictures in ${target}`);
