import { test } from 'node:test';
import opa from '../../../src/adapters/opa/index.js';
import { adapterSuite } from '../../../src/testing/index.js';
import { compiledFile } from '../../support/rego.js';
import { paramsOf } from './setup.js';

const allow = 'checkMethod: data.mixerauthz.allow';
const bundle = { name: 'data-driven', data: 'data-driven.data.json' };

adapterSuite({
  test,
  adapter: opa,
  configs: {
    good: [
      paramsOf({ name: 'users-verbs' }, allow),
      paramsOf(bundle, `${allow}\ndata: { table: [] }\ndecisionLog: HASH`),
      `policyFile: ${compiledFile(bundle)}\ncheck_method: data.mixerauthz.allow\nfail_close: true`,
      'failClose: true',
    ],
    bad: [
      { params: 'policy: [package a]', path: 'checkMethod' },
      { params: allow, path: 'policy' },
      { params: `${allow}\npolicy: package a`, path: 'policy' },
      { params: `${allow}\npolicyWasm: "?"`, path: 'policyWasm' },
      { params: `${allow}\npolicy: [package a]\npolicyFile: /a.wasm`, path: 'policyFile' },
      { params: `${allow}\npolicyFile: /a.wasm\ndata: 7`, path: 'data' },
      { params: `${allow}\npolicyFile: /a.wasm\ndata: {}\ndataFile: /a.json`, path: 'dataFile' },
      { params: 'decisionLog: ALL', path: 'decisionLog' },
    ],
  },
  readme: new URL('../../../src/adapters/opa/README.md', import.meta.url),
});
