// Every list, filter, operator and sort that the pages offer, the search, channels and records on five
// million orders, through nginx while a sync writes: the slowest of each kind, as the workers' CPU,
// which a busy machine does not stretch, and as the time that a browser waits. The goals are for the
// time, and the same for the CPU. Then what pages cost in the small shop and in the large one.
import { once } from "node:events";
import { join } from "node:path";
import {
  addChannel, cpuSeconds, end, logIn, median, pause, programs, pssKiB, quantile, start, startWeb,
} from "../kit/bench.mjs";
import { deepPath, getter } from "./lists.mjs";
import { note, report } from "./report.mjs";

const lists = ["orders", "carts", "customers", "credit-memos", "subscribers"];
const rounds = 20;
const usual = ["/orders", "/orders?status=processing", "/orders?status=closed", "/orders?sort=-grand_total",
  "/orders?sort=increment_id", "/orders?sort=-updated_at", "/customers", "/carts", "/credit-memos",
  "/subscribers", "/orders?customer_email.is=nobody@example.com", "/orders?increment_id.is=100000005"];
const searches = ["schmidt", "zzzqqq", "anna schmidt", "100000005", "0301234567", "nobody@example.com", "li"];
const channels = ["/channels", "/channels/1", "/channels/2"];
const records = ["/orders/77?list=lastname.contains%3Dzzzqqq",
  "/orders/77?list=coupon_code.empty%3D1%26sort%3Dgrand_total"];
const operators = ["contains", "is", "is_not", "any_of", "not_any_of", "empty", "not_empty"];

// What the pages offer: each filter's operators with a value that few records have, or none, and with
// one that many have.
export async function filtersOf(open, list) {
  const menu = (await open(`/${list}`)).text;
  const names = new Set([...menu.matchAll(/filter=([a-z_]+)/g)].map(([, name]) => name));
  const paths = [];
  for (const name of names) {
    if (name === "channel") { // it stands in addresses by itself
      paths.push(...["1", "2", "3"].map((id) => `/${list}?channel=${id}`));
      continue;
    }
    const form = (await open(`/${list}?filter=${name}`)).text.match(/<form[^>]*tb-filter[\s\S]*?<\/form>/)?.[0] ?? "";
    const options = [...form.matchAll(/<input[^>]*name="value"[^>]*value="([^"]+)"/g)].map(([, value]) => value);
    const isDate = form.includes('type="date"');
    const isNumber = /inputmode="(numeric|decimal)"/.test(form);
    const values = options.length > 0 ? [options[0], options.at(-1)]
      : isDate ? ["1999-12-31", "2025-06-01"] : isNumber ? ["987654", "1"] : ["zzzqqq", "an"];
    for (const op of operators.filter((op) => form.includes(`value="${op}"`))) {
      for (const value of op.endsWith("empty") ? ["1"] : new Set(values)) {
        paths.push(`/${list}?${name}.${op}=${encodeURIComponent(value)}`);
      }
    }
    if (form.includes('value="range"')) {
      for (const value of new Set(values)) {
        paths.push(`/${list}?${name}.range=${value}&${name}.range=${value}`);
      }
    }
  }
  if (paths.length === 0) {
    throw new Error(`/${list} offers no filters`);
  }
  return paths;
}

// Each sort, in both directions.
async function sortsOf(open, list) {
  const { text } = await open(`/${list}`);
  const names = new Set([...text.matchAll(/sort=-?([a-z_]+)/g)].map(([, name]) => name));
  return [...names].flatMap((name) => [name, `-${name}`]);
}

// A house with its web program, where each page's time and the workers' CPU for it are measured.
async function survey(house) {
  const web = await startWeb(house, ["--no-sync"]);
  const open = getter(house, await logIn(house));
  const cpu = () => web.workers().reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  const all = [];
  const timed = async (path) => {
    const before = cpu();
    const { ms, code, text } = await open(path);
    const spent = (cpu() - before) * 1000;
    const one = { path, ms, spent, code: /This takes too long|found so far/.test(text) ? "late" : code };
    if (text.includes("looked at in the time there is")) {
      one.further = text.match(/<a[^>]*href="([^"]*(?:[?&]|&amp;)(?:after|before)=l[^"]*)"/)[1].replaceAll("&amp;", "&");
    }
    all.push(one);
    return one;
  };
  return { web, open, timed, all };
}

async function worst(s, what, paths, goal) {
  const pages = [];
  for (const path of paths) {
    pages.push(await s.timed(path));
  }
  report(`${what}, slowest of ${paths.length}, CPU`, Math.max(...pages.map(({ spent }) => spent)), "ms", goal);
  report(`${what}, slowest of ${paths.length}`, Math.max(...pages.map(({ ms }) => ms)), "ms", goal);
}

async function often(s, what, paths, goal) {
  const pages = [];
  for (const path of paths) { // from the disk into the kernel's memory
    await s.open(path);
  }
  for (let i = 0; i < rounds; i++) {
    for (const path of paths) {
      pages.push(await s.timed(path));
    }
  }
  report(`${what}, 95th percentile, CPU`, quantile(pages.map(({ spent }) => spent), 0.95), "ms", goal);
  report(`${what}, 95th percentile`, quantile(pages.map(({ ms }) => ms), 0.95), "ms", goal);
}

