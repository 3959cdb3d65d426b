import assert from 'node:assert/strict';
import { test } from 'node:test';
import { routes, table, withoutRight } from './routes.mjs';

test('every route names who may come', () => {
  const found = routes(table());

  assert.ok(found.length > 100, `${found.length} routes were found`);
  assert.deepEqual(found.filter(({ pattern }) => pattern === '/channels/{id}/delete').map(({ method, right }) => [method, right]),
    [['TB_GET', 'TB_FOR_ADMIN'], ['TB_POST', 'TB_FOR_ADMIN']]);
  assert.deepEqual(withoutRight(table()), []);
});

test('a route without a right is found', () => {
  assert.deepEqual(withoutRight('{"/a", TB_GET, a_show, 0, 0, 0},\n{"/b", TB_POST, b_do},\n{"/c", TB_GET, c, TB_FOR_ALL, 0, 0},'),
    ['TB_GET /a: 0 is no right', 'TB_POST /b: nothing is no right']);
});
