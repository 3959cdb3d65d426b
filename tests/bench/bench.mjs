// make bench: what Tollbook costs, as figures of one run on one machine, each with its goal.
// PART=first-load, instructions, shops, pages, incremental, obey or delete runs one part; BENCH=short
// leaves out what needs the large shops. Prints; judges nothing but "over".
import { join } from "node:path";
import { programs, root } from "../kit/bench.mjs";
import { measureDelete } from "./delete.mjs";
import { measureEntities } from "./entities.mjs";
import { againstCurl } from "./first-load.mjs";
import { measureIncremental } from "./incremental.mjs";
import { instructionsOfLoad } from "./instructions.mjs";
import { largeShops } from "./large.mjs";
import { measureObedience } from "./obey.mjs";
import { measurePage } from "./page.mjs";
import { measurePages } from "./pages.mjs";
import { inPart, report, summary } from "./report.mjs";
import { largeShop, smallShop } from "./shops.mjs";

const folder = join(root, ".build/bench");
const isShort = process.env.BENCH === "short";
const { PART: only } = process.env;

async function measureShops() {
  const small = await smallShop(join(folder, "small"));
  await measurePage(small.house);
  await measureEntities(join(folder, "entities"));
  if (isShort) {
    report("peak memory of the sync, 10,000 orders", small.peakMiB, "MiB", 64);
  } else {
    await largeShop(join(folder, "large"), small);
  }
}

let kept = null;
const onLarge = (work) => async () => {
  kept ??= await largeShops(join(folder, "five-million"));
  await work(kept);
};

const parts = [
  ["first-load", "The first load", () => againstCurl(join(folder, "first-load"))],
  ["instructions", "Instructions of a first load", () => instructionsOfLoad(join(folder, "instructions"))],
  ["shops", "Shops of 10,000 and 450,000 orders", measureShops],
  ["pages", "Pages at 5 million orders, while a sync writes", onLarge(measurePages)],
  ["incremental", "Incremental runs", onLarge(measureIncremental)],
  ["obey", "Commands that are told to end, at 5 million orders", onLarge(measureObedience)],
  ["delete", "A channel of 1 million orders is deleted", onLarge(measureDelete)],
];
const largeOnly = ["pages", "incremental", "obey", "delete"];

console.log(`Programs: ${programs}${isShort ? ", short" : ""}`);
for (const [name, title, work] of parts) {
  if (only ? only === name : !isShort || !largeOnly.includes(name)) {
    await inPart(title, work);
  }
}
process.exitCode = summary();
