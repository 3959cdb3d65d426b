// What an incremental run of a hundred changes costs in a small and in a large shop.
import { join } from "node:path";
import { measure, programs } from "../kit/bench.mjs";
import { report } from "./report.mjs";

const program = join(programs, "tollbook-sync");

async function runOnce(house, shop, seed) {
  await shop.control("change", { what: "day", seed, count: 100 });
  const { cpu } = await measure(program, ["run", "shop", "--config", house.conf], { codes: [0, 1] });
  return cpu;
}

export async function measureIncremental(shops) {
  const cpu = {};
  for (const name of ["small", "large"]) {
    const shop = await shops.startShop();
    await runOnce(shops[name], shop, 1);
    cpu[name] = Math.min(await runOnce(shops[name], shop, 2), await runOnce(shops[name], shop, 3));
    await shop.stop();
  }
  report("CPU of a run of 100 changes, 50,000 orders", cpu.small * 1000, "ms");
  report("CPU of a run of 100 changes, 5 million orders", cpu.large * 1000, "ms");
  report("the same, 5 million against 50,000", cpu.large / cpu.small, "times", 1.2);
}
