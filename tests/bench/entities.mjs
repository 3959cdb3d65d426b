// The list page of each entity in a shop of 10,000 of each, where all of them are counted and added
// up; and what a worker has at most in memory after every kind of page and the downloads.
import { existsSync } from "node:fs";
import { addChannel, logIn, makeHouse, peakKiB, startStore, startWeb } from "../kit/bench.mjs";
import { ask, instructionsOfPage, withWorker } from "./page.mjs";
import { note, report } from "./report.mjs";

const rows = 10000;
const lists = ["orders", "customers", "carts", "credit-memos", "subscribers"];
const others = ["/search?q=anna", "/channels", "/channels/1", "/orders?lastname.contains=er&sort=grand_total"];

async function makeShop(folder) {
  const store = await startStore({ orders: rows, customers: rows, carts: rows, subscribers: rows, memos: 3 * rows });
  const house = await makeHouse(folder, store);
  await addChannel(house, "shop");
  note(`${rows} records of each entity are being read`);
  await house.sync(["run", "shop"], { codes: [0, 1] });
  await store.stop();
  return house;
}

async function memoryAfter(house, cookie) {
  const records = lists.filter((list) => list !== "subscribers").map((list) => `/${list}/1`);
  const pages = [...lists.flatMap((list) => [`/${list}`, `/${list}?rows=100`]), ...records, ...others];
  let before = 0;
  await withWorker(house, [], async (worker) => {
    for (const path of pages) {
      await ask(house, cookie, path);
    }
    before = peakKiB(worker) / 1024;
    for (const list of lists) {
      await ask(house, cookie, `/${list}.csv`);
    }
    report("most memory of a worker, every kind of page", before, "MiB", 24);
    report("most memory of a worker, a CSV of each list", peakKiB(worker) / 1024, "MiB", 24);
  });
}

export async function measureEntities(folder) {
  const house = await makeShop(folder);
  const web = await startWeb(house);
  const cookie = await logIn(house);
  await web.stop();
  if (existsSync("/usr/bin/valgrind")) {
    for (const list of lists) {
      const count = await instructionsOfPage(house, cookie, `/${list}`);
      report(`instructions of a worker for /${list}, ${rows} rows`, count, "million", 5.5);
    }
  }
  await memoryAfter(house, cookie);
}
