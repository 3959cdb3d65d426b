// One whole working day in the browser, with JavaScript or without: the same steps, the same words.
// Each step begins where the one before has ended, so a failed one says where the day went wrong.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { password, storeKey } from "../kit/bench.mjs";
import { button, link, signIn, takeComplaints, waitToSee } from "../kit/browser.mjs";

export const channelName = "Lumen Europe";

const heading = (tab, name) => tab.getByRole("heading", { level: 1, name });
const menu = (tab, name) => tab.getByRole("navigation", { name: "Main" }).getByRole("link", { name });

const rows = (tab) => tab.locator("tbody tr");

async function textsOf(locator) {
  return (await locator.allInnerTexts()).map((text) => text.replace(/\s+/g, " ").trim());
}

// ---- signing in and out ----

async function refusesWrongPassword({ tab }) {
  await tab.goto("/orders");
  await tab.getByLabel("Name").fill("admin");
  await tab.getByLabel("Password").fill("something else entirely");
  await button(tab, "Sign in").click();
  await waitToSee(tab.getByRole("alert"));
  assert.match(await tab.getByRole("alert").innerText(), /^Not signed in/);
  takeComplaints(tab);
}

async function signsIn({ tab }) {
  await signIn(tab);
  assert.equal(new URL(tab.url()).pathname, "/orders");
  await waitToSee(link(tab, "Create channel"));
}

async function signsOut({ tab }) {
  await tab.locator("details.tb-user > summary").click();
  await button(tab, "Sign out").click();
  await waitToSee(button(tab, "Sign in"));
  await tab.goto("/orders");
  assert.equal(new URL(tab.url()).pathname, "/login");
}

// ---- the channel ----

async function showsErrorsOfTheForm({ tab, store }) {
  await menu(tab, "Channels").click();
  await link(tab, "Create channel").first().click();
  await tab.getByLabel("Store address").fill(store.url);
  await tab.getByLabel("API user").fill("api");
  await button(tab, "Create channel").click();
  const notice = tab.getByRole("alert");
  await waitToSee(notice);
  assert.deepEqual(await textsOf(notice.getByRole("link")), ["Name", "Store address", "API key"]);
  assert.equal(await tab.getByLabel("API user").inputValue(), "api");
  await notice.getByRole("link", { name: "Name" }).click();
  assert.equal(await tab.evaluate(() => document.activeElement.id), "name");
  takeComplaints(tab);
}

async function createsChannel({ tab }) {
  await tab.getByLabel("Name", { exact: true }).fill(channelName);
  await tab.getByLabel("Allow an unencrypted connection").check();
  await tab.getByLabel("API key").fill(storeKey);
  await button(tab, "Create channel").click();
  await waitToSee(heading(tab, channelName));
}

async function checksConnection({ tab }) {
  await waitToSee(tab.getByText(/^\d+ of \d+ passed/));
  const stages = await textsOf(tab.locator(".tb-stages > li"));
  assert.ok(stages.length >= 6, `too few stages: ${stages}`);
  assert.match(stages.join("\n"), /Log-in|log-in|signed in/);
}

// The first load begins by itself.
async function activates({ tab }) {
  await button(tab, "Activate").click();
  await heading(tab, "Sync").waitFor();
  assert.match(await tab.getByRole("status").first().innerText(), /^Activated/);
}

// ---- the sync ----

// A run while it is shown live, or in the history.
const resultOf = (tab, kind) =>
  tab.locator(".tb-card-head, tr").filter({ hasText: kind }).getByText("Done", { exact: true });

async function watchesProgress({ tab, store }) {
  await waitToSee(tab.getByRole("progressbar"));
  const full = { pace_request_us: 0, pace_order_us: 0, pace_cart_us: 0, capacity: 0 };
  await store.control("set", full);
  await waitToSee(resultOf(tab, /first load/i));
}

