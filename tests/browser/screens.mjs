// Every screen of Tollbook in the states that can be brought about, for the tests of barriers and
// for the screenshots.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { addChannel, end, pause, programs, start } from "../kit/bench.mjs";

const newestRefund =
  "SELECT m.id, o.id, o.origin_id, o.customer_id FROM credit_memos m JOIN orders o" +
  " ON o.id = m.order_id JOIN customers c ON c.id = o.customer_id WHERE c.origin_id IS NOT NULL" +
  " ORDER BY m.created_at DESC LIMIT 1";
const fullestCart =
  "SELECT c.id, c.origin_id, min(i.origin_id) FROM carts c JOIN cart_items i ON i.parent_id = c.id" +
  " WHERE c.is_active = 1 GROUP BY c.id ORDER BY count(*) DESC LIMIT 1";

// The shop depends on the day, and some ids are gaps in it: what is asked for is what is there.
const oldestOther = (order) =>
  `SELECT min(origin_id) FROM orders WHERE origin_id <> ${order} AND store_origin_id IS NOT NULL`;

// What makes a change visible: a status, an item taken out of a cart, an answer that breaks off.
async function changeShop(store, { order, cart, item, quarantined }) {
  const change = (what, more) => store.control("change", { what, ...more });
  await change("order.status", { id: order, status: "holded" });
  await change("cart.item_remove", { id: cart, item });
  await change("order.touch", { id: quarantined, field: "weight", value: 2 });
  const where = { op: "oroOrderList", id: quarantined, times: 0 };
  await store.control("fault", { kind: "cut", bytes: 6000, ...where });
  // a change is read some seconds later only, on the store's clock
  await store.control("set", { clock_skew: 60 });
}

// What waits for the store in each of its states. No run takes it: its next try is far away.
async function fillOutbox(house, { customer, order }) {
  const columns = "channel_id, entity, record_id, origin_id, root_id, op, title, requested_by," +
    " created_at, changed_at, next_try_at";
  const add = async (state, entity, id, op, more = {}) => {
    const names = Object.keys(more).map((name) => `, ${name}`).join("");
    const values = Object.values(more).map((value) => `, ${value}`).join("");
    const table = entity === "order" ? "orders" : "customers";
    const [made] = await house.sql(
      `INSERT INTO outbox (state, ${columns}${names}) SELECT '${state}', 1, '${entity}', id,` +
        ` origin_id, id, '${op}', ${entity === "order" ? "increment_id" : "firstname || ' ' || lastname"},` +
        ` 'berta', 1764000000, 1764000060, 4102444800${values} FROM ${table} WHERE id = ${id} RETURNING id`);
    return made;
  };
  const fields = (push, rows) =>
    house.sql(rows.map(([field, base, store, here, conflict]) =>
      "INSERT INTO outbox_fields (outbox_id, field, base_value, store_value, new_value, store_at," +
      ` is_conflict) VALUES (${push}, '${field}', '${base}', '${store}', '${here}', 1764000100, ${conflict})`).join(";"));
  const [other, third] = (await house.sql(
    `SELECT min(id), max(id) FROM customers WHERE origin_id IS NOT NULL AND id <> ${customer}`));
  const waiting = await add("waiting", "customer", customer, "update");
  const conflict = await add("conflict", "customer", other, "update");
  const done = await add("done", "customer", third, "update", { tries: 1, sent_at: 1764000090, ended_at: 1764000100 });
  const failed = await add("failed", "order", order, "hold", { tries: 3, error: "'Store not reached: no answer in 10 s'" });
  await add("waiting", "order", order, "comment", { comment: "'Back-ordered until 2 December'", is_notified: 1 });
  await fields(waiting, [["firstname", "Anna", "Anna", "Änne", 0], ["group_origin_id", "1", "1", "2", 0]]);
  await fields(conflict, [["firstname", "Anna", "Anne", "Anneliese", 1], ["lastname", "Berg", "Berg", "Bergmann", 0]]);
  await fields(done, [["taxvat", "DE 1", "DE 1", "DE 811 907 980", 0]]);
  await house.sql(`UPDATE outbox_fields SET result = 'sent' WHERE outbox_id = ${done};` +
    " INSERT INTO push_rules VALUES (1, 'customer', 'firstname', 'ask')");
  return { waiting, conflict, done, failed, inConflict: other };
}

