// Deleting the channel of one million orders from a copy of the database of five million, with pages
// alive: how long it takes, and how soon it ends when it is told to.
import { once } from "node:events";
import { copyFileSync, mkdirSync, rmSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import { cpuSeconds, end, logIn, openHouse, pause, programs, quantile, run, start, startWeb } from "../kit/bench.mjs";
import { getter } from "./lists.mjs";
import { note, report } from "./report.mjs";

const room = 8 * 2 ** 30; // beside the copy
const pages = ["/orders", "/customers", "/orders?status=processing", "/channels", "/sync"];

async function copyOf(large) {
  const folder = join(large.folder, "../delete");
  const from = join(large.folder, "tollbook.db");
  rmSync(folder, { recursive: true, force: true });
  await run("sqlite3", [from, "PRAGMA wal_checkpoint(TRUNCATE)"]);
  const { bavail, bsize } = statfsSync(large.folder);
  if (bavail * bsize < statSync(from).size + room) {
    throw new Error("the disk has no room for a copy of the database");
  }
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(large.folder, "secret.key"), join(folder, "secret.key"));
  await run("cp", ["--reflink=auto", from, join(folder, "tollbook.db")]);
  return openHouse(folder, large.store);
}

const due = (house) =>
  start(join(programs, "tollbook-sync"), ["due", "--config", house.conf], { stdio: "ignore" });

// One run; on the way pages are opened. Gives the seconds of CPU that it had used when last seen.
async function goOn(sync, open, times, isEnough) {
  let cpu = 0;
  while (sync.exitCode === null && sync.signalCode === null) {
    try {
      cpu = cpuSeconds(sync.pid);
    } catch {
      break; // it has ended
    }
    if (await isEnough()) {
      break;
    }
    for (const path of pages) {
      const { ms, code } = await open(path);
      times.push(code === 200 ? ms : Infinity);
    }
    await pause(200);
  }
  return cpu;
}

export async function measureDelete(shops) {
  note("the database is being copied");
  const house = await copyOf(shops.large);
  await house.sql("UPDATE channels SET status = 'inactive'"); // nothing else is due
  const web = await startWeb(house, ["--no-sync"]);
  const cookie = await logIn(house);
  const open = getter(house, cookie);
  const form = (await open("/channels/3/delete")).text;
  const csrf = form.match(/name="csrf" value="([0-9a-f]+)"/)[1];
  const answer = await fetch(`${house.url}/channels/3/delete`, {
    method: "POST", redirect: "manual", headers: { Cookie: cookie, Origin: house.url },
    body: new URLSearchParams({ csrf, typed: "third" }),
  });
  if (answer.status !== 303) {
    throw new Error(`the deletion was answered with ${answer.status}`);
  }
  const orders = Number(await house.sql("SELECT count(*) FROM orders WHERE channel_id = 3"));
  const times = [];
  const from = performance.now();
  let sync = due(house);
  let cpu = await goOn(sync, open, times, () => performance.now() - from > 5000);
  const told = performance.now();
  await end(sync);
  const obeyed = (performance.now() - told) / 1000;
  sync = due(house);
  const gone = once(sync, "exit");
  cpu += await goOn(sync, open, times, () => false);
  await gone;
  const seconds = (performance.now() - from) / 1000;
  const left = Number(await house.sql("SELECT count(*) FROM orders WHERE channel_id = 3"));
  note(`${orders} orders, ${left} left`);
  report("seconds that the deletion took", seconds, "s", 180);
  report("CPU of the deletion", cpu, "s");
  report("orders that it left", left, "", 0);
  report("it ends after SIGTERM", obeyed, "s", 2);
  report("95th percentile of pages meanwhile", quantile(times, 0.95), "ms", 250);
  report("slowest page meanwhile", Math.max(...times), "ms", 1000);
  await web.stop();
  open.end();
  rmSync(house.folder, { recursive: true, force: true });
}
