// make bench: what Tollbook costs, as figures of one run on one machine, each with its goal.
// PART=first-load, instructions, shops, pages or incremental runs one part; BENCH=short leaves out
// what needs the large shops. Prints; judges nothing but "over".
import { join } from "node:path";
import { programs, root } from "../kit/bench.mjs";
import { measureEntities } from "./entities.mjs";
import { againstCurl } from "./first-load.mjs";
import { measureIncremental } from "./incremental.mjs";
import { instructionsOfLoad } from "./instructions.mjs";
import { largeShops } from "./large.mjs";
import { measurePage } from "./page.mjs";
import { measurePages } from "./pages.mjs";
import { report, summary } from "./report.mjs";
import { largeShop, smallShop } from "./shops.mjs";

const folder = join(root, ".build/bench");
const isShort = process.env.BENCH === "short";
const { PART: only } = process.env;
const isWanted = (part) => !only || only === part;

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

console.log(`Programs: ${programs}${isShort ? ", short" : ""}\n`);
if (isWanted("first-load")) {
  await againstCurl(join(folder, "first-load"));
}
if (isWanted("instructions")) {
  await instructionsOfLoad(join(folder, "instructions"));
}
if (isWanted("shops")) {
  await measureShops();
}
if (!isShort && (isWanted("pages") || isWanted("incremental"))) {
  const shops = await largeShops(join(folder, "five-million"));
  if (isWanted("pages")) {
    await measurePages(shops);
  }
  if (isWanted("incremental")) {
    await measureIncremental(shops);
  }
}
process.exitCode = summary();
