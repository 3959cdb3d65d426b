// List pages on a large database, through nginx and FastCGI with a log-in: the workers' own CPU for
// each, their memory afterwards, and how long a page takes while a sync writes.
import { Agent, request } from "node:http";
import { join } from "node:path";
import {
  addChannel, cpuSeconds, end, logIn, pause, programs, pssKiB, quantile, start, startWeb,
} from "../kit/bench.mjs";
import { report } from "./report.mjs";

const pages = 500;
const depth = 20;

// Opens pages one after the other: text, status and how long each took in milliseconds.
export function getter(house, cookie) {
  const agent = new Agent({ keepAlive: true });
  const open = (path) =>
    new Promise((done, fail) => {
      const from = performance.now();
      const asked = request(`${house.url}${path}`, { agent, headers: { Cookie: cookie } }, (answer) => {
        const parts = [];
        answer.on("data", (part) => parts.push(part));
        answer.on("end", () => {
          const text = Buffer.concat(parts).toString();
          done({ ms: performance.now() - from, code: answer.statusCode, text });
        });
      });
      asked.on("error", fail);
      asked.end();
    });
  open.end = () => agent.destroy();
  return open;
}

const nextOf = (text) => {
  const link = text.match(/<a class="btn" id="next"[^>]* href="([^"]*)"/);
  return link?.[1].replaceAll("&amp;", "&");
};

export async function deepPath(open, path) {
  for (let i = 0; i < depth; i++) {
    path = nextOf((await open(path)).text);
  }
  return path;
}

const workersCpu = (web) => web.workers().reduce((sum, pid) => sum + cpuSeconds(pid), 0);

async function cpuOf(web, open, what, path) {
  await open(path);
  const before = workersCpu(web);
  for (let i = 0; i < pages; i++) {
    await open(path);
  }
  const ms = ((workersCpu(web) - before) / pages) * 1000;
  report(`worker CPU for a list page, ${what}`, ms, "ms", 1);
}

// The same shop once more, as another channel: no other run writes as much as a first load.
async function whileSyncing(house, open) {
  const times = [];
  const args = ["run", "again", "--config", house.conf];
  const url = house.store.url.replace("127.0.0.1", "localhost");
  await addChannel(house, "again", ["--entity", "order"], url);
  const sync = start(join(programs, "tollbook-sync"), args, { stdio: "ignore" });
  await pause(1000);
  while (times.length < pages * 2 && sync.exitCode === null) {
    times.push((await open("/orders")).ms);
    await pause(5);
  }
  await end(sync);
  report("95th percentile of a list page while a sync writes", quantile(times, 0.95), "ms");
}

export async function measureLists(house) {
  const web = await startWeb(house);
  const cookie = await logIn(house);
  const open = getter(house, cookie);

  await cpuOf(web, open, "the newest orders", "/orders");
  await cpuOf(web, open, `page ${depth + 1}`, await deepPath(open, "/orders"));
  await cpuOf(web, open, "one status", "/orders?status=processing");
  const memory = web.workers().map((pid) => pssKiB(pid) / 1024);
  report("memory of a worker (its share) after these pages", Math.max(...memory), "MiB", 24);
  await whileSyncing(house, open);
  await web.stop();
  open.end();
}
