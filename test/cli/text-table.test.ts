import assert from 'node:assert/strict';
import { it } from 'node:test';

import { textTable } from '../../src/cli/text-table.js';

it('textTable() aligns columns, numbers to the right, without trailing spaces', () => {
  assert.deepEqual(
    textTable(
      ['Name', 'N', 'Why'],
      [
        ['a', 1, ''],
        ['longer', 100, 'x'],
      ],
    ),
    ['Name      N  Why', 'a         1', 'longer  100  x'],
  );
});

it('textTable() shows a header without rows', () => assert.deepEqual(textTable(['A', 'B'], []), ['A  B']));

it('textTable() writes a row as one line, whatever names there are', () => {
  const name = 'a\u001b[2J\nb  SYNCED\u009b';
  assert.deepEqual(textTable(['NAME'], [[name]]), ['NAME', 'a [2J b  SYNCED']);
});

it('textTable() has room for rows without number', () => {
  const rows = Array.from({ length: 300_000 }, () => ['a']);
  assert.equal(textTable(['A'], rows).length, 300_001);
});
