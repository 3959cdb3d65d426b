// The built front-end files: what a first visit loads, and that nothing is missing from it.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { root } from '../kit/web.mjs';

const built = join(root, '.build/static');
const names = readdirSync(built).filter((name) => !/^\.|\.(gz|br)$/.test(name));
const read = (name) => readFileSync(join(built, name));

// Every file below a folder that ends so, as one text.
const textOf = (folder, end) => readdirSync(folder, { withFileTypes: true }).map((entry) => {
  const path = join(folder, entry.name);
  if (entry.isDirectory()) return textOf(path, end);
  return entry.name.endsWith(end) ? readFileSync(path, 'utf8') : '';
}).join('\n');

const tabler = readFileSync(join(root, 'static/node_modules/@tabler/core/dist/css/tabler.min.css'), 'utf8');
const kept = read('tabler.min.css').toString();
const templates = textOf(join(root, 'templates'), '.cs');
const named = new Set([...templates.replace(/<\?cs[\s\S]*?\?>/g, ' ').matchAll(/class="([^"]*)"/g)]
  .flatMap((match) => match[1].split(/\s+/)));
const classesOf = (css) => new Set([...css.matchAll(/\.([a-z][\w-]*)/g)].map((match) => match[1]));

test('each file lies there plain, as gzip and as brotli, and all three are the same', () => {
  assert.ok(names.length >= 6, names.join(' '));
  for (const name of names) {
    assert.deepEqual(gunzipSync(read(`${name}.gz`)), read(name), name);
    assert.deepEqual(brotliDecompressSync(read(`${name}.br`)), read(name), name);
  }
});

test('all files of a first visit are under 150 kB compressed', () => {
  const total = (end) => names.reduce((sum, name) => sum + read(`${name}${end}`).length, 0);
  assert.ok(total('.gz') < 150_000, `${total('.gz')} bytes as gzip`);
  assert.ok(total('.br') < total('.gz'));
});

test('each class of Tabler that a template uses has kept its rules', () => {
  const used = [...classesOf(tabler)].filter((name) => named.has(name));
  const has = classesOf(kept);
  assert.ok(used.includes('btn') && used.includes('form-check-input') && used.includes('visually-hidden'));
  assert.deepEqual(used.filter((name) => !has.has(name)), []);
});

test('each variable that is read is set, as far as Tabler sets it for what is used', () => {
  const own = read('tollbook.css').toString();
  const set = (css) => new Set([...css.matchAll(/(--tblr-[\w-]+)\s*:/g)].map((match) => match[1]));
  // What has a fallback may be missing: it belongs to classes that are not used.
  const readBy = (css) => [...css.matchAll(/var\(\s*(--tblr-[\w-]+)\s*\)/g)].map((match) => match[1]);
  const all = set(tabler);
  const there = set(kept + own);
  const missing = [...readBy(kept), ...readBy(own)].filter((name) => all.has(name) && !there.has(name));
  assert.deepEqual(missing, []);
});

test('light and dark have both been kept', () => {
  assert.match(kept, /\[data-bs-theme=light\]/);
  assert.match(kept, /\[data-bs-theme=dark\]/);
});
