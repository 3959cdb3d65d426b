// What an incremental run of a hundred changes costs in a small and in a large shop.
import { join } from "node:path";
import { measure, programs } from "../kit/bench.mjs";
import { report } from "./report.mjs";

const program = join(programs, "tollbook-sync");
const rounds = 4;

async function runOnce(house, shop, seed, count) {
  await shop.control("change", { what: "day", seed, count });
  const { cpu } = await measure(program, ["run", "shop", "--config", house.conf], { codes: [0, 1] });
  return cpu;
}

// The least of some runs, after one that catches up with what the store changed before.
export async function measureIncremental(shops) {
  const cpu = {};
  const first = Math.floor(Date.now() / 1000) % 1000000; // other changes than the last time
  for (const name of ["small", "large"]) {
    const shop = await shops.startShop();
    const spent = [];
    await runOnce(shops[name], shop, first, 100);
    for (let i = 1; i <= rounds; i++) {
      spent.push(await runOnce(shops[name], shop, first + i, 100));
    }
    cpu[name] = Math.min(...spent);
    await shop.stop();
  }
  report("CPU of a run of 100 changes, 50,000 orders", cpu.small * 1000, "ms");
  report("CPU of a run of 100 changes, 5 million orders", cpu.large * 1000, "ms");
  report("the same, 5 million against 50,000", cpu.large / cpu.small, "times", 1.2);
}
