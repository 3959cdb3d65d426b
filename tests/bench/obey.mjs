// How soon the long commands end when they are told to, at five million orders; and that they leave
// nothing half done behind.
import { once } from "node:events";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pause, programs, start } from "../kit/bench.mjs";
import { note, report } from "./report.mjs";

const soon = 2; // seconds

// Seconds from SIGTERM to the end; not a number when it had ended before.
async function untilEnd(program, args) {
  const child = start(join(programs, program), args, { stdio: "ignore" });
  await pause(4000);
  if (child.exitCode !== null) {
    note(`${args[0]} had ended by itself with ${child.exitCode}`);
    return NaN;
  }
  const gone = once(child, "exit");
  const from = performance.now();
  child.kill("SIGTERM");
  const [code] = await gone;
  if (code === 0) {
    note(`${args[0]} says 0, as if it were done`);
    return NaN;
  }
  return (performance.now() - from) / 1000;
}

export async function measureObedience(shops) {
  const { large } = shops;
  const shop = await shops.startShop();
  const target = join(large.folder, "obey.db");
  const config = ["--config", large.conf];
  const commands = [
    ["export", "tollbook-sync", ["export", "order", ...config]],
    ["verify", "tollbook-sync", ["verify", "shop", ...config]],
    ["backup", "tollbook-admin", ["backup", target, ...config]],
    ["doctor", "tollbook-admin", ["doctor", ...config]],
  ];
  rmSync(target, { force: true });
  for (const [what, program, args] of commands) {
    report(`${what} ends after SIGTERM`, await untilEnd(program, args), "s", soon);
  }
  const left = readdirSync(large.folder).filter((name) => name.startsWith("obey.db"));
  report("files that a backup told to end left behind", left.length, "", 0);
  for (const name of left.filter((name) => existsSync(join(large.folder, name)))) {
    rmSync(join(large.folder, name));
  }
  await shop.stop();
}
