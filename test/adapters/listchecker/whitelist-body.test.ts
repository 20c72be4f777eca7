import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { parseWhitelist } from '../../../src/adapters/listchecker/whitelist-body.js';

const good: readonly (readonly [body: string, entries: readonly string[]])[] = [
  ['whitelist:\n- 1.2.3.4\n- 10.0.0.0/8\n', ['1.2.3.4', '10.0.0.0/8']],
  ['WhiteList:\r\n  - "::1"\r\n\r\n  - fe80::/10\r\n', ['::1', 'fe80::/10']],
  ["WHITELIST:\n- '1.2.3.4'", ['1.2.3.4']],
  ['# ours\nwhitelist: [1.2.3.4, "::1"] # more\nother: { a: 1 }', ['1.2.3.4', '::1']],
  ['whitelist:\n- 1.2.3.4 # router\n', ['1.2.3.4']],
  ['{"WhiteList": ["1.2.3.4"], "__proto__": 1}', ['1.2.3.4']],
  ['{whitelist: [1.2.3.4]}', ['1.2.3.4']],
  ['whitelist:\n- host\n', ['host']],
  ['whitelist:\n', []],
  ['whitelist: null', []],
  ['blacklist: [1.2.3.4]', []],
  ['', []],
  ['# nothing\n', []],
  ['null', []],
];

const bad: readonly (readonly [body: string, problem: RegExp])[] = [
  ['- 1.2.3.4', /must be an object/],
  ['["1.2.3.4"]', /must be an object/],
  ['1.2.3.4', /must be an object/],
  ['whitelist: 1.2.3.4', /must have a list/],
  ['whitelist: { a: 1.2.3.4 }', /must have a list/],
  ['whitelist: [10]', /whitelist\[0\] must be a text/],
  ['whitelist: ["1.2.3.4", ["1.2.3.4"]]', /whitelist\[1\] must be a text/],
  ['{"whitelist": [null]}', /whitelist\[0\] must be a text/],
  ['whitelist:\n- fe80::\n', /whitelist\[0\] must be a text/],
  ['whitelist: [', /^is no YAML: .+/],
  ['whitelist:\n- 1.2.3.4\n  - 1.2.3.5\n- :', /./],
  ['a: &a [x]\nb: &b [*a, *a]\nc: *unknown', /^is no YAML: /],
];

describe('parseWhitelist()', () => {
  for (const [body, entries] of good) {
    test(`reads ${JSON.stringify(body)}`, () => assert.deepEqual(parseWhitelist(body), entries));
  }

  for (const [body, problem] of bad) {
    test(`refuses ${JSON.stringify(body)}`, () => {
      const result = parseWhitelist(body);
      assert.ok('problem' in result);
      assert.match(result.problem, problem);
      assert.doesNotMatch(result.problem, /\n/);
    });
  }

  test('reads simple lists as the YAML parser does', () => {
    const entries = [
      '1.2.3.4',
      '::1',
      '1::2',
      'a.b',
      '1:2',
      '12:30:45',
      '"::"',
      "'1::'",
      '1.5',
      '::/0',
      'ab:c',
      '1.2/24',
    ];
    for (const entry of entries) {
      const body = `whitelist:\n- ${entry}\n`;
      const { whitelist } = parse(body) as { whitelist: unknown[] };
      const ours = parseWhitelist(body);
      if (typeof whitelist[0] === 'string') assert.deepEqual(ours, whitelist, entry);
    }
  });

  test('refuses a body that unfolds into far more than it is', () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
    for (let level = 0; level < 9; level += 1) {
      const [before, name] = ['abcdefghij'.charAt(level), 'abcdefghij'.charAt(level + 1)];
      lines.push(`${name}: &${name} [${Array<string>(10).fill(`*${before}`).join(', ')}]`);
    }
    assert.ok('problem' in parseWhitelist(`${lines.join('\n')}\nwhitelist: [1.2.3.4]\n`));
  });
});
