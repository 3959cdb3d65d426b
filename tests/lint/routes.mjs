// The rows of the web program's route table: each names who may come, of the three that route.h has.
// A row that names nobody is refused when it is asked for, which somebody would notice late.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './sources.mjs';

const RIGHTS = ['TB_FOR_STAFF', 'TB_FOR_ADMIN', 'TB_FOR_ALL'];

export const table = () => {
  const text = readFileSync(path.join(root, 'cgi/tollbook.c'), 'utf8');
  return text.match(/^static const struct tb_route routes\[\] = \{\n([\s\S]*?)^\};/m)[1];
};

// method, pattern and right of each row.
export function routes(text) {
  return [...text.matchAll(/\{\s*"([^"]*)"((?:[^{}])*)\}/g)].map((m) => {
    const [method, , right] = m[2].split(',').slice(1).map((part) => part.trim());
    return { pattern: m[1], method, right };
  });
}

export const withoutRight = (text) => routes(text).filter(({ right }) => !RIGHTS.includes(right))
  .map(({ method, pattern, right }) => `${method} ${pattern}: ${right ?? 'nothing'} is no right`);
