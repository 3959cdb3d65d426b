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

// What makes a change visible: a status, an item taken out of a cart, a total that is no number.
async function changeShop(store, { order, cart, item, quarantined }) {
  const change = (what, more) => store.control("change", { what, ...more });
  await change("order.status", { id: order, status: "holded" });
  await change("cart.item_remove", { id: cart, item });
  await change("order.touch", { id: quarantined, field: "weight", value: 2 });
  const where = { op: "oroOrderList", id: quarantined, times: 0 };
  await store.control("fault", { kind: "badvalue", ...where });
  // a change is read some seconds later only, on the store's clock
  await store.control("set", { clock_skew: 60 });
}

// A house in which something has happened: records, a history, one in quarantine, and a channel
// whose key is wrong. Gives the local ids worth looking at.
export async function furnish(house, store) {
  await addChannel(house, "Lumen Europe");
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
  return { memo, order, customer, cart };
}

// as: who looks; "" is nobody, and without it the administrator. status: 200 unless told.
export const screensOf = ({ memo, order, customer, cart }) => [
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
  { name: "run-live", path: "/sync/runs/5" },
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
  { name: "empty-orders", path: "/orders" },
  { name: "empty-channels", path: "/channels" },
  { name: "empty-sync", path: "/sync" },
];
