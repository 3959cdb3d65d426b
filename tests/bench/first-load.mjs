// The first load's wall time against curl sending the very same requests with as many in parallel,
// both to a store of a real one's pace. Each in turn, so that a busy machine slows both.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { addChannel, makeHouse, measure, median, programs, startStore } from "../kit/bench.mjs";
import { note, report } from "./report.mjs";

const parallel = 4;
const rounds = 3;
const sizes = { customers: 2000, orders: 4000, carts: 1500, subscribers: 600, memos: 100 };

// Measured on a real store: what a record and a request cost it, and how many it serves at once.
const pace = {
  pace_order_us: 2500,
  pace_customer_us: 2000,
  pace_cart_us: 11000,
  pace_request_us: 14000,
  capacity: 2,
  anysession: 1,
};

async function load(folder, store, log) {
  const house = await makeHouse(folder, store, { parallel });
  await addChannel(house, "shop");
  await store.control("set", { log });
  await store.control("stats/reset", {});
  const program = join(programs, "tollbook-sync");
  const figures = await measure(program, ["run", "shop", "--config", house.conf]);
  await store.control("set", { log: "off" });
  return { ...figures, stats: await store.control("stats") };
}

// curl's configuration of the log's requests, in their order.
function replayOf(log, folder, url) {
  const lines = readFileSync(log, "utf8").trim().split("\n");
  const requests = lines.map((line, i) => {
    const file = join(folder, `request-${i}.xml`);
    writeFileSync(file, JSON.parse(line).body);
    return [
      `url = "${url}/api/v2_soap/"`,
      'header = "Content-Type: text/xml; charset=utf-8"',
      `data-binary = "@${file}"`,
      "compressed",
      'output = "/dev/null"',
    ].join("\n");
  });
  const file = join(folder, "replay.curl");
  writeFileSync(file, `${requests.join("\nnext\n")}\n`);
  return { file, count: lines.length };
}

const replay = ({ file }) =>
  measure("curl", [
    ...["--silent", "--show-error", "--fail", "--no-progress-meter", "--parallel"],
    ...["--parallel-max", String(parallel), "--config", file],
  ]);

function recordsOf(stats) {
  return Object.values(stats.operations ?? stats).reduce((sum, op) => sum + (op.records ?? 0), 0);
}

function requestsOf(stats) {
  return Object.values(stats.operations ?? stats).reduce((sum, op) => sum + (op.requests ?? 0), 0);
}

export async function againstCurl(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const store = await startStore(sizes);
  const ours = [];
  const theirs = [];
  let stats = null;

  await store.control("set", pace);
  for (let i = 0; i < rounds; i++) {
    const log = join(folder, `requests-${i}.log`);
    const own = await load(join(folder, `house-${i}`), store, log);
    const bare = replayOf(log, folder, store.url);
    const { seconds } = await replay(bare);
    note(`first load ${own.seconds.toFixed(2)} s, curl ${seconds.toFixed(2)} s, ${bare.count} requests`);
    ours.push(own.seconds);
    theirs.push(seconds);
    stats = own.stats;
  }
  await store.stop();
  const ratios = ours.map((seconds, i) => seconds / theirs[i]);
  report("first load at a real store's pace", median(ours), "s");
  report("the same requests by curl, as many in parallel", median(theirs), "s");
  report("first load against curl", median(ratios), "times", 1.05);
  report("requests per 1,000 records", (requestsOf(stats) / recordsOf(stats)) * 1000, "");
}
