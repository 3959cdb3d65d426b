// What the bench and the browser tests stand on: a rehearsal store, an installation of Tollbook with
// its own database, configuration and nginx, and readers of what the kernel knows about a process.
// Everything is started on loopback with ports of its own and ended by the pid it was started with.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
export const programs = process.env.TOLLBOOK_BIN ?? join(root, ".build");
export const password = "correct horse battery staple";
export const storeKey = "rehearsal-key";

const ticksPerSecond = 100;

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// ---- processes ----

const running = new Set();

// A killed test leaves no store, nginx or worker behind.
process.on("exit", () => {
  for (const child of running) {
    child.kill("SIGTERM");
  }
});
for (const name of ["SIGINT", "SIGTERM"]) {
  process.once(name, () => process.exit(130));
}

export function start(program, args, options = {}) {
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "inherit"], ...options });
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

export async function end(child) {
  if (child.exitCode === null && child.signalCode === null) {
    const gone = once(child, "exit");
    child.kill("SIGTERM");
    await gone;
  }
}

// Runs a program to its end: { code, out, err }. Only what `codes` lists is no failure.
export function run(program, args, { codes = [0], ...options } = {}) {
  return new Promise((done, fail) => {
    execFile(program, args, { maxBuffer: 1 << 28, ...options }, (error, out, err) => {
      const code = error ? error.code : 0;
      if (codes.includes(code)) {
        done({ code, out, err });
      } else {
        fail(new Error(`${program} ${args.join(" ")}: ended with ${code}: ${err || out}`));
      }
    });
  });
}