// A house in which something has happened: records, a history, one in quarantine, what waits for
// the store, and a channel whose key is wrong. Gives the local ids worth looking at.
export async function furnish(house, store) {
  await addChannel(house, "Lumen Europe", ["--two-way", "remote"]);
  await house.sync(["check", "Lumen Europe"]);
  await house.sync(["run", "Lumen Europe"]);
  const [memo, order, orderOrigin, customer] = await house.sql(newestRefund);
  const [cart, cartOrigin, item] = await house.sql(fullestCart);
  const [quarantined] = await house.sql(oldestOther(orderOrigin));
  await changeShop(store, { order: orderOrigin, cart: cartOrigin, item, quarantined });
  await house.sync(["run", "Lumen Europe"], { codes: [1] });
  writeFileSync(join(house.folder, "api-key"), "not the key\n");
  await addChannel(house, "Lumen Nordic", [], store.url.replace("127.0.0.1", "localhost"));
  await house.sync(["check", "Lumen Nordic"], { codes: [2] });
  const [open] = await house.sql(
    "SELECT max(id) FROM orders WHERE state = 'processing' AND coalesce(total_invoiced, 0) < grand_total");
  const [address, owner] = await house.sql(
    "SELECT a.id, a.parent_id FROM customer_addresses a JOIN customers c ON c.id = a.parent_id" +
      " WHERE a.region_origin_id IS NOT NULL AND c.is_guest = 0 ORDER BY a.id LIMIT 1");
  const pushes = await fillOutbox(house, { customer, order });
  await store.control("change", { what: "hidden", seed: 3, count: 12 });
  await house.sync(["verify", "Lumen Europe", "--deep"], { codes: [1, 2] });
  const [gone, goneOrigin] = await house.sql(
    "SELECT max(c.id), c.origin_id FROM customers c WHERE c.origin_id IS NOT NULL" +
      ` AND c.id NOT IN (${customer}, ${pushes.inConflict}, ${owner}) AND EXISTS (SELECT 1 FROM orders WHERE customer_id = c.id)` +
      " AND NOT EXISTS (SELECT 1 FROM outbox WHERE record_id = c.id)");
  await store.control("change", { what: "customer.delete", id: goneOrigin });
  await house.sync(["run", "Lumen Europe", "--one", `customer:${goneOrigin}`], { codes: [1] });
  return { memo, order, customer, cart, open, address, owner, gone, pushes };
}

