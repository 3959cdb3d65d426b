// A database of five million orders, and the small one of fifty thousand that it was made of: a shop
// read by the sync from a rehearsal store, then multiplied (multiply.mjs). Both stay for the next run
// and are made anew when the schema or the way they are made changes.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { addChannel, freePort, makeHouse, openHouse, run, startStore } from "../kit/bench.mjs";
import { multiply } from "./multiply.mjs";
import { note } from "./report.mjs";

export const copies = 100;
const sizes = { orders: 50000, customers: 11000, carts: 20000, subscribers: 3000, memos: 2000 };
const anchor = ["--anchor", "1764547200"]; // the same shop on any day

const startShop = (port) => startStore(sizes, [...anchor, "--listen", `127.0.0.1:${port}`]);

async function schemaOf(folder) {
  const house = await makeHouse(join(folder, "schema"), { url: "" });
  const { out } = await run("sqlite3", [join(house.folder, "tollbook.db"), ".schema"]);
  return out;
}

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
  mkdirSync(folder, { recursive: true });
  const made = [await schemaOf(folder), readFileSync(new URL("multiply.mjs", import.meta.url)), copies];
  const key = createHash("sha256").update(made.join("\n")).digest("hex");
  let known = existsSync(stamp) ? JSON.parse(readFileSync(stamp, "utf8")) : {};
  if (known.key !== key) {
    rmSync(stamp, { force: true });
    known = { key, port: await freePort() };
    await makeShops(folder, known.port);
    writeFileSync(stamp, JSON.stringify(known));
  }
  note(`five million orders are kept in ${join(folder, "large")} for the next run`);
  const store = { url: `http://127.0.0.1:${known.port}` };
  return {
    small: await openHouse(join(folder, "small"), store),
    large: await openHouse(join(folder, "large"), store),
    startShop: () => startShop(known.port),
  };
}
