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
