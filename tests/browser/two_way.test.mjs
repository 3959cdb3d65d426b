// Changing a store's records from here, in a real browser with JavaScript and without: a customer is
// edited, waits, is pushed; both sides change the same and somebody chooses; a change is taken back.
// Nothing starts the sync program but the test, so that each state can be looked at.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { addChannel, makeHouse, root, startStore, startWeb } from "../kit/bench.mjs";
import { button, link, openTab, signIn, takeComplaints, useBrowser, waitToSee } from "../kit/browser.mjs";

const folder = join(root, ".build/browser");
const sizes = { customers: 60, orders: 80, carts: 20, subscribers: 30, memos: 4 };

const used = useBrowser();
const { standing } = used;

const head = (tab) => tab.locator(".tb-head");
const main = (tab) => tab.locator("main");

async function open(name, script) {
  const store = await startStore(sizes);
  standing.push(store);
  const house = await makeHouse(join(folder, name), store, { sync_command: "/bin/true" });
  await addChannel(house, "Lumen Europe", ["--two-way", "remote"]);
  await house.sync(["check", "Lumen Europe"]);
  await house.sync(["run", "Lumen Europe"], { codes: [0, 1] });
  standing.push(await startWeb(house));
  const tabs = {};
  for (const user of ["admin", "berta"]) {
    tabs[user] = await openTab(used.browser, house, { script });
    await signIn(tabs[user], user);
  }
  const [customer, origin] = await house.sql(
    "SELECT c.id, c.origin_id FROM customers c JOIN customer_addresses a ON a.parent_id = c.id" +
      " WHERE c.origin_id IS NOT NULL AND c.firstname IS NOT NULL AND c.lastname IS NOT NULL" +
      " AND NOT EXISTS (SELECT 1 FROM customers o WHERE o.email_norm = c.email_norm AND o.id <> c.id)" +
      " ORDER BY c.origin_id LIMIT 1");
  return { store, house, ...tabs, tab: tabs.berta, customer, origin };
}

// What the store has of the customer now, by its own dump.
async function inStore({ store, origin }) {
  const answer = await fetch(`${store.url}/control/dump?entity=customer&from=${origin}&to=${origin}`);
  return JSON.parse((await answer.text()).split("\n")[0]);
}

const due = ({ house }) => house.sync(["due"], { codes: [0, 1] });

async function edit({ tab, customer }, fields) {
  await tab.goto(`/customers/${customer}`);
  await link(tab, "Edit").first().click();
  for (const [label, text] of Object.entries(fields)) {
    await tab.getByLabel(label, { exact: true }).fill(text);
  }
  await button(tab, "Save changes").last().click();
  await waitToSee(tab.getByRole("status"));
}

async function editsAndWaits(day) {
  const { tab, origin } = day;
  const before = await inStore(day);
  await edit(day, { "First name": "Annegret", "Tax/VAT number": "DE 811 907 980" });
  await waitToSee(head(tab).getByText("Waiting to be pushed"));
  assert.match(await main(tab).innerText(), /First name, Tax\/VAT number: changed here by berta/);
  assert.equal((await inStore(day)).firstname, before.firstname, `customer ${origin}`);
  await tab.goto("/customers?q=Annegret");
  assert.equal(await tab.getByTitle("Waiting to be pushed").count(), 1);
}

async function isPushed(day) {
  const { tab, customer } = day;
  await tab.goto(`/customers/${customer}`);
  await waitToSee(tab.getByText("it is being pushed now"));
  await due(day);
  await waitToSee(tab.getByText("Pushed.", { exact: true }));
  assert.equal(await head(tab).getByText("Waiting to be pushed").count(), 0);
  const now = await inStore(day);
  assert.deepEqual([now.firstname, now.taxvat], ["Annegret", "DE 811 907 980"]);
}

async function isDone({ tab }) {
  await tab.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Outbox" }).click();
  await link(tab, "Done 1").click();
  await tab.locator("tbody tr").getByRole("link").first().click();
  await waitToSee(head(tab).getByText("Done", { exact: true }).first());
  const rows = await tab.locator(".tb-push tbody tr").allInnerTexts();
  assert.equal(rows.length, 2);
  assert.match(rows[0], /First name[\s\S]*Annegret[\s\S]*sent/);
}

async function isTakenBack(day) {
  const { tab } = day;
  await button(tab, "Write the former values back").click();
  await waitToSee(tab.getByRole("status"));
  await due(day);
  await waitToSee(head(tab).getByText("Done", { exact: true }).first());
  const now = await inStore(day);
  assert.notEqual(now.firstname, "Annegret");
  assert.equal(now.taxvat, null);
}

