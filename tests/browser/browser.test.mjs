// Whole tasks in a real browser against the whole house: rehearsal store, sync, web program, nginx.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { makeHouse, root, startStore, startWeb } from "../kit/bench.mjs";
import {
  findBarriers, findSidewaysScroll, openTab, openTabs, takeComplaints, useBrowser,
} from "../kit/browser.mjs";
import { emptyScreens, furnish, goLive, liveScreens, openScreen, screensOf } from "./screens.mjs";
import { day } from "./walk.mjs";

const folder = join(root, ".build/browser");
// more carts than orders: those beyond them are still open
const sizes = { customers: 120, orders: 300, carts: 400, subscribers: 60, memos: 20 };
// slow enough that a person sees the sync at work, also on a page that reloads itself now and then
const pace = { pace_request_us: 100000, pace_order_us: 30000, pace_cart_us: 30000, capacity: 1 };

const used = useBrowser();
const { standing } = used;

async function open(name, settings = {}) {
  const store = await startStore(sizes);
  standing.push(store);
  const house = await makeHouse(join(folder, name), store, settings);
  const web = await startWeb(house);
  standing.push(web);
  return { store, house };
}

async function walk(t, name, script) {
  const { store, house } = await open(name);
  const tab = await openTab(used.browser, house, { script });
  await store.control("set", pace);
  for (const [what, step] of day) {
    await t.test(what, async () => {
      await step({ tab, house, store }).catch(async (error) => {
        await tab.screenshot({ path: join(folder, `${name}-failed.png`) });
        throw error;
      });
      assert.deepEqual(takeComplaints(tab), []);
    });
  }
  await tab.context().close();
}

test("a day with JavaScript", (t) => walk(t, "script", true));
test("a day without JavaScript", (t) => walk(t, "no-script", false));

// An error page is told as a failed answer by the browser, too.
function unexpected(tab, screen) {
  const complaints = takeComplaints(tab);
  return complaints.filter((text) => !screen.status || !text.includes(String(screen.status)));
}

// Everything that is wrong with these screens in one look, so that one run tells all.
async function findFaults(house, screens, look) {
  const tabs = await openTabs(used.browser, house, look);
  const faults = [];
  for (const screen of screens) {
    const { tab, status, isExpected } = await openScreen(tabs, screen);
    const found = [
      ...(isExpected ? [] : [`answered with ${status}`]),
      ...(await findBarriers(tab)),
      ...(look.dark ? [] : await findSidewaysScroll(tab)),
      ...unexpected(tab, screen),
    ];
    faults.push(...found.map((fault) => `${screen.name}: ${fault}`));
  }
  await tabs.close();
  return faults;
}

const looks = [
  ["1440 light", { width: 1440 }],
  ["1440 dark", { width: 1440, dark: true }],
  ["390", { width: 390 }],
  ["2560", { width: 2560 }],
];

test("no screen has barriers, scrolls sideways or breaks the content policy", async (t) => {
  const full = await open("screens");
  const empty = await open("empty");
  const screens = screensOf(await furnish(full.house, full.store));
  for (const [name, look] of looks) {
    await t.test(name, async () => {
      assert.deepEqual(await findFaults(full.house, screens, look), []);
      assert.deepEqual(await findFaults(empty.house, emptyScreens, look), []);
    });
  }
  await t.test("while a run goes on", async () => {
    const stop = await goLive(full.house, full.store);
    assert.deepEqual(await findFaults(full.house, liveScreens, looks[0][1]), []);
    await stop();
  });
});

test("what is refused is a page that says so", async (t) => {
  const { house } = await open("refused", { busy_timeout_ms: 200 });
  const tabs = await openTabs(used.browser, house, {});
  const asked = tabs.admin.request;
  const own = { headers: { Origin: house.url }, maxRedirects: 0 };
  const cases = [
    ["a wrong address", 404, () => asked.get("/nowhere")],
    ["a parameter that is not known", 400, () => asked.get("/orders?colour=red")],
    ["a method that the address does not take", 405, () => asked.post("/orders", own)],
    ["a form without its token", 403, () => asked.post("/channels/new", { ...own, form: {} })],
    ["a form that is too large", 413, () =>
      asked.post("/login", { ...own, form: { name: "x".repeat(100000) } })],
    ["a page for administrators", 403, () => tabs.berta.request.get("/users")],
  ];
  for (const [what, status, ask] of cases) {
    await t.test(what, async () => {
      const answer = await ask();
      const text = await answer.text();
      assert.equal(answer.status(), status);
      assert.match(text, /<h1[^>]*>[^<]+<\/h1>/);
      assert.match(answer.headers()["content-security-policy"], /default-src 'none'/);
    });
  }
  await tabs.close();
});