// What was ordered meanwhile is on top of the list then.
async function startsRun({ tab, store }) {
  const { id } = await store.control("change", { what: "order.new", customer: "7" });
  await store.control("set", { clock_skew: 60 });
  await menu(tab, "Sync").click();
  await link(tab, "Start run").click();
  await button(tab, "Start run").click();
  await waitToSee(resultOf(tab, /changes/i));
  await menu(tab, "Orders").click();
  await heading(tab, "Orders").waitFor();
  assert.equal(Number(await rows(tab).getByRole("link").first().innerText()) % 100000000, id);
}

// ---- lists ----

const column = (tab, at) => textsOf(rows(tab).locator(`td:nth-child(${at})`));

async function changesPage(tab, act) {
  const before = tab.url();
  await act();
  await tab.waitForURL((url) => url.href !== before);
}

async function filters({ tab }) {
  await menu(tab, "Orders").click();
  await heading(tab, "Orders").waitFor();
  await tab.getByText("Add filter").click();
  await changesPage(tab, () => tab.locator(".tb-list").getByText("Status", { exact: true }).click());
  await tab.getByLabel("Complete", { exact: true }).check();
  await changesPage(tab, () => button(tab, "Apply filter").click());
  assert.equal(new URL(tab.url()).searchParams.get("status"), "complete");
  assert.deepEqual(await textsOf(tab.locator(".tb-chip").locator("a").first()), [
    "Status is Complete",
  ]);
  assert.deepEqual([...new Set(await textsOf(rows(tab).locator(".badge")))], ["Complete"]);
}

function amount(text) {
  return Number(text.replace(/[^\d.]/g, ""));
}

async function sorts({ tab }) {
  await changesPage(tab, () => link(tab, "Grand total").click());
  const sorted = tab.locator("th[aria-sort]");
  assert.deepEqual(await textsOf(sorted), ["Grand total"]);
  const totals = (await textsOf(rows(tab).locator(".tb-on-sum"))).map(amount);
  const isAscending = (await sorted.getAttribute("aria-sort")) === "ascending";
  assert.deepEqual(totals, [...totals].sort((a, b) => (isAscending ? a - b : b - a)));
}

async function pages({ tab }) {
  const first = await column(tab, 2);
  await changesPage(tab, () => tab.locator("#next").click());
  const second = await column(tab, 2);
  assert.equal(first.filter((number) => second.includes(number)).length, 0);
  await changesPage(tab, () => tab.locator("#prev").click());
  assert.deepEqual(await column(tab, 2), first);
}

function parseCsv(text) {
  return text
    .replace(/^\ufeff/, "")
    .trim()
    .split(/\r?\n/)
    .map((line) => [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].slice(0, -1))
    .map((cells) => cells.map(([, cell]) => cell.replace(/^"|"$/g, "").replaceAll('""', '"')));
}

// Shown and exported: the same orders in the same order, all of the filter's.
async function exports({ tab }) {
  const shown = await column(tab, 2);
  const total = amount(await tab.locator(".tb-grid-foot b").first().innerText());
  const [file] = await Promise.all([
    tab.waitForEvent("download"),
    tab.locator(".tb-head").getByRole("link", { name: "Export" }).click(),
  ]);
  const [head, ...lines] = parseCsv(readFileSync(await file.path(), "utf8"));
  const at = head.indexOf("Order");
  assert.equal(lines.length, total);
  assert.deepEqual(lines.slice(0, shown.length).map((line) => line[at]), shown);
}

async function clearsFilter({ tab }) {
  await changesPage(tab, () => tab.getByRole("link", { name: "Remove filter Status" }).click());
  assert.equal(await tab.locator(".tb-chip").count(), 0);
}

// ---- records ----

async function opensFirstOf(tab, list, first) {
  await menu(tab, list).click();
  await heading(tab, list).waitFor();
  const record = rows(tab).getByRole("link").first();
  const name = (await record.innerText()).trim();
  await record.click();
  await heading(tab, new RegExp(`^${first}`)).waitFor();
  return name;
}

