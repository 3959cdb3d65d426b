// What an incremental run of a hundred changes costs in a small and in a large shop: as CPU, and as
// instructions, which are the same under any load.
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { measure, median, pause, programs, run } from "../kit/bench.mjs";
import { note, report } from "./report.mjs";

const program = join(programs, "tollbook-sync");
const rounds = 4;
const count = 100;
const settled = 6500; // what the store changed in its last five seconds is left to the next run

async function change(shop, seed) {
  await shop.control("change", { what: "day", seed, count });
  await pause(settled);
}

// The changes must have been read: one that adds a record changes several.
async function expectRead(house) {
  const [read, changed] = (await house.sql("SELECT read, added + updated FROM runs ORDER BY id DESC LIMIT 1")).map(Number);
  if (changed < count / 2) {
    throw new Error(`a run of ${count} changes changed ${changed} records of ${read}`);
  }
  return read;
}

async function cpuOfRun(house, shop, seed) {
  await change(shop, seed);
  const { cpu } = await measure(program, ["run", "shop", "--config", house.conf], { codes: [0, 1] });
  note(`${(cpu * 1000).toFixed(0)} ms, ${await expectRead(house)} records read`);
  return cpu;
}

async function instructionsOfRun(house, shop, seed) {
  const folder = mkdtempSync(join(tmpdir(), "tollbook-callgrind-"));
  await change(shop, seed);
  await run("valgrind", ["--tool=callgrind", "--quiet", `--callgrind-out-file=${folder}/%p.out`,
    program, "run", "shop", "--config", house.conf], { codes: [0, 1] });
  await expectRead(house);
  const counts = readdirSync(folder).map((file) =>
    Number(readFileSync(join(folder, file), "utf8").match(/^(?:summary|totals): (\d+)/m)?.[1] ?? 0));
  rmSync(folder, { recursive: true });
  return Math.max(...counts) / 1e6;
}

// After a run that catches up with what the store changed before; the same changes in both.
async function measureHouse(house, shops, first) {
  const shop = await shops.startShop();
  const cpu = [];
  let million = NaN;
  await change(shop, first);
  await house.sync(["run", "shop"], { codes: [0, 1] });
  for (let i = 1; i <= rounds; i++) {
    cpu.push(await cpuOfRun(house, shop, first + i));
  }
  if (existsSync("/usr/bin/valgrind")) {
    million = await instructionsOfRun(house, shop, first + rounds + 1);
  }
  await shop.stop();
  return { ms: median(cpu) * 1000, million };
}

export async function measureIncremental(shops) {
  const first = Math.floor(Date.now() / 1000) % 1000000; // other changes than the last time
  const small = await measureHouse(shops.small, shops, first);
  const large = await measureHouse(shops.large, shops, first);
  report("CPU of a run of 100 changes, 50,000 orders", small.ms, "ms");
  report("CPU of a run of 100 changes, 5 million orders", large.ms, "ms");
  report("the same, 5 million against 50,000", large.ms / small.ms, "times", 1.2);
  if (!Number.isNaN(small.million)) {
    report("instructions of a run of 100 changes, 50,000 orders", small.million, "million");
    report("instructions of a run of 100 changes, 5 million orders", large.million, "million");
    report("the same, 5 million against 50,000", large.million / small.million, "times", 1.2);
  }
}
