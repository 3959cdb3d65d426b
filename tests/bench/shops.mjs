// Two shops at full speed: what a sync costs in CPU and memory, and whether either grows with the
// shop; then list pages on the large one's database.
import { join } from "node:path";
import { addChannel, makeHouse, measure, programs, startStore } from "../kit/bench.mjs";
import { measureLists } from "./lists.mjs";
import { note, report } from "./report.mjs";

const program = join(programs, "tollbook-sync");

async function load(folder, orders) {
  const store = await startStore({ orders, customers: Math.round(orders / 4.5) });
  const house = await makeHouse(folder, store);
  await addChannel(house, "shop", ["--entity", "order"]);
  note(`${orders} orders are being read`);
  const figures = await measure(program, ["run", "shop", "--config", house.conf]);
  return { store, house, ...figures, peakMiB: figures.peakKiB / 1024 };
}

export async function smallShop(folder) {
  const shop = await load(folder, 10000);
  report("CPU of the sync per 1,000 orders, 10,000 orders", shop.cpu / 10, "s");
  await shop.store.stop();
  return shop;
}

export async function largeShop(folder, small) {
  const shop = await load(folder, 450000);
  report("CPU of the sync per 1,000 orders, 450,000 orders", shop.cpu / 450, "s");
  report("peak memory of the sync, 10,000 orders", small.peakMiB, "MiB", 64);
  report("peak memory of the sync, 450,000 orders", shop.peakMiB, "MiB", 64);
  report("peak memory, 450,000 against 10,000 orders", shop.peakMiB / small.peakMiB, "times", 1.1);
  await measureLists(shop.house);
  await shop.store.stop();
}
