// Multiplies the records of a shop that the sync has loaded, inside of its database: every further
// copy has ids, numbers, e-mails, names and times of its own, and links that stay within the copy.
// Four tenths of the copies belong to the first channel, as many to a second and the rest to a third.
// Without indexes while it inserts: they are made last, out of sorted rows.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "../kit/bench.mjs";

export const recipe = 1; // one more whenever another database comes out of this file

const step = 1000000; // more than any table has ids before
const numbers = 100000; // more than the numbers within a store view reach
const dictionaryStep = 1000;

const dictionaries = ["websites", "stores", "customer_groups", "regions"];
const tables = [
  "customers", "customer_addresses", "carts", "cart_items", "cart_addresses", "orders", "order_items",
  "order_addresses", "order_notes", "credit_memos", "credit_memo_items", "credit_memo_notes",
  "subscribers",
];

const shifted = new Set([
  "id", "origin_id", "parent_id", "customer_id", "customer_origin_id", "cart_id", "cart_origin_id",
  "order_id", "order_origin_id", "quote_item_id", "parent_item_id", "order_item_id",
]);
const dictionaryLinks = new Set(["website_id", "store_id", "group_id", "region_id"]);
const numbered = new Set(["increment_id", "reserved_order_id"]);

// Single last names and double ones, some 2,300.
const singles = readFileSync(join(root, "tests/bench/last-names.txt"), "utf8").trim().split("\n");
const doubles = singles.flatMap((name, i) =>
  singles.filter((_, n) => (i * 31 + n * 17) % 20 === 0).map((other) => `${name}-${other}`));
const names = [...singles, ...doubles];

const folded = (name) => name.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

// What a column of copy k holds; the copies of a person keep one name in all of their records.
function spelled(table, column) {
  const person = table === "customers" ? "one.id" : "coalesce(one.customer_id, one.id)";
  const name = (what) =>
    `(SELECT ${what} FROM names WHERE names.id = (${person} * 7919 + k * 104729) % ${names.length})`;
  const isPerson = ["customers", "orders", "carts"].includes(table);
  if (column === "channel_id") {
    return "channel";
  }
  if (table === "customers" && column === "origin_id") {
    return "origin_id + k * " + step;
  }
  if (shifted.has(column)) {
    return `${column} + k * ${step}`;
  }
  if (dictionaryLinks.has(column)) {
    return `${column} + (channel - 1) * ${dictionaryStep}`;
  }
  if (numbered.has(column)) {
    return `CAST(${column} + k * ${numbers} AS TEXT)`;
  }
  if (column === "increment_norm" || column === "reserved_order_norm") {
    return `'9' || (substr(${column}, 2) + k * ${numbers})`;
  }
  if (["email", "customer_email", "email_norm"].includes(column)) {
    return `replace(${column}, '@', '.' || k || '@')`;
  }
  if (column === "lastname" && isPerson) {
    return `iif(lastname IS NULL, NULL, ${name("last")})`;
  }
  if (column === "name_norm") {
    return `iif(lastname IS NULL, name_norm,
      substr(name_norm, 1, instr(name_norm || ' ', ' ')) || ${name("folded")})`;
  }
  if (column === "telephone" || column === "telephone_norm") {
    return column; // some people share a number
  }
  if (/^(created|updated|last_order|change_status)_at$/.test(column)) {
    return `${column} - k * 61`;
  }
  return column;
}

const columnsOf = async (file, table) =>
  (await run("sqlite3", [file, `SELECT name FROM pragma_table_info('${table}')`])).out.trim().split("\n");

function namesSql() {
  const rows = names.map((name, i) => `(${i}, '${name}', '${folded(name)}')`);
  return `CREATE TEMP TABLE names (id INTEGER PRIMARY KEY, last TEXT, folded TEXT);
    INSERT INTO names VALUES ${rows.join(",")};`;
}

async function furtherChannel(file, id, name) {
  const columns = (await columnsOf(file, "channels")).map((column) =>
    ({ id, name: `'${name}'`, status: "'inactive'" })[column] ?? column);
  const lines = [`INSERT INTO channels SELECT ${columns.join(", ")} FROM channels WHERE id = 1;`];
  lines.push(`INSERT INTO channel_entities SELECT ${id}, entity, is_on, is_offered, reason, changed_by, changed_at FROM channel_entities WHERE channel_id = 1;`);
  for (const table of dictionaries) {
    const values = (await columnsOf(file, table)).map((column) => {
      if (column === "channel_id") {
        return String(id);
      }
      const isLocal = column === "id" || dictionaryLinks.has(column);
      return isLocal ? `${column} + ${(id - 1) * dictionaryStep}` : column;
    });
    lines.push(`INSERT INTO ${table} SELECT ${values.join(", ")} FROM ${table} WHERE channel_id = 1;`);
  }
  return lines.join("\n");
}

const indexesOf = async (file) =>
  (await run("sqlite3", ["-json", file, `SELECT name, sql FROM sqlite_schema WHERE type = 'index'
    AND sql IS NOT NULL AND tbl_name IN (${tables.map((t) => `'${t}'`).join(", ")})`])).out;

// From another file than it inserts into, else SQLite would hold all rows back first.
async function copySql(file, table, copies) {
  const columns = await columnsOf(file, table);
  const values = columns.map((column) => spelled(table, column));
  return `INSERT INTO main.${table} (${columns.join(", ")})
    SELECT ${values.join(", ")}
    FROM (SELECT value AS k,
            CASE WHEN value < ${copies * 0.4} THEN 1 WHEN value < ${copies * 0.8} THEN 2 ELSE 3 END AS channel
          FROM generate_series(1, ${copies - 1}))
    CROSS JOIN base.${table} AS one;`;
}

// base: a copy of the file as it is.
export async function multiply(file, base, copies) {
  const indexes = JSON.parse(await indexesOf(file));
  const parts = [
    "PRAGMA journal_mode = DELETE;",
    "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -2000000;",
    "PRAGMA secure_delete = OFF; PRAGMA foreign_keys = OFF; PRAGMA temp_store = FILE; PRAGMA threads = 2;",
    `ATTACH '${base}' AS base;`,
    namesSql(),
    await furtherChannel(file, 2, "second"),
    await furtherChannel(file, 3, "third"),
    ...indexes.map(({ name }) => `DROP INDEX main.${name};`),
  ];
  for (const table of tables) {
    parts.push(await copySql(file, table, copies));
  }
  parts.push(...indexes.map(({ sql }) => `${sql};`), "DETACH base; PRAGMA journal_mode = WAL;");
  await run("sqlite3", ["-bail", file, parts.join("\n")]);
}
