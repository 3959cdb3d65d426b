// The first load's wall time against curl sending what is needed, and nothing else, with as many in
// parallel, both to a store of a real one's pace. Each in turn, so that a busy machine slows both.
// Needed is what the store's own rows tell: each page of them whole, the details of each memo, what
// only the core's list has of discounted orders, the dictionaries, what changed meanwhile, and one
// session.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { addChannel, makeHouse, measure, median, programs, startStore } from "../kit/bench.mjs";
import { note, report } from "./report.mjs";

const parallel = 4;
const pageSize = 100;
const rounds = 3;
const sizes = { customers: 2000, orders: 4000, carts: 1500, subscribers: 600, memos: 100 };

// Measured on a real store: what a record and a request cost it, and how many it serves at once.
const pace = {
  pace_order_us: 2500,
  pace_core_order_us: 250,
  pace_customer_us: 2000,
  pace_cart_us: 11000,
  pace_request_us: 14000,
  capacity: 2,
  anysession: 1,
};

async function load(folder, store, log) {
  const house = await makeHouse(folder, store, { parallel, page_size: pageSize });
  await addChannel(house, "shop");
  await store.control("set", { log });
  const program = join(programs, "tollbook-sync");
  const figures = await measure(program, ["run", "shop", "--config", house.conf]);
  await store.control("set", { log: "off" });
  return figures;
}

const linesOf = (log) =>
  readFileSync(log, "utf8").trim().split("\n").map((line) => JSON.parse(line));

// The lists that come page by page: entity of the dump, key of the id.
const lists = {
  oroCustomerList: ["customer", "customer_id"],
  oroQuoteList: ["cart", "entity_id"],
  oroOrderList: ["order", "order_id"],
  newsletterSubscriberList: ["subscriber", "subscriber_id"],
  salesOrderCreditmemoList: ["memo", "creditmemo_id"],
};
const isWindow = ({ body }) => />from</.test(body) && />to</.test(body);
const isChanges = ({ body }) => /<key[^>]*>(updated_at|change_status_at)</.test(body);

// A client that knows all ids: each page is full but the last.
async function pagesOf(store, op, example) {
  const [entity, key] = lists[op];
  const answer = await fetch(`${store.url}/control/dump?entity=${entity}`);
  const rows = (await answer.text()).trim().split("\n").map((line) => JSON.parse(line));
  const ids = rows
    .filter((row) => entity !== "order" || row.store_id !== null)
    .map((row) => Number(row[key] ?? row.entity_id))
    .sort((a, b) => a - b);
  const value = (operator) => new RegExp(`(<key[^>]*>${operator}</key>\\s*<value[^>]*>)\\d+`);
  const pages = [];
  for (let i = 0; i < ids.length; i += pageSize) {
    const last = ids[Math.min(i + pageSize, ids.length) - 1];
    pages.push(
      example.body.replace(value("from"), `$1${ids[i]}`).replace(value("to"), `$1${last}`),
    );
  }
  return pages;
}

// The bodies of the requests that are needed: pages made anew, all others as the load sent them. A
// kind that came in one window only needs just that.
async function needed(store, calls) {
  const others = calls.filter(
    (c) => isChanges(c) || !(c.op in lists || ["wsdl", "oroPing", "magentoInfo"].includes(c.op)),
  );
  const pages = Object.keys(lists).map((op) => {
    const asked = calls.filter((c) => c.op === op && !isChanges(c));
    const example = asked.find(isWindow);
    const fullest = asked.reduce((a, b) => (a.records > b.records ? a : b));
    return example ? pagesOf(store, op, example) : [fullest.body];
  });
  return [...others.map((c) => c.body), ...(await Promise.all(pages)).flat()];
}

// curl's configuration for them.
function replayOf(bodies, folder, url) {
  const requests = bodies.map((body, i) => {
    const file = join(folder, `request-${i}.xml`);
    writeFileSync(file, body);
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
  return file;
}

const replay = (file) =>
  measure("curl", [
    ...["--silent", "--show-error", "--fail", "--no-progress-meter", "--parallel"],
    ...["--parallel-max", String(parallel), "--config", file],
  ]);

// Milliseconds from the first call to the first page of rows: the store works on nothing but questions.
const startOf = (calls) => (calls.find((c) => c.records >= 20 && c.op in lists).asked - calls[0].asked) / 1000;

export async function againstCurl(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const store = await startStore(sizes);
  const ours = [];
  const theirs = [];
  let calls = [];
  let bodies = [];

  await store.control("set", pace);
  for (let i = 0; i < rounds; i++) {
    const log = join(folder, `requests-${i}.log`);
    const own = await load(join(folder, `house-${i}`), store, log);
    calls = linesOf(log).sort((a, b) => a.asked - b.asked);
    bodies = await needed(store, calls);
    const { seconds } = await replay(replayOf(bodies, folder, store.url));
    note(
      `first load ${own.seconds.toFixed(2)} s, ${calls.length} calls; ` +
        `curl ${seconds.toFixed(2)} s, ${bodies.length} calls`,
    );
    ours.push(own.seconds);
    theirs.push(seconds);
  }
  await store.stop();
  report("first load at a real store's pace", median(ours), "s");
  report("what is needed by curl, as many in parallel", median(theirs), "s");
  report("first load against curl", median(ours.map((seconds, i) => seconds / theirs[i])), "times", 1.05);
  report("calls of a first load", calls.length, "");
  report("calls needed", bodies.length, "");
  report("calls against those needed", calls.length / bodies.length, "times", 1.05);
  report("from the first call to the first page of rows", startOf(calls), "ms");
}
