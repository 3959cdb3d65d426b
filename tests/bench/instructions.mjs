// What a first load takes of the processor, in instructions, which no busy machine changes: against a
// floor of the same answers parsed by a bare SAX parser and the same rows inserted by bare statements
// (tests/kit/floor.c). The store is a process of its own and is not counted.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { addChannel, makeHouse, programs, run, startStore } from "../kit/bench.mjs";
import { note, report } from "./report.mjs";

const sizes = { customers: 1, orders: 2000, carts: 1, subscribers: 1, memos: 1 };
const patient = { connect_timeout: 100, login_timeout: 600, call_timeout: 600, list_timeout: 600 };

// Counted are all instructions of the program, or those of one of its functions.
async function count(program, args, inside) {
  const only = inside ? [`--toggle-collect=${inside}`] : [];
  const options = ["--tool=callgrind", "--callgrind-out-file=/dev/null", ...only];
  const { err, out } = await run("valgrind", [...options, join(programs, program), ...args]);
  return { instructions: Number(err.match(/Collected : (\d+)/)[1]), out };
}

// What the store answers to the requests of a log, each in a file.
async function answersOf(log, folder, url) {
  const lines = readFileSync(log, "utf8").trim().split("\n");
  const files = [];
  for (const line of lines) {
    const body = JSON.parse(line).body;
    if (body) {
      const headers = { "content-type": "text/xml; charset=utf-8" };
      const answer = await fetch(`${url}/api/v2_soap/`, { method: "POST", body, headers });
      files.push(join(folder, `answer-${files.length}.xml`));
      writeFileSync(files.at(-1), Buffer.from(await answer.arrayBuffer()));
    }
  }
  return files;
}

export async function instructionsOfLoad(folder) {
  try {
    await run("valgrind", ["--version"]);
  } catch {
    note("valgrind is not installed: the instructions of a first load are not counted");
    return;
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const store = await startStore(sizes);
  const house = await makeHouse(join(folder, "house"), store, patient);
  const log = join(folder, "requests.log");
  await addChannel(house, "shop");
  await store.control("set", { log, anysession: 1 });
  const load = await count("tollbook-sync", ["run", "shop", "--config", house.conf]);
  await store.control("set", { log: "off" });
  const files = await answersOf(log, folder, store.url);
  await store.stop();
  const [orders] = await house.sql("SELECT count(*) FROM orders");
  const parse = await count("floor", ["parse", ...files], "parse_all");
  const from = join(house.folder, "tollbook.db");
  const insert = await count("floor", ["insert", from, join(folder, "floor.db")], "insert_all");

  note(`${orders} orders; ${parse.out.trim()}; ${insert.out.trim()}`);
  const per = (figure) => figure.instructions / orders / 1e6;
  const floor = per(parse) + per(insert);
  report("first load, an order", per(load), "M instr.");
  report("the same answers, bare SAX", per(parse), "M instr.");
  report("the same rows, bare inserts", per(insert), "M instr.");
  report("first load against that floor", per(load) / floor, "times", 1.8);
}
