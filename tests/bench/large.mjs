// A database of five million orders, and the small one of fifty thousand that it was made of: a shop
// read by the sync from a rehearsal store, then multiplied (multiply.mjs). Both stay for the next run.
// Where only newer migrations are missing they are upgraded; with any other difference, in the schema
// that they were made with or in how they are made, they are made anew.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { addChannel, freePort, makeHouse, openHouse, root, run, startStore } from "../kit/bench.mjs";
import { multiply, recipe } from "./multiply.mjs";
import { note } from "./report.mjs";

export const copies = 100;
const sizes = { orders: 50000, customers: 11000, carts: 20000, subscribers: 3000, memos: 2000 };
const anchor = ["--anchor", "1764547200"]; // the same shop on any day

const hash = (text) => createHash("sha256").update(text).digest("hex");
const startShop = (port) => startStore(sizes, [...anchor, "--listen", `127.0.0.1:${port}`]);

// What they are made by, but for the schema.
const made = hash(JSON.stringify([recipe, copies, sizes, anchor]));

// Each migration by its name and content, ascending: [["001_core.sql", "3f..."], ...].
function migrationsNow() {
  const folder = join(root, "lib/db/migrations");
  const names = readdirSync(folder).filter((name) => name.endsWith(".sql")).sort();
  return names.map((name) => [name, hash(readFileSync(join(folder, name)))]);
}

const isBeginning = (part, whole) =>
  part.every((item, i) => JSON.stringify(item) === JSON.stringify(whole[i]));

async function makeShops(folder, port) {
  const store = await startShop(port);
  const small = await makeHouse(join(folder, "small"), store);
  note("50,000 orders are being read");
  await addChannel(small, "shop");
  await small.sync(["run", "shop"], { codes: [0, 1] });
  await store.stop();
  const large = join(folder, "large");
  const file = join(large, "tollbook.db");
  const base = join(small.folder, "tollbook.db");
  rmSync(large, { recursive: true, force: true });
  mkdirSync(large, { recursive: true });
  await run("sqlite3", [base, "PRAGMA wal_checkpoint(TRUNCATE)"]);
  copyFileSync(base, file);
  copyFileSync(join(small.folder, "secret.key"), join(large, "secret.key"));
  note(`they are being multiplied by ${copies}: this takes minutes and 18 GB`);
  await multiply(file, base, copies);
}

// { small, large, startShop }: houses, and the store that both were read from.
export async function largeShops(folder) {
  const stamp = join(folder, "stamp.json");
  const migrations = migrationsNow();
  mkdirSync(folder, { recursive: true });
  let known = existsSync(stamp) ? JSON.parse(readFileSync(stamp, "utf8")) : {};
  if (known.made !== made || !isBeginning(known.migrations, migrations)) {
    rmSync(stamp, { force: true });
    known = { made, port: await freePort() };
    await makeShops(folder, known.port);
  }
  const store = { url: `http://127.0.0.1:${known.port}` };
  const shops = {
    small: await openHouse(join(folder, "small"), store),
    large: await openHouse(join(folder, "large"), store),
    startShop: () => startShop(known.port),
  };
  if (known.migrations && known.migrations.length < migrations.length) {
    note(`the kept databases get ${migrations.length - known.migrations.length} newer migrations`);
    await shops.small.admin(["upgrade"]);
    await shops.large.admin(["upgrade"]);
  }
  writeFileSync(stamp, JSON.stringify({ ...known, migrations }));
  note(`five million orders are kept in ${shops.large.folder} for the next run`);
  return shops;
}
