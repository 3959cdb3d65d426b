// What a page costs: a worker's CPU and instructions for the newest orders, and the bytes that a
// browser loads. Instructions are the same under any load, where times are not: one worker under
// callgrind answers the page a few times, then many times more, and the difference is the page alone,
// without the start, the log-in and the first reading.
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { children, cpuSeconds, end, logIn, pause, programs, root, start, startWeb } from "../kit/bench.mjs";
import { open } from "../kit/fcgi.mjs";
import { note, report } from "./report.mjs";

const few = 10;
const many = 60;
const timed = 500;

// One answer's text, straight from the worker.
export async function ask(house, cookie, path) {
  const asked = await open(join(house.folder, "tollbook.sock"), {
    REQUEST_METHOD: "GET", REQUEST_URI: path, HTTP_COOKIE: cookie, REMOTE_ADDR: "127.0.0.1",
  });
  const { status, text } = await asked.answer();
  if (status !== 200) {
    throw new Error(`${path}: answered with ${status}`);
  }
  return text;
}

async function untilServed(house) {
  for (let i = 0; i < 600; i++) {
    try {
      return await ask(house, "", "/login");
    } catch {
      await pause(100);
    }
  }
  throw new Error("the worker does not answer");
}

// One worker, begun by `before` (a program and its arguments, or nothing), while `work` goes on.
export async function withWorker(house, before, work) {
  const tollbook = [join(programs, "tollbook"), "--config", house.conf, "--workers", "1"];
  const [program, ...args] = [...before, ...tollbook, "--no-sandbox", "--no-sync"];
  const web = start(program, args, { stdio: "ignore" });
  await untilServed(house);
  const [worker] = children(web.pid);
  await work(worker);
  await end(web);
  return worker;
}

async function instructions(house, cookie, path, times) {
  const folder = mkdtempSync(join(tmpdir(), "tollbook-callgrind-"));
  const callgrind = ["valgrind", "--tool=callgrind", "--quiet", `--callgrind-out-file=${folder}/%p.out`];
  const worker = await withWorker(house, callgrind, async () => {
    for (let i = 0; i < times; i++) {
      await ask(house, cookie, path);
    }
  });
  const name = readdirSync(folder).find((file) => file.startsWith(`${worker}.`));
  const count = readFileSync(join(folder, name), "utf8").match(/^(?:summary|totals): (\d+)/m)[1];
  rmSync(folder, { recursive: true });
  return Number(count);
}

// Millions of instructions of one answer.
export async function instructionsOfPage(house, cookie, path) {
  const less = await instructions(house, cookie, path, few);
  return ((await instructions(house, cookie, path, many)) - less) / (many - few) / 1e6;
}

// Milliseconds of a worker's CPU for one answer; and how large the last one was, compressed.
async function cpuOfPage(house, cookie, path) {
  let ms = 0;
  let bytes = 0;
  await withWorker(house, [], async (worker) => {
    await ask(house, cookie, path);
    const before = cpuSeconds(worker);
    for (let i = 0; i < timed; i++) {
      bytes = gzipSync(await ask(house, cookie, path), { level: 5 }).length;
    }
    ms = ((cpuSeconds(worker) - before) / timed) * 1000;
  });
  return { ms, bytes };
}

function filesOfFirstVisit() {
  const folder = join(root, ".build/static");
  const names = readdirSync(folder).filter((name) => name.endsWith(".gz"));
  return names.reduce((sum, name) => sum + readFileSync(join(folder, name)).length, 0);
}

export async function measurePage(house) {
  const web = await startWeb(house);
  const cookie = await logIn(house);
  await web.stop();
  const { ms, bytes } = await cpuOfPage(house, cookie, "/orders");
  report("worker CPU for the newest orders, without a web server", ms, "ms", 1);
  if (existsSync("/usr/bin/valgrind")) {
    const count = await instructionsOfPage(house, cookie, "/orders");
    report("instructions of a worker for the newest orders", count, "million", 5.5);
  } else {
    note("instructions are left out: valgrind is not installed");
  }
  report("a first visit, compressed", (filesOfFirstVisit() + bytes) / 1000, "kB", 150);
  report("a further page, compressed", bytes / 1000, "kB", 20);
}
