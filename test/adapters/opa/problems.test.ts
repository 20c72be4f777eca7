import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import opa from '../../../src/adapters/opa/index.js';
import { decodeParams } from '../../../src/testing/index.js';

const rows: readonly [params: string, paths: readonly string[], message: RegExp][] = [
  ['policy: [package a]', ['checkMethod'], /check method is not configured/],
  ['policy: [package a]\ncheckMethod: " "', ['checkMethod'], /check method is not configured/],
  ['check_method: data.a.b', ['policy'], /policies are not configured/],
  ['', ['checkMethod', 'policy'], /not configured/],
  ['checkMethod: data.a\npolicy: [package a, ""]', ['policy[1]'], /is empty/],
  ['checkMethod: data.a\npolicy: [package a]\npolicyFile: /a.wasm', ['policyFile'], /beside policy$/],
  ['checkMethod: data.a\npolicyFile: /a.wasm\npolicyWasm: AAAA', ['policyWasm'], /beside policyFile$/],
  ['checkMethod: data.a\npolicyWasm: "ä"', ['policyWasm'], /base64/],
  ['checkMethod: data.a\npolicyFile: /a.wasm\ndata: [1]', ['data'], /must be a map/],
  ['checkMethod: data.a\npolicyFile: /a.wasm\ndata: {}\ndataFile: /d.json', ['dataFile'], /beside data$/],
];

describe('the configuration of opa', () => {
  for (const [params, paths, message] of rows) {
    it(`is refused at ${paths.join(' and ')}: ${params.replaceAll('\n', ', ') || 'nothing'}`, () => {
      const { problems } = decodeParams(opa, params);
      assert.deepEqual(
        problems.map(({ path }) => path),
        paths,
      );
      assert.match(problems.map((problem) => problem.message).join(), message);
    });

    it(`passes with failClose: ${params.replaceAll('\n', ', ') || 'nothing'}`, () => {
      assert.deepEqual(decodeParams(opa, `${params}\nfail_close: true`).problems, []);
    });
  }
});
