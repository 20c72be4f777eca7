import assert from 'node:assert/strict';
import { apiVersion } from '../../sdk/index.js';
import { methodName } from './call-handler.js';
import type { Rule } from './rule.js';

/** What an adapter says about itself. */
export const descriptorRules: readonly Rule[] = [
  {
    id: 'A-01',
    title: 'says what it is: a name, a sentence for operators, at least one template, the api version',
    run: ({ adapter }) => {
      assert.match(adapter.name, /^[a-z][a-z0-9]*$/, 'the name is lower case, without separators');
      assert.match(adapter.description, /^[A-Z].*\.$/, 'the description is a sentence');
      assert.ok(adapter.templates.length > 0, 'it serves a template');
      assert.equal(adapter.apiVersion, apiVersion);
      assert.ok(Object.isFrozen(adapter), 'it was made by defineAdapter');
    },
  },
  {
    id: 'A-02',
    title: 'has a method for every template it names',
    run: async (rig) => {
      const built = await rig.build();
      const methods = built.handler as unknown as Readonly<Record<string, unknown>>;
      for (const template of rig.adapter.templates) {
        assert.equal(typeof methods[methodName(template)], 'function', `${methodName(template)} is a method`);
      }
      await built.close();
    },
  },
];
