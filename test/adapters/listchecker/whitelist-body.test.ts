import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { atOnce } from '../../../src/adapters/listchecker/steps.js';
import { readWhitelist, type WhitelistBody } from '../../../src/adapters/listchecker/whitelist-body.js';

const parseWhitelist = (body: string): WhitelistBody => atOnce(readWhitelist(body.split('\n')));

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
  ['whitelist: [', /^cannot be read: .+/],
  ['whitelist:\n- 1.2.3.4\n  - 1.2.3.5\n- :', /./],
  ['a: &a [x]\nb: &b [*a, *a]\nc: *unknown', /^cannot be read: /],
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

  test('reads comments as the YAML parser does', () => {
    const bodies = [
      '---\n# ours\n\nwhitelist: # all\n# first\n- 1.2.3.4 # one\n\n  # second\n- "::1" #two\n- 1.2.3.5#3\n',
      '# ours\nwhitelist:\n- 1.2.3.4 # one\n  # second\n- "1.2.3.5"\t# two\n',
      'whitelist:\n  - 1.2.3.4\n  # end\n',
    ];
    for (const body of bodies) {
      let wanted: unknown;
      try {
        wanted = (parse(body) as { whitelist: unknown }).whitelist;
      } catch {
        // Then ours has to refuse it as well.
      }
      const ours = parseWhitelist(body);
      if (wanted === undefined) assert.ok('problem' in ours, body);
      else assert.deepEqual(ours, wanted, body);
    }
  });

  test('reads JSON as the JSON parser does', () => {
    const entry = fc.oneof(
      fc.constantFrom('1.2.3.4', '::1', 'fe80::/10', 'host', '', '\\', '"', 'a\u00e9'),
      fc.constantFrom(null, 1, ['::1']),
    );
    const text = fc
      .record({ key: fc.constantFrom('whitelist', 'WhiteList'), entries: fc.array(entry), indent: fc.nat(2) })
      .map(({ key, entries, indent }) => JSON.stringify({ [key]: entries }, null, indent));
    fc.assert(
      fc.property(text, fc.constantFrom('', '\n', ' \r\n\t', '\ufeff'), (json, space) => {
        const [entries] = Object.values(JSON.parse(json) as Record<string, readonly unknown[]>);
        const at = entries!.findIndex((one) => typeof one !== 'string');
        const wanted = at < 0 ? entries : { problem: `whitelist[${at}] must be a text` };
        assert.deepEqual(parseWhitelist(`${space}${json}\n`), wanted);
      }),
    );
  });

  test('takes nothing of JSON that goes on after its end, or stops before', () => {
    for (const body of [
      '{"whitelist": ["::1"]} x',
      '{"whitelist": ["::1"]',
      '{"whitelist": ["::1"',
      '{"whitelist": [',
    ]) {
      assert.ok('problem' in parseWhitelist(body), body);
    }
    assert.deepEqual(parseWhitelist('{"whitelist": ["::1"], "whitelist": ["::2"]}'), ['::2']);
    assert.deepEqual(parseWhitelist('{"other": ["::1"]}'), []);
  });

  test('refuses YAML that would hold everything up, but not as many addresses one a line or as JSON', () => {
    const entries = Array.from(
      { length: 400_000 },
      (_, index) => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
    );
    const long = parseWhitelist(`whitelist: [${entries.join(', ')}]`);
    assert.ok('problem' in long);
    assert.match(long.problem, /JSON/);
    for (const body of [`whitelist:\n- ${entries.join('\n- ')}\n`, JSON.stringify({ whitelist: entries })]) {
      const read = parseWhitelist(body);
      assert.ok(!('problem' in read));
      assert.equal(read.length, entries.length);
      assert.equal(read.at(-1), entries.at(-1));
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
