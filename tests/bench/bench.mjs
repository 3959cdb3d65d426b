// make bench: what Tollbook costs, as figures of one run on one machine, each with its goal.
// BENCH=short leaves out what needs the shop of 450,000 orders. Prints; judges nothing but "over".
import { join } from "node:path";
import { programs, root } from "../kit/bench.mjs";
import { againstCurl } from "./first-load.mjs";
import { report, summary } from "./report.mjs";
import { largeShop, smallShop } from "./shops.mjs";

const folder = join(root, ".build/bench");
const isShort = process.env.BENCH === "short";

console.log(`Programs: ${programs}${isShort ? ", short" : ""}\n`);
await againstCurl(join(folder, "first-load"));
const small = await smallShop(join(folder, "small"));
if (isShort) {
  report("peak memory of the sync, 10,000 orders", small.peakMiB, "MiB", 64);
} else {
  await largeShop(join(folder, "large"), small);
}
process.exitCode = summary();