// as: who looks; "" is nobody, and without it the administrator. status: 200 unless told.
export const screensOf = ({ memo, order, customer, cart, open, address, owner, gone, pushes }) => [
  { name: "login", path: "/login", as: "" },
  { name: "orders", path: "/orders" },
  { name: "orders-filtered", path: "/orders?status=complete&status=holded&sort=-grand_total" },
  { name: "orders-filter-form", path: "/orders?status=complete&filter=grand_total" },
  { name: "orders-none", path: "/orders?customer_email=nobody.at.all" },
  { name: "order", path: `/orders/${order}` },
  { name: "carts", path: "/carts" },
  { name: "cart", path: `/carts/${cart}` },
  { name: "credit-memos", path: "/credit-memos" },
  { name: "credit-memo", path: `/credit-memos/${memo}` },
  { name: "customers", path: "/customers" },
  { name: "customer", path: `/customers/${customer}` },
  { name: "customer-conflict", path: `/customers/${pushes.inConflict}` },
  { name: "customer-gone", path: `/customers/${gone}` },
  { name: "customer-new", path: "/customers/new", as: "berta" },
  { name: "customer-edit", path: `/customers/${customer}/edit` },
  { name: "address-new", path: `/customers/${owner}/addresses/new` },
  { name: "address-edit", path: `/customers/${owner}/addresses/${address}/edit` },
  { name: "address-delete", path: `/customers/${owner}/addresses/${address}/delete` },
  { name: "order-comment", path: `/orders/${open}/comment` },
  { name: "order-cancel", path: `/orders/${open}/cancel` },
  { name: "outbox", path: "/outbox", as: "berta" },
  { name: "outbox-conflicts", path: "/outbox?show=conflicts" },
  { name: "outbox-done", path: "/outbox?show=done" },
  { name: "push-waiting", path: `/outbox/${pushes.waiting}` },
  { name: "push-conflict", path: `/outbox/${pushes.conflict}` },
  { name: "push-failed", path: `/outbox/${pushes.failed}` },
  { name: "push-done", path: `/outbox/${pushes.done}` },
  { name: "push-edit", path: `/outbox/${pushes.waiting}/edit?field=group_origin_id` },
  { name: "push-discard", path: `/outbox/${pushes.waiting}/discard` },
  { name: "rules", path: "/channels/1/rules" },
  { name: "rules-denied", path: "/channels/1/rules", as: "berta", status: 403 },
  { name: "subscribers", path: "/subscribers" },
  { name: "subscriber", path: "/subscribers/9" },
  { name: "search", path: "/search?q=smith" },
  { name: "search-nothing", path: "/search?q=qqqqqq" },
  { name: "channels", path: "/channels" },
  { name: "channel", path: "/channels/1" },
  { name: "channel-failed", path: "/channels/2" },
  { name: "channel-new", path: "/channels/new" },
  { name: "channel-edit", path: "/channels/1/edit" },
  { name: "channel-delete", path: "/channels/1/delete" },
  { name: "sync", path: "/sync" },
  { name: "sync-start", path: "/sync/start" },
  { name: "runs", path: "/sync/runs" },
  { name: "run", path: "/sync/runs/3" },
  { name: "run-failed", path: "/sync/runs/4" },
  { name: "quarantine", path: "/sync/quarantine" },
  { name: "quarantined", path: "/sync/quarantine/1" },
  { name: "verify", path: "/verify" },
  { name: "statement", path: "/channels/1/verify" },
  { name: "statement-none", path: "/channels/2/verify" },
  { name: "users", path: "/users" },
  { name: "user-new", path: "/users/new" },
  { name: "user", path: "/users/2" },
  { name: "account", path: "/account" },
  { name: "error-400", path: "/orders?sort=nothing", status: 400 },
  { name: "error-403", path: "/users", as: "berta", status: 403 },
  { name: "error-404", path: "/orders/987654", status: 404 },
];

// Opens a screen for its reader in a tab that is already signed in as that one.
export async function openScreen(tabs, screen) {
  const tab = tabs[screen.as ?? "admin"];
  const answer = await tab.goto(screen.path);
  return { tab, status: answer.status(), isExpected: answer.status() === (screen.status ?? 200) };
}

export const liveScreens = [
  { name: "sync-live", path: "/sync" },
  { name: "run-live", path: "/sync/runs/6" },
];

// A full run that takes its time. Gives what ends it.
export async function goLive(house, store) {
  await store.control("set", { pace_order_us: 10000, pace_request_us: 200000 });
  const args = ["run", "Lumen Europe", "--full", "--config", house.conf];
  const child = start(join(programs, "tollbook-sync"), args, { stdio: "ignore" });
  while ((await house.sql("SELECT count(*) FROM runs WHERE stage = 'loading'"))[0] === "0") {
    await pause(100);
  }
  await pause(3000);
  return () => end(child);
}

// Screens of an installation without a channel.
export const emptyScreens = [
  { name: "empty-outbox", path: "/outbox" },
  { name: "empty-orders", path: "/orders" },
  { name: "empty-channels", path: "/channels" },
  { name: "empty-sync", path: "/sync" },
  { name: "empty-verify", path: "/verify" },
];
