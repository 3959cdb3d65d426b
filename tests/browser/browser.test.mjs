// Whole tasks in a real browser against the whole house: rehearsal store, sync, web program, nginx.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { makeHouse, root, startStore, startWeb } from "../kit/bench.mjs";
import { launch, openTab, takeComplaints } from "../kit/browser.mjs";
import { day } from "./walk.mjs";

const folder = join(root, ".build/browser");
const sizes = { customers: 120, orders: 300, carts: 150, subscribers: 60, memos: 20 };
// slow enough that a person sees the sync at work
const pace = { pace_request_us: 100000, pace_order_us: 5000 };

let browser = null;

before(async () => {
  browser = await launch();
});

after(() => browser.close());

async function walk(t, name, script) {
  const store = await startStore(sizes);
  await store.control("set", pace);
  const house = await makeHouse(join(folder, name), store);
  const web = await startWeb(house);
  const tab = await openTab(browser, house, { script });
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
  await web.stop();
  await store.stop();
}

test("a day with JavaScript", (t) => walk(t, "script", true));
test("a day without JavaScript", (t) => walk(t, "no-script", false));