// The same shop once more as another channel: no other run writes as much as a first load. Then
// changes, a thousand a run, for as long as pages are measured.
async function startWriting(house, shop) {
  const name = `again-${Date.now()}`;
  let isEnough = false;
  let sync = null;
  let runs = 0;
  // Those of former runs hold the address.
  await house.sql("UPDATE channels SET deleted_at = 1, status = 'inactive' WHERE name LIKE 'again-%'");
  await addChannel(house, name, ["--entity", "order"], shop.url.replace("127.0.0.1", "localhost"));
  const writing = (async () => {
    while (!isEnough) {
      sync = start(join(programs, "tollbook-sync"), ["run", name, "--config", house.conf], { stdio: "ignore" });
      await once(sync, "exit");
      runs += 1;
      await shop.control("change", { what: "day", seed: runs, count: 1000 });
    }
  })();
  await pause(1000);
  return async () => {
    isEnough = true;
    await end(sync);
    await writing;
    await house.sql(`UPDATE channels SET status = 'inactive' WHERE name = '${name}'`);
    note(`${await house.sql(`SELECT count(*) FROM orders o JOIN channels c ON c.id = o.channel_id WHERE c.name = '${name}'`)} orders were written meanwhile, in ${runs} runs`);
  };
}

async function surveyLists(s) {
  for (const list of lists) {
    const paths = await filtersOf(s.open, list);
    await worst(s, `${list}: filters and operators`, paths, 1000);
    for (const sort of await sortsOf(s.open, list)) {
      const filtered = paths.filter((_, i) => i % 7 === 0).map((path) => `${path}&sort=${sort}`);
      await worst(s, `${list} by ${sort}, bare and with filters`, [`/${list}?sort=${sort}`, ...filtered], 1000);
    }
  }
}

// Pages that have what was found in the time there is: one goes on from there, again and again.
async function lookFurther(s) {
  const cut = s.all.filter(({ further }) => further !== undefined);
  note(`${cut.length} of ${s.all.length} pages show what was found so far, and go on from there`);
  const paths = [];
  for (let { further } of cut.filter((_, i) => i % 5 === 0).slice(0, 10)) {
    for (let i = 0; i < 3 && further !== undefined; i++) {
      paths.push(further);
      ({ further } = await s.timed(further));
    }
  }
  if (paths.length > 0) {
    await worst(s, "where a page stopped: the next ones", paths, 1000);
  }
}

async function growth(shops) {
  const cpu = {};
  for (const name of ["small", "large"]) {
    const s = await survey(shops[name]);
    const deep = await Promise.all(["/orders", "/customers"].map((path) => deepPath(s.open, path)));
    cpu[name] = [];
    for (const path of [...usual, ...deep]) {
      const spent = [];
      for (let i = 0; i < rounds; i++) {
        spent.push((await s.timed(path)).spent);
      }
      cpu[name].push({ path, ms: median(spent.slice(1)) });
    }
    s.open.end();
    await s.web.stop();
  }
  const ratios = cpu.large.map(({ path, ms }, i) => ({ path, ratio: ms / cpu.small[i].ms, ms, small: cpu.small[i].ms }));
  for (const { path, ratio, ms, small } of ratios) {
    note(`${small.toFixed(2)} ms, ${ms.toFixed(2)} ms CPU, ${ratio.toFixed(2)} times: ${path}`);
  }
  report("CPU of usual pages, 5 million against 50,000, median", median(ratios.map(({ ratio }) => ratio)), "times", 1.2);
  report("CPU of usual pages, 5 million against 50,000, most", Math.max(...ratios.map(({ ratio }) => ratio)), "times", 2);
}

export async function measurePages(shops) {
  const shop = await shops.startShop();
  const s = await survey(shops.large);
  const endWriting = await startWriting(shops.large, shop);
  await often(s, "lists by an index of their own", usual, 50);
  for (const path of ["/orders", "/customers"]) {
    await often(s, `page 21 of ${path}`, [await deepPath(s.open, path)], 50);
  }
  await often(s, "channel pages", channels, 50);
  await worst(s, "search", searches.map((text) => `/search?q=${encodeURIComponent(text)}`), 2000);
  await worst(s, "a record of a slow list", records, 1000);
  await surveyLists(s);
  await lookFurther(s);
  const refused = s.all.filter(({ code }) => code !== 200);
  report("pages that were refused, or not looked through in time", refused.length, "", 0);
  for (const { path, ms, code } of refused.slice(0, 20)) {
    note(`${code} after ${ms.toFixed(0)} ms: ${path}`);
  }
  report("memory of a worker (its share) after these pages", Math.max(...s.web.workers().map(pssKiB)) / 1024, "MiB", 24);
  await endWriting();
  s.all.sort((a, b) => b.spent - a.spent);
  for (const { path, ms, spent, code } of s.all.slice(0, 20)) {
    note(`${spent.toFixed(0)} ms CPU, ${ms.toFixed(0)} ms, ${code}: ${path}`);
  }
  s.open.end();
  await s.web.stop();
  await shop.stop();
  await growth(shops);
}
