import assert from 'node:assert/strict';
import { decodeParams } from '../params.js';
import type { Rule } from './rule.js';

/** How an adapter deals with its configuration. */
export const configRules: readonly Rule[] = [
  {
    id: 'A-03',
    title: 'builds without parameters, or says which one it needs',
    run: async (rig) => {
      if (decodeParams(rig.adapter, '').problems.length > 0) return;
      const built = await rig.build('', { types: rig.typesOf([]) });
      await built.close();
    },
  },
  {
    id: 'A-04',
    title: 'builds from every good configuration',
    run: async (rig) => {
      for (const params of rig.good) await (await rig.build(params)).close();
    },
  },
  {
    id: 'A-05',
    title: 'refuses every bad configuration and names the field',
    applies: (rig) => (rig.options.configs?.bad ?? []).length > 0,
    run: (rig) => {
      for (const { params, path } of rig.options.configs?.bad ?? []) {
        const { problems } = decodeParams(rig.adapter, params);
        const paths = problems.map((problem) => problem.path);
        assert.ok(paths.includes(path), `"${path}" is refused in:\n${params}\nrefused are: ${paths.join(', ')}`);
        for (const { message } of problems) assert.notEqual(message.trim(), '', 'the message says why');
      }
    },
  },
  {
    id: 'A-06',
    title: 'refuses a field that it does not know',
    run: ({ adapter }) => {
      const { problems } = decodeParams(adapter, 'noSuchField: 1');
      assert.deepEqual(
        problems.map(({ path }) => path),
        ['noSuchField'],
      );
    },
  },
  {
    id: 'A-07',
    title: 'finds the same problems each time it validates, and never throws',
    run: (rig) => {
      for (const params of ['', ...rig.good, ...(rig.options.configs?.bad ?? []).map((bad) => bad.params)]) {
        assert.deepEqual(decodeParams(rig.adapter, params).problems, decodeParams(rig.adapter, params).problems);
      }
    },
  },
];
