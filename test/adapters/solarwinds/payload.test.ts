import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compilePayload, findTemplateProblems } from '../../../src/adapters/solarwinds/payload.js';
import { Timestamp } from '../../../src/sdk/index.js';

const now = new Timestamp(1_767_225_600, 0);

describe('compilePayload()', () => {
  it('makes a line like that of a web server when there is no template', () => {
    const variables = {
      originIp: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 7),
      method: 'GET',
      url: '/a?b=<c>',
      protocol: 'http',
      responseCode: 200n,
      responseSize: 2n ** 62n,
      timestamp: new Timestamp(0, 0),
    };
    for (const template of ['', ' \n']) {
      assert.deepEqual(compilePayload(template)(variables, now), {
        text: '10.0.0.7 - - [2026-01-01T00:00:00Z] "GET /a?b=&lt;c&gt; http" 200 4611686018427387904',
      });
    }
    assert.equal(compilePayload('')({}, now).text, '- - - [2026-01-01T00:00:00Z] "- - -" - -');
  });

  it('leaves the variables alone', () => {
    const variables = Object.freeze({ originIp: Uint8Array.of(1, 2, 3, 4), method: 'GET' });
    compilePayload('')(variables, now);
    assert.deepEqual(Object.keys(variables), ['originIp', 'method']);
  });

  it('gives what it could make, and what was wrong, of a template that does not fit', () => {
    const { text, problem } = compilePayload('a {{.x}} {{if lt .x 1}}b{{end}}')({ x: 'one' }, now);
    assert.equal(text, 'a one ');
    assert.match(problem ?? '', /compar/);
  });

  it('writes times of any year, and values of any size', () => {
    const variables = { start: new Timestamp(-62_167_219_200, 0), big: 'x'.repeat(2 ** 20), ratio: NaN };
    const { text, problem } = compilePayload('{{.start.Format "2006"}} {{.ratio}} {{.big}}')(variables, now);
    assert.equal(problem, undefined);
    assert.equal(text, `0000 NaN ${variables.big}`);
  });

  it('takes a variable called __proto__ for a variable', () => {
    const variables = Object.create(null) as Record<string, string>;
    Object.defineProperty(variables, '__proto__', { value: 'p', enumerable: true });
    assert.equal(compilePayload('{{index . "__proto__"}}')(variables, now).text, 'p');
  });
});

describe('findTemplateProblems()', () => {
  it('finds nothing in the default, and the place of what is wrong in others', () => {
    assert.deepEqual(findTemplateProblems(''), []);
    assert.equal(findTemplateProblems('a\n{{nosuch .b}}')[0]?.line, 2);
  });
});
