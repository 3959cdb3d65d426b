// Proof of completeness and gentle loading in a real browser, with JavaScript and without: a check
// names what differs and a repair mends it; a load is paused, goes on from the page, and is canceled.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { addChannel, end, makeHouse, pause, programs, root, start, startStore, startWeb } from "../kit/bench.mjs";
import { button, link, openTab, signIn, takeComplaints, useBrowser, waitToSee } from "../kit/browser.mjs";

const folder = join(root, ".build/browser");

const used = useBrowser();
const { standing } = used;

const main = (tab) => tab.locator("main");

async function open(name, script, sizes) {
  const store = await startStore(sizes);
  standing.push(store);
  const house = await makeHouse(join(folder, name), store);
  await addChannel(house, "Lumen Europe");
  standing.push(await startWeb(house));
  const tab = await openTab(used.browser, house, { script });
  await signIn(tab, "berta");
  return { store, house, tab };
}

async function checkAndRepair(t, name, script) {
  const sizes = { customers: 60, orders: 80, carts: 90, subscribers: 30, memos: 4 };
  const { store, house, tab } = await open(name, script, sizes);
  await house.sync(["run", "Lumen Europe"]);
  await house.sync(["verify", "Lumen Europe", "--repair"], { codes: [0, 1] });
  const [order, number] = await house.sql(
    "SELECT origin_id, increment_id FROM orders WHERE store_id IS NOT NULL ORDER BY origin_id DESC LIMIT 1");
  const [customer, was] = await house.sql(
    "SELECT origin_id, lastname FROM customers WHERE origin_id IS NOT NULL AND lastname IS NOT NULL ORDER BY 1 LIMIT 1");
  await house.sql(`PRAGMA foreign_keys = ON; DELETE FROM orders WHERE origin_id = ${order}`);
  await store.control("change", { what: "customer.silent", id: customer, field: "lastname", value: "Quietly" });

  await t.test("a check names the missing order and the changed name", async () => {
    await tab.goto("/verify");
    await link(tab, "Lumen Europe").last().click();
    await button(tab, "Take again").click();
    await waitToSee(main(tab).getByText("Store and Tollbook differ."));
    const text = await main(tab).innerText();
    assert.match(text, new RegExp(`Order ${number}`));
    assert.match(text, /Last name\s+Quietly/);
    assert.ok(text.includes(was), `${was} is not in ${text}`);
    assert.equal(await main(tab).getByRole("row", { name: /^Order \d+ Store id/ }).count(), 1);
    assert.deepEqual(takeComplaints(tab), []);
  });

  await t.test("on paper the statement has neither menu nor buttons", async () => {
    await tab.emulateMedia({ media: "print" });
    assert.equal(await button(tab, "Take again").isVisible(), false);
    assert.equal(await tab.getByRole("navigation", { name: "Main" }).isVisible().catch(() => false), false);
    assert.equal(await main(tab).getByText("Per entity").isVisible(), true);
    await tab.emulateMedia({ media: "screen" });
  });

  await t.test("the repair reads exactly these, and the next check is equal", async () => {
    await button(tab, "Repair 2 differences").click();
    await waitToSee(main(tab).getByText("Store and Tollbook differed, and that was repaired."));
    assert.deepEqual(await house.sql(`SELECT count(*) FROM orders WHERE origin_id = ${order}`), ["1"]);
    assert.deepEqual(await house.sql(`SELECT lastname FROM customers WHERE origin_id = ${customer}`), ["Quietly"]);
    await button(tab, "Take again").click();
    await waitToSee(main(tab).getByText("Store and Tollbook are equal."));
    assert.deepEqual(takeComplaints(tab), []);
  });
  await tab.context().close();
}

test("a check and a repair with JavaScript", (t) => checkAndRepair(t, "proof-script", true));
test("a check and a repair without JavaScript", (t) => checkAndRepair(t, "proof-plain", false));

async function pauseAndResume(t, name, script) {
  const sizes = { customers: 300, orders: 900, carts: 1000, subscribers: 60, memos: 20 };
  const { store, house, tab } = await open(name, script, sizes);
  await store.control("set", { pace_order_us: 30000, pace_cart_us: 30000, pace_customer_us: 20000, capacity: 1 });
  const run = start(join(programs, "tollbook-sync"), ["run", "Lumen Europe", "--config", house.conf], { stdio: "ignore" });
  const state = async () => (await house.sql("SELECT state FROM runs ORDER BY id LIMIT 1"))[0];
  const read = async () => Number((await house.sql("SELECT total(loaded) FROM cursors"))[0]);
  while ((await read()) === 0) {
    await pause(200);
  }

  await t.test("a load is paused from the page, and nothing of it is lost", async () => {
    await tab.goto("/sync");
    await button(tab, "Pause loading").first().click();
    for (let i = 0; (await state()) === "running" && i < 150; i++) {
      await pause(200);
    }
    assert.equal(await state(), "stopped");
    const before = await read();
    assert.ok(before > 0);
    await tab.goto("/sync");
    await waitToSee(main(tab).getByText(/paused/i));
    assert.equal(await read(), before);
    assert.deepEqual(takeComplaints(tab), []);
  });

  await t.test("it goes on from there", async () => {
    await store.control("set", { pace_order_us: 0, pace_cart_us: 0, pace_customer_us: 0, capacity: 4 });
    await button(tab, "Resume loading").first().click();
    for (let i = 0; i < 300; i++) {
      const [running] = await house.sql("SELECT count(*) FROM cursors WHERE load_state = 'running'");
      if (running === "0") {
        break;
      }
      await pause(200);
    }
    assert.deepEqual(await house.sql("SELECT count(*) FROM cursors WHERE load_state = 'running'"), ["0"]);
    const [orders] = await house.sql("SELECT count(*) FROM orders");
    assert.ok(Number(orders) >= 899, `${orders} orders`);
    assert.deepEqual(takeComplaints(tab), []);
  });
  await end(run);
  await tab.context().close();
}

test("pause and resume with JavaScript", (t) => pauseAndResume(t, "pause-script", true));
test("pause and resume without JavaScript", (t) => pauseAndResume(t, "pause-plain", false));
