// Every list, filter and sort, the search, channels and records on five million orders, through
// nginx: the slowest of each kind, and the workers' CPU, which a busy machine does not stretch.
import { cpuSeconds, logIn, pssKiB, quantile, startWeb } from "../kit/bench.mjs";
import { getter } from "./lists.mjs";
import { note, report } from "./report.mjs";

const lists = ["orders", "carts", "customers", "credit-memos", "subscribers"];
const usual = ["/orders", "/orders?status=processing", "/orders?status=closed", "/orders?sort=-grand_total",
  "/orders?sort=increment_id", "/orders?sort=-updated_at", "/customers", "/carts", "/credit-memos",
  "/subscribers", "/orders?customer_email.is=nobody@example.com", "/orders?increment_id.is=100000005"];
const searches = ["schmidt", "zzzqqq", "anna schmidt", "100000005", "0301234567", "nobody@example.com", "li"];

// What the pages offer: each filter's operators with a value that few records have, or none.
async function filtersOf(open, list) {
  const menu = (await open(`/${list}`)).text;
  const names = new Set([...menu.matchAll(/filter=([a-z_]+)/g)].map(([, name]) => name));
  const paths = [];
  for (const name of names) {
    const form = (await open(`/${list}?filter=${name}`)).text.match(/<form[^>]*tb-filter[\s\S]*?<\/form>/)?.[0] ?? "";
    const options = [...form.matchAll(/<(?:option|input[^>]*name="value")[^>]*value="([^"]*)"/g)]
      .map(([, value]) => value);
    const isDate = form.includes('type="date"');
    const value = options.find((o) => /^\d+$/.test(o)) ?? (isDate ? "1999-12-31" : /inputmode|number/.test(form) ? "987654" : "zzzqqq");
    for (const op of ["contains", "is", "is_not", "any_of", "not_any_of", "empty", "not_empty"]) {
      if (form.includes(`"${op}"`)) {
        paths.push(`/${list}?${name}.${op}=${op.endsWith("empty") ? "1" : value}`);
      }
    }
    if (form.includes('"range"')) {
      paths.push(`/${list}?${name}.range=${value}&${name}.range=${value}`);
    }
  }
  return paths;
}

const sortsOf = async (open, list) =>
  [...new Set([...(await open(`/${list}`)).text.matchAll(/sort=(-?[a-z_]+)/g)].map(([, sort]) => sort))];

export async function measurePages(shops) {
  const { large } = shops;
  const web = await startWeb(large);
  const open = getter(large, await logIn(large));
  const cpu = () => web.workers().reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  const slow = [];
  let refused = 0;
  const timed = async (path) => {
    const before = cpu();
    const { ms, code } = await open(path);
    const spent = (cpu() - before) * 1000;
    refused += code >= 500 ? 1 : 0;
    slow.push({ path, ms, spent });
    return { ms, spent };
  };
  const worst = async (what, paths, goal) => {
    const spent = [];
    const times = [];
    for (const path of paths) {
      const one = await timed(path);
      spent.push(one.spent);
      times.push(one.ms);
    }
    report(`${what}, slowest of ${paths.length}, CPU`, Math.max(...spent), "ms", goal);
    report(`${what}, slowest of ${paths.length}`, Math.max(...times), "ms", goal);
  };

  for (const path of usual) { // from the disk into the kernel's memory
    await open(path);
  }
  const times = [];
  for (let i = 0; i < 20; i++) {
    for (const path of usual) {
      times.push((await timed(path)).ms);
    }
  }
  report("95th percentile of lists by an index of their own", quantile(times, 0.95), "ms", 50);
  for (const list of lists) {
    const paths = await filtersOf(open, list);
    await worst(`${list}: filters and operators`, paths, 1000);
    for (const sort of await sortsOf(open, list)) {
      await worst(`${list} by ${sort}, with filters`, paths.slice(0, 12).map((path) => `${path}&sort=${sort}`), 1000);
    }
  }
  await worst("search", searches.map((text) => `/search?q=${encodeURIComponent(text)}`), 2000);
  await worst("channels", ["/channels", "/channels/1", "/channels/2"], 50);
  await worst("a record of a slow list", ["/orders/77?list=lastname.contains%3Dzzzqqq",
    "/orders/77?list=coupon_code.empty%3D1%26sort%3Dgrand_total"], 1000);
  report("pages that were refused", refused, "", 0);
  report("memory of a worker (its share) after these pages", Math.max(...web.workers().map(pssKiB)) / 1024, "MiB", 24);
  slow.sort((a, b) => b.spent - a.spent);
  for (const { path, ms, spent } of slow.slice(0, 10)) {
    note(`${spent.toFixed(0)} ms CPU, ${ms.toFixed(0)} ms: ${path}`);
  }
  await web.stop();
}
