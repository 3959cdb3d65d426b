// What makes the screens good to work with all day: bars and headings that stay, columns that are
// remembered and shown, a form that is not lost, text that may be large.
import assert from "node:assert/strict";
import { join } from "node:path";
import { before, test } from "node:test";
import { makeHouse, root, startStore, startWeb } from "../kit/bench.mjs";
import {
  button, findClippedText, link, openTab, signIn, takeComplaints, useBrowser,
} from "../kit/browser.mjs";
import { furnish, openScreen, screensOf } from "./screens.mjs";

const folder = join(root, ".build/browser");
const sizes = { customers: 120, orders: 300, carts: 400, subscribers: 60, memos: 20 };

const used = useBrowser();
let house;
let places;

before(async () => {
  const store = await startStore(sizes);
  used.standing.push(store);
  house = await makeHouse(join(folder, "use"), store);
  used.standing.push(await startWeb(house));
  places = await furnish(house, store);
});

async function open(look, name = "admin") {
  const tab = await openTab(used.browser, house, look);
  await signIn(tab, name);
  return tab;
}

const box = (locator) => locator.first().boundingBox();
const scrolled = (tab) => tab.evaluate(() => window.scrollY);

// Turns the wheel over the middle of something until nothing moves any more.
async function wheel(tab, locator, x, y) {
  const at = await box(locator);
  await tab.mouse.move(at.x + at.width / 2, Math.min(at.y + at.height / 2, 600));
  for (let i = 0; i < 8; i++) {
    await tab.mouse.wheel(x, y);
    await tab.waitForTimeout(60);
  }
}

// ---- what stays ----

test("the side bar stays on a page of many windows' height", async () => {
  const tab = await open({ width: 1440 });
  await tab.goto("/channels/1/edit");
  await tab.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
  assert.ok((await scrolled(tab)) > 900);
  const { y, height } = await box(tab.locator(".tb-side"));
  assert.deepEqual({ y, height }, { y: 0, height: 900 });
  assert.ok(await tab.locator(".tb-user > summary").isVisible());
  await tab.context().close();
});

test("the top bar stays on a phone", async () => {
  const tab = await open({ width: 390 });
  for (const path of ["/orders?rows=50", "/channels/1/edit", `/orders/${places.order}`]) {
    await tab.goto(path);
    await tab.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
    assert.ok((await scrolled(tab)) > 900, path);
    assert.equal((await box(tab.locator(".tb-top"))).y, 0, path);
  }
  await tab.context().close();
});

// The headings are seen, above the rows, and the rows have moved below them.
async function assertHeadStays(tab, table, what) {
  const head = tab.locator(`${table} thead`);
  const row = tab.locator(`${table} tbody tr`).first();
  const { y: before } = await box(row);
  await wheel(tab, tab.locator(".tb-scroll", { has: tab.locator(table) }), 0, 400);
  const { y, height } = await box(head);
  assert.ok((await box(row)).y < before - 100, `${what}: rows have moved`);
  assert.ok(y >= 0 && y + height <= 900, `${what}: headings at ${y}`);
  const covered = await head.locator("th").last().evaluate((th) => {
    const { left, right, top, bottom } = th.getBoundingClientRect();
    return th.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2));
  });
  assert.ok(covered, `${what}: nothing lies over the headings`);
}