async function setsRule({ admin }) {
  await admin.goto("/channels/1");
  await admin.locator("summary[aria-label='More actions']").click();
  await link(admin, "Rules of two-way sync").click();
  await admin.locator("#customer\\.lastname").selectOption("ask");
  await button(admin, "Save rules").click();
  await waitToSee(admin.getByText(/^Rules saved/));
  assert.equal(await admin.locator("#customer\\.lastname").inputValue(), "ask");
}

async function bothChange(day) {
  const { tab, store, origin } = day;
  await edit(day, { "Last name": "Hier", "Middle name": "M." });
  await store.control("change", { what: "customer.touch", id: origin, field: "lastname", value: "Dort" });
  await due(day);
  await waitToSee(head(tab).getByText("Conflict", { exact: true }));
  assert.equal((await inStore(day)).lastname, "Dort");
}

async function choiceIsNeeded({ tab }) {
  await tab.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Outbox" }).click();
  await link(tab, "Conflicts 1").click();
  await tab.locator("tbody tr").getByRole("link").first().click();
  const cells = await tab.locator(".tb-push tbody tr").first().locator("td").allInnerTexts();
  assert.match(cells.join("|"), /Last name\|.+\|.*Dort\|.*Hier\|Waits for a choice/s);
  await button(tab, "Keep chosen values").click();
  assert.equal(await button(tab, "Keep chosen values").count(), 1, "nothing chosen, nothing kept");
}

async function isResolved(day) {
  const { tab } = day;
  await tab.getByRole("radio", { name: /here: Hier/ }).check();
  await button(tab, "Keep chosen values").click();
  await waitToSee(tab.getByText(/^Kept: /));
  await due(day);
  await waitToSee(head(tab).getByText("Done", { exact: true }).first());
  const now = await inStore(day);
  assert.deepEqual([now.lastname, now.middlename], ["Hier", "M."]);
}

async function makesCustomer(day) {
  const { tab, store } = day;
  await tab.goto("/customers");
  await link(tab, "New customer").click();
  await tab.getByLabel("Store view").selectOption({ index: 1 });
  await tab.getByLabel("First name", { exact: true }).fill("Nina");
  await tab.getByLabel("Last name", { exact: true }).fill("Neu");
  await tab.getByLabel("Email", { exact: true }).fill("nina.neu@example.com");
  await button(tab, "Add an address").click();
  await tab.locator("#a0_street").fill("Weg 3\nHinterhaus");
  await tab.locator("#a0_postcode").fill("10115");
  await tab.locator("#a0_city").fill("Berlin");
  await tab.locator("#a0_telephone").fill("030 1");
  await tab.locator("#a0_country").selectOption("DE");
  if (await button(tab, "Show the states of this country").count()) {
    await button(tab, "Show the states of this country").click();
  }
  await tab.locator("#a0_region_origin_id").selectOption({ label: "Berlin" });
  await button(tab, "Create customer").last().click();
  await waitToSee(head(tab).getByText("Waiting to be pushed"));
  await due(day);
  await waitToSee(tab.getByText("Pushed.", { exact: true }));
  const answer = await fetch(`${store.url}/control/dump?entity=customer&from=1&to=1000000`);
  const [made] = (await answer.text()).split("\n").filter(Boolean).map(JSON.parse)
    .filter(({ email }) => email === "nina.neu@example.com");
  assert.equal(made.addresses.length, 1);
  assert.deepEqual([made.addresses[0].street, made.addresses[0].region], ["Weg 3\nHinterhaus", "Berlin"]);
}

const day = [
  ["a customer is edited, and waits for the store", editsAndWaits],
  ["it is pushed, and the page says so by itself", isPushed],
  ["the outbox keeps what was done, field by field", isDone],
  ["the former values are written back", isTakenBack],
  ["a field's rule is to ask", setsRule],
  ["both sides change it: a conflict", bothChange],
  ["nothing is kept before somebody chooses", choiceIsNeeded],
  ["the chosen value reaches the store", isResolved],
  ["a new customer brings an address, with the states of its country", makesCustomer],
];

async function walk(t, name, script) {
  const house = await open(name, script);
  for (const [what, step] of day) {
    await t.test(what, async () => {
      await step(house).catch(async (error) => {
        await house.tab.screenshot({ path: join(folder, `${name}-failed.png`), fullPage: true });
        throw error;
      });
      assert.deepEqual(takeComplaints(house.tab), []);
    });
  }
}

test("two-way sync with JavaScript", (t) => walk(t, "two-way", true));
test("two-way sync without JavaScript", (t) => walk(t, "two-way-no-script", false));