async function opensRecords({ tab }) {
  const customer = await opensFirstOf(tab, "Customers", "");
  assert.equal(await tab.locator("h1").innerText(), customer.split(", ").reverse().join(" "));
  await waitToSee(tab.getByRole("heading", { level: 2, name: "Address book" }));
  const cart = await opensFirstOf(tab, "Carts", "Cart ");
  assert.equal(await tab.locator("h1").innerText(), `Cart ${cart}`);
  const order = await opensFirstOf(tab, "Orders", "Order ");
  assert.equal(await tab.locator("h1").innerText(), `Order ${order}`);
  for (const part of ["Items", "Notes", "Credit memos", "Change history", "Customer"]) {
    assert.equal(await tab.getByRole("heading", { level: 2, name: part }).count(), 1, part);
  }
}

async function hits(tab) {
  return textsOf(tab.locator(".tb-hits a"));
}

// An order's number and its cart's id: either finds both.
async function searches({ tab }) {
  await tab.goto("/orders?cart_origin_id.not_empty");
  await rows(tab).getByRole("link").first().click();
  const order = (await tab.locator("h1").innerText()).replace("Order ", "");
  const cart = (await tab.locator(".tb-facts a").first().innerText()).trim();
  for (const wanted of [order, cart]) {
    await tab.getByLabel("Search all records").fill(wanted);
    await tab.getByLabel("Search all records").press("Enter");
    await tab.waitForURL((url) => url.searchParams.get("q") === wanted);
    const found = await hits(tab);
    assert.ok(found.includes(order) && found.includes(cart), `${wanted} finds ${found}`);
  }
}

async function syncsOneOrder({ tab, store }) {
  await menu(tab, "Orders").click();
  await rows(tab).getByRole("link").first().click();
  const number = Number((await tab.locator("h1").innerText()).replace("Order ", ""));
  const field = { id: number % 100000000, field: "coupon_code", value: "LATE-FIND" };
  await store.control("change", { what: "order.silent", ...field });
  await button(tab, "Sync Data").click();
  const row = tab.locator("tr", { hasText: "LATE-FIND" });
  await waitToSee(row);
  assert.match((await textsOf(row)).join(), /Coupon/);
}

// ---- people ----

async function addsUser({ tab }) {
  await menu(tab, "Users").click();
  await link(tab, "Add user").first().click();
  await tab.getByLabel("Name", { exact: true }).fill("carla");
  await tab.getByLabel("Password", { exact: true }).fill(password);
  await tab.getByLabel("Password again").fill(password);
  await button(tab, "Add user").click();
  await waitToSee(link(tab, "carla"));
}

async function changesTheme({ tab }) {
  await tab.locator("details.tb-user > summary").click();
  await link(tab, "My account").click();
  await tab.getByLabel("Theme").selectOption({ label: "Dark" });
  await button(tab, "Save settings").click();
  await waitToSee(tab.locator("html[data-bs-theme=dark]"));
  await tab.getByLabel("Theme").selectOption({ index: 0 });
  await button(tab, "Save settings").click();
  await waitToSee(tab.locator("html:not([data-bs-theme])"));
}

export const day = [
  ["a wrong password is refused", refusesWrongPassword],
  ["signing in leads to the page that was wanted", signsIn],
  ["the channel's form names its errors and keeps what was typed", showsErrorsOfTheForm],
  ["a channel is created", createsChannel],
  ["its connection is checked stage by stage", checksConnection],
  ["it is activated, and the first load begins", activates],
  ["its progress is shown until it is done", watchesProgress],
  ["a further run is started by hand", startsRun],
  ["a list is filtered", filters],
  ["a list is sorted", sorts],
  ["a list is paged to older rows and back", pages],
  ["the export holds what the list shows", exports],
  ["a filter is removed by its chip", clearsFilter],
  ["a customer, a cart and an order are opened", opensRecords],
  ["an order number and a cart id find both", searches],
  ["Sync Data fetches a change, and the history shows it", syncsOneOrder],
  ["a user is added", addsUser],
  ["the theme is changed", changesTheme],
  ["signing out ends it", signsOut],
];