for (const width of [1024, 1440, 2560]) {
  test(`a list's headings stay at ${width}, also while it scrolls sideways`, async () => {
    const tab = await open({ width });
    for (const path of ["/orders?rows=50", "/customers?rows=50", "/carts?rows=50"]) {
      await tab.goto(path);
      await assertHeadStays(tab, ".tb-rows", path);
    }
    const all = await tab.locator('input[name=col]').evaluateAll((boxes) => boxes.map((b) => b.value));
    await tab.goto(`/orders?rows=50&${all.map((name) => `col=${name}`).join("&")}`);
    const region = tab.locator(".tb-scroll");
    const isWider = await region.evaluate((r) => r.scrollWidth > r.clientWidth);
    assert.equal(isWider, width < 2560);
    await wheel(tab, region, 600, 0);
    assert.equal(await region.evaluate((r) => r.scrollLeft > 100), isWider);
    await assertHeadStays(tab, ".tb-rows", `all columns at ${width}`);
    const card = await box(tab.locator(".tb-grid-card"));
    for (const part of ["th.tb-on-sum", "tbody tr:last-child td.tb-on-sum", "th.tb-on-lead"]) {
      const { x, width: wide } = await box(tab.locator(`.tb-rows ${part}`));
      assert.ok(x >= card.x && x + wide <= card.x + card.width + 1, `${part} at ${x}`);
    }
    await tab.context().close();
  });
}

test("a table's headings stay on any page where it is higher than its room", async () => {
  const tab = await open({ width: 1440 });
  const moved = [];
  await tab.setViewportSize({ width: 1440, height: 420 });
  for (const path of ["/channels/1/verify", `/customers/${places.customer}?history=all`, "/sync/runs", "/users"]) {
    await tab.goto(path);
    for (const region of await tab.locator(".tb-scroll").all()) {
      const gap = await region.evaluate((r) => {
        r.scrollTo(0, 10000);
        const head = r.querySelector("thead").getBoundingClientRect();
        return r.scrollTop > 0 ? head.top - r.getBoundingClientRect().top : null;
      });
      moved.push(...(gap === null ? [] : [path]));
      assert.ok(gap === null || Math.abs(gap) < 1, `${path}: headings ${gap} px off`);
    }
  }
  assert.ok(moved.length > 0);
  await tab.context().close();
});

for (const width of [390, 1440]) {
  test(`after Older the page is at the top of the list, at ${width}`, async () => {
    const tab = await open({ width });
    await tab.goto("/orders?rows=50");
    await tab.locator("#next").scrollIntoViewIfNeeded();
    const first = await tab.locator(".tb-rows td.tb-on-lead a").first().innerText();
    await tab.locator("#next").click();
    await tab.waitForURL((url) => url.searchParams.has("after"));
    await tab.locator(".tb-rows td.tb-on-lead a").first().waitFor();
    assert.notEqual(await tab.locator(".tb-rows td.tb-on-lead a").first().innerText(), first);
    assert.equal(await scrolled(tab), 0);
    assert.equal(await tab.locator(".tb-scroll").evaluate((r) => r.scrollTop), 0);
    await tab.context().close();
  });
}

// ---- columns ----

const menu = (tab) => tab.locator("details.tb-menu", { has: tab.locator(".tb-columns") });

async function ticked(tab) {
  const labels = tab.locator(".tb-columns label:has(:checked)");
  return (await labels.evaluateAll((all) => all.map((l) => l.textContent.trim()))).sort();
}

async function headings(tab) {
  const all = tab.locator(".tb-rows thead th:not(.tb-pick)");
  const shown = await all.evaluateAll((ths) =>
    ths.filter((th) => th.getClientRects().length > 0).map((th) => th.textContent.trim()));
  return shown.sort();
}

test("what is ticked is shown, at every width, with a script and without", async () => {
  const counts = {};
  for (const script of [true, false]) {
    const tab = await open({ width: 1440, script });
    for (const width of [768, 1024, 1440, 1720, 2560]) {
      await tab.setViewportSize({ width, height: 900 });
      for (const path of ["/orders", "/carts", "/customers", "/credit-memos", "/subscribers"]) {
        await tab.goto(path);
        const shown = await headings(tab);
        assert.deepEqual(await ticked(tab), shown, `${path} at ${width}, script: ${script}`);
        counts[`${path} ${width} ${script}`] = shown.length;
      }
    }
    await tab.context().close();
  }
  const [narrow, usual, wide, bare] = ["768 true", "1440 true", "2560 true", "768 false"].map(
    (look) => counts[`/orders ${look}`]);
  assert.ok(narrow < usual && usual < wide, `${narrow}, ${usual}, ${wide}: a wide window has more`);
  assert.equal(bare, wide, "without a script none is left out");
});