export async function freePort() {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

async function answers(url) {
  for (let i = 0; i < 1200; i++) { // a minute: the machine may have much else to do
    try {
      return await fetch(url, { redirect: "manual" });
    } catch {
      await pause(50);
    }
  }
  throw new Error(`${url} does not answer`);
}

// ---- the rehearsal store ----

// sizes: customers, orders, carts, subscribers, memos.
export async function startStore(sizes = {}, more = []) {
  const args = Object.entries(sizes).flatMap(([name, count]) => [`--${name}`, String(count)]);
  const program = join(programs, "rehearsal-store");
  const child = start(program, ["--listen", "127.0.0.1:0", ...args, ...more], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(createInterface(child.stdout), "line");
  const url = line.replace("listening ", "");
  const control = async (path, form) => {
    const body = form && new URLSearchParams(form);
    const answer = await fetch(`${url}/control/${path}`, { method: form ? "POST" : "GET", body });
    if (!answer.ok) {
      throw new Error(`control ${path}: ${answer.status} ${await answer.text()}`);
    }
    return answer.json();
  };
  return { url, host: new URL(url).host, control, stop: () => end(child) };
}

// ---- an installation ----

function nginxConfiguration(house) {
  const user = process.getuid() === 0 ? "user root;" : "";
  const temp = ["client_body", "fastcgi", "proxy", "uwsgi", "scgi"]
    .map((kind) => `${kind}_temp_path ${house.folder}/nginx-${kind};`)
    .join("\n    ");
  return `${user}
daemon off;
pid ${house.folder}/nginx.pid;
error_log ${house.folder}/nginx.log;
worker_processes 1;
events {}
http {
    include /etc/nginx/mime.types;
    access_log off;
    ${temp}
    server {
        listen 127.0.0.1:${house.port};
        gzip on;
        location ~ ^/static/[0-9a-f]+/([a-z.-]+)$ { alias ${root}/.build/static/$1; gzip_static on; }
        location / {
            include /etc/nginx/fastcgi_params;
            fastcgi_pass unix:${house.folder}/tollbook.sock;
            fastcgi_max_temp_file_size 0;
        }
    }
}
`;
}

function configuration(house, more) {
  const keys = {
    database: join(house.folder, "tollbook.db"),
    secret_key_file: join(house.folder, "secret.key"),
    listen: `unix:${house.folder}/tollbook.sock`,
    public_url: house.url,
    private_stores: "yes",
    templates: join(root, "templates"),
    static: join(root, ".build/static"),
    locale: join(root, "templates/locale"),
    sync_command: join(programs, "tollbook-sync"),
    workers: "4",
    log_level: "warn",
    ...more,
  };
  const lines = Object.entries(keys).map(([key, value]) => `${key} = ${value}`);
  return `${lines.join("\n")}\n`;
}

function prepare(house, more) {
  writeFileSync(house.conf, configuration(house, more));
  writeFileSync(join(house.folder, "nginx.conf"), nginxConfiguration(house));
  writeFileSync(join(house.folder, "password"), `${password}\n`);
  writeFileSync(join(house.folder, "api-key"), `${storeKey}\n`);
  house.sync = (args, options) =>
    run(join(programs, "tollbook-sync"), [...args, "--config", house.conf], options);
  house.admin = (args) =>
    run(join(programs, "tollbook-admin"), [...args, "--config", house.conf]);
  house.sql = async (text) =>
    (
      await run("sqlite3", ["-cmd", ".timeout 10000", join(house.folder, "tollbook.db"), text])
    ).out.trim().split("|");
}

async function houseOf(folder, store) {
  const port = await freePort();
  return { folder, port, url: `http://127.0.0.1:${port}`, store, conf: join(folder, "tollbook.conf") };
}

// An empty database with the users admin and berta (of the staff); store: the one that channels are added for.
// more: further configuration keys.
export async function makeHouse(folder, store, more = {}) {
  const house = await houseOf(folder, store);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  prepare(house, more);
  await house.admin(["init"]);
  const file = join(folder, "password");
  await house.admin(["user", "add", "admin", "--role", "admin", "--password-file", file]);
  await house.admin(["user", "add", "berta", "--role", "staff", "--password-file", file]);
  return house;
}

// One that an earlier run made and left, with its database.
export async function openHouse(folder, store, more = {}) {
  const house = await houseOf(folder, store);
  prepare(house, more);
  return house;
}

export async function addChannel(house, name, more = [], url = house.store.url) {
  const key = ["--user", "api", "--key-file", join(house.folder, "api-key")];
  const where = ["--type", "magento1", "--url", `${url}/`, "--allow-http"];
  await house.admin(["channel", "add", name, ...where, ...key, ...more]);
}

// The web program behind nginx. pid: of the supervisor, whose children are the workers.
export async function startWeb(house, more = []) {
  const web = start(join(programs, "tollbook"), ["--config", house.conf, ...more]);
  const log = join(house.folder, "nginx.log");
  const nginx = start("nginx", ["-e", log, "-c", join(house.folder, "nginx.conf")]);
  for (let i = 0; (await answers(`${house.url}/login`)).status !== 200; i++) {
    if (i === 1200) {
      throw new Error(`${house.url}/login does not answer with a page`);
    }
    await pause(50);
  }
  return {
    pid: web.pid,
    workers: () => children(web.pid),
    stop: async () => {
      await end(nginx);
      await end(web);
    },
  };
}

// The cookie of a new session.
export async function logIn(house, name = "admin") {
  const answer = await fetch(`${house.url}/login`, {
    method: "POST",
    redirect: "manual",
    headers: { Origin: house.url },
    body: new URLSearchParams({ name, password }),
  });
  const cookie = answer.headers.getSetCookie().map((line) => line.split(";")[0]);
  if (answer.status !== 303 || cookie.length === 0) {
    throw new Error(`log-in refused: ${answer.status}`);
  }
  return cookie.join("; ");
}

// ---- what the kernel knows ----

export function children(pid) {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return text ? text.split(" ").map(Number) : [];
}

// User and system time that a process has used, in seconds; to the nanosecond where the kernel tells.
export function cpuSeconds(pid) {
  if (existsSync(`/proc/${pid}/schedstat`)) {
    return Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[0]) / 1e9;
  }
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

export const peakKiB = (pid) => {
  const text = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(text.match(/^VmHWM:\s+(\d+) kB/m)?.[1] ?? 0);
};

export const pssKiB = (pid) => {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  return Number(text.match(/^Pss:\s+(\d+) kB/m)?.[1] ?? 0);
};

// Runs a program and measures it: { code, seconds, cpu, peakKiB }. The kernel's own sums come from a
// shell that waits for it; the peak is what the last look before its end showed.
export async function measure(program, args, { every = 20, codes = [0] } = {}) {
  const script = '"$@" >/dev/null & echo $!; wait $!; code=$?; times; exit $code';
  const from = process.hrtime.bigint();
  const child = start("/bin/bash", ["-c", script, "bash", program, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines = [];
  let errors = "";
  let pid = 0;
  let peak = 0;
  createInterface(child.stdout).on("line", (line) => lines.push(line));
  child.stderr.on("data", (text) => (errors += text));
  const timer = setInterval(() => {
    pid ||= Number(lines[0] ?? 0);
    try {
      peak = Math.max(peak, pid ? peakKiB(pid) : 0);
    } catch {
      // it has ended: the shell tells
    }
  }, every);
  const [code] = await once(child, "close");
  const seconds = Number(process.hrtime.bigint() - from) / 1e9;
  clearInterval(timer);
  if (!codes.includes(code)) {
    throw new Error(`${program} ${args.join(" ")}: ended with ${code}: ${errors}`);
  }
  const cpu = lines.at(-1).match(/(\d+)m([\d.]+)s (\d+)m([\d.]+)s/).slice(1).map(Number);
  return { code, seconds, cpu: cpu[0] * 60 + cpu[1] + cpu[2] * 60 + cpu[3], peakKiB: peak };
}

// ---- figures ----

export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