async function choose(tab, changes) {
  await menu(tab).locator("summary").click();
  for (const [label, isWanted] of Object.entries(changes)) {
    await menu(tab).getByLabel(label, { exact: true }).setChecked(isWanted);
  }
  await button(tab, "Show columns").click();
  await tab.waitForLoadState();
}

const chosen = ["Coupon code", "Created", "Customer", "Grand total", "Order", "Status"];

for (const script of [true, false]) {
  test(`the choice of columns is remembered, ${script ? "with" : "without"} a script`, async () => {
    const tab = await open({ width: 1440, script });
    const wanted = { "Coupon code": true };
    await tab.goto("/orders?status=complete&sort=-grand_total");
    for (const label of await ticked(tab)) {
      if (!chosen.includes(label)) {
        wanted[label] = false;
      }
    }
    await choose(tab, wanted);
    const url = new URL(tab.url());
    assert.equal(url.pathname + url.search, "/orders?status=complete&sort=-grand_total");
    assert.deepEqual(await headings(tab), chosen);
    await tab.goto("/carts");
    assert.ok((await headings(tab)).includes("Channel"), "another list has its own");
    await tab.context().close();

    const later = await open({ width: 768, script });
    await later.goto("/orders");
    assert.deepEqual(await headings(later), chosen, "after signing in again");
    assert.deepEqual(await ticked(later), chosen);
    const csv = await (await later.request.get("/orders.csv")).text();
    assert.match(csv, /^\uFEFF?Order,Created,Customer,Status,Coupon code,Grand total,Currency\r\n/);
    const other = await open({ width: 1440, script }, "berta");
    await other.goto("/orders");
    assert.ok((await headings(other)).includes("Channel"), "somebody else has theirs");
    await other.context().close();

    await menu(later).locator("summary").click();
    await button(later, "Reset").click();
    await later.waitForLoadState();
    assert.notDeepEqual(await headings(later), chosen);
    assert.equal(await menu(later).getByRole("button", { name: "Reset" }).count(), 0);
    await later.context().close();
  });
}

test("on a phone a column that was chosen is on the row's last line", async () => {
  const tab = await open({ width: 390 });
  await tab.goto("/orders?payment_method.not_empty&col=payment_method");
  const cell = tab.locator(".tb-rows td", { hasText: /Check|Bank|Purchase/ }).first();
  assert.ok(await cell.isVisible());
  await tab.context().close();
});

// ---- forms ----

// The questions that the browser asks when a page is left; each is answered by staying.
function watch(tab) {
  const asked = [];
  tab.on("dialog", (dialog) => {
    asked.push(dialog.type());
    void dialog.dismiss();
  });
  return asked;
}

test("a changed form is not left without a word", async () => {
  const tab = await open({ width: 1440 });
  const asked = watch(tab);
  const edit = `/customers/${places.owner}/edit`;
  const leave = () => link(tab, "Orders").first().click({ noWaitAfter: true });

  await tab.goto(edit);
  await leave();
  await tab.waitForURL("**/orders");
  assert.deepEqual(asked, [], "nothing was changed");

  await tab.goto(edit);
  await tab.getByLabel("First name").first().fill("Somebody");
  await leave();
  await tab.waitForTimeout(500);
  assert.deepEqual(asked, ["beforeunload"]);
  assert.ok(tab.url().endsWith(edit), "still there");
  assert.equal(await tab.getByLabel("First name").first().inputValue(), "Somebody");

  await tab.locator(".tb-form-foot a").first().click();
  await tab.waitForURL((url) => url.pathname === `/customers/${places.owner}`);
  assert.equal(asked.length, 1, "the form's own way out does not ask");

  await tab.goto("/account");
  await tab.getByLabel("Rows per page").selectOption("50");
  await leave();
  await tab.waitForTimeout(500);
  assert.equal(asked.length, 2, "a choice is a change too");
  await tab.getByLabel("Rows per page").selectOption("25");
  await button(tab, "Save settings").click();
  await tab.waitForURL("**/account");
  assert.equal(asked.length, 2, "saving does not ask");
  await tab.context().close();
});

test("what was refused and stands in the form is not left without a word", async () => {
  const tab = await open({ width: 1440 });
  const asked = watch(tab);
  await tab.goto("/users/new");
  await tab.getByLabel("Name", { exact: true }).fill("dora");
  await tab.getByLabel("Password", { exact: true }).fill("short");
  await button(tab, "Add user").click();
  await tab.locator("#errors").waitFor();
  await tab.locator("h1").click();
  await link(tab, "Orders").first().click({ noWaitAfter: true });
  await tab.waitForTimeout(500);
  assert.deepEqual(asked, ["beforeunload"]);
  await tab.context().close();
});

// ---- copying and calling ----

test("number, email, phone and address are copied, where there is a script", async () => {
  const tab = await open({ width: 1440 });
  await tab.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await tab.goto(`/orders/${places.order}`);
  const [number, email] = await house.sql(
    `SELECT increment_id, customer_email FROM orders WHERE id = ${places.order}`);
  const copied = async (name) => {
    await tab.getByRole("button", { name, exact: true }).first().click();
    return tab.evaluate(() => navigator.clipboard.readText());
  };
  assert.equal(await copied("Copy: Number"), number);
  assert.equal(await tab.locator("#say").textContent(), "Copied");
  assert.equal(await copied("Copy: Email"), email);
  const phone = await copied("Copy: Phone");
  const call = await tab.locator(`a[href^="tel:"]`, { hasText: phone }).first().getAttribute("href");
  assert.equal(call.replace(/^tel:\+?/, ""), phone.replace(/^00/, "").replace(/\(0\)/, "").replace(/\D/g, ""));
  const lines = (await copied("Copy: Address")).split("\n");
  assert.ok(lines.length >= 4 && !lines.includes(phone), lines.join("|"));
  await tab.context().close();

  const bare = await open({ width: 1440, script: false });
  await bare.goto(`/orders/${places.order}`);
  assert.equal(await bare.locator(".tb-copy:visible").count(), 0);
  await bare.context().close();
});

test("on a phone somebody can be called from the first screen", async () => {
  const tab = await open({ width: 390 });
  for (const path of [`/orders/${places.order}`, `/customers/${places.owner}`]) {
    await tab.goto(path);
    const call = await box(tab.locator('main a[href^="tel:"]'));
    assert.ok(call.y + call.height < 900, `${path}: at ${call.y}`);
    assert.ok(call.height >= 40, `${path}: ${call.height} high`);
  }
  await tab.context().close();
});

// ---- large text, narrow places ----

const large = (tab) => tab.evaluate(() => (document.documentElement.style.fontSize = "200%"));

for (const look of [{ width: 1440 }, { width: 390 }]) {
  test(`no text is cut or lies over another at twice the size, at ${look.width}`, async () => {
    const tab = await open(look);
    const faults = [];
    for (const screen of screensOf(places).filter((s) => s.as === undefined)) {
      await openScreen({ admin: tab }, screen);
      await large(tab);
      if (look.width < 992) {
        await tab.evaluate(() => document.getElementById("side").showPopover());
      }
      faults.push(...(await findClippedText(tab)).map((fault) => `${screen.name}: ${fault}`));
    }
    assert.deepEqual(faults, []);
    takeComplaints(tab);
    await tab.context().close();
  });
}

test("the user's menu lies inside its bar, with all of its text", async () => {
  const tab = await open({ width: 1440 });
  await tab.locator("details.tb-user > summary").click();
  const side = await box(tab.locator(".tb-side"));
  const pop = await box(tab.locator(".tb-user .tb-pop"));
  assert.ok(pop.x >= side.x && pop.x + pop.width <= side.x + side.width, JSON.stringify({ side, pop }));
  assert.deepEqual(await findClippedText(tab), []);
  await tab.context().close();
});
