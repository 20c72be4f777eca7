import assert from 'node:assert/strict';
import type { Field, Fields, Instance } from '../../sdk/index.js';
import { fakeCall } from '../fake-env.js';
import { assertAnswer } from './assert-answer.js';
import { callHandler } from './call-handler.js';
import { deepFreeze, fingerprint } from './frozen.js';
import type { Built, Rig, Sample } from './rig.js';
import type { Rule } from './rule.js';

const crowd = 1000;

/** What an adapter answers, and what it leaves alone. */
export const callRules: readonly Rule[] = [
  {
    id: 'A-08',
    title: 'answers every template in the shape that the template asks for, with no negative validity',
    run: (rig) => withHandler(rig, (built) => callAll(rig, built)),
  },
  {
    id: 'A-09',
    title: 'does not change the instances it is called with',
    run: (rig) =>
      withHandler(rig, async (built) => {
        const before = rig.samples.map(({ instance }) => fingerprint(instance));
        await callAll(rig, built);
        assert.deepEqual(
          rig.samples.map(({ instance }) => fingerprint(instance)),
          before,
        );
      }),
  },
  {
    id: 'A-10',
    title: `answers ${crowd} calls at the same time`,
    run: (rig) =>
      withHandler(rig, async (built) => {
        const rounds = Array.from({ length: Math.ceil(crowd / rig.samples.length) }, () => callAll(rig, built));
        await rig.settles(Promise.all(rounds), `one of ${crowd} calls`);
      }),
  },
  {
    id: 'A-11',
    title: 'ends a call soon after its signal is aborted',
    run: (rig) =>
      withHandler(rig, async (built) => {
        for (const sample of rig.samples) {
          const abort = new AbortController();
          const answer = rig.call(built, sample, fakeCall({ clock: built.env.clock, signal: abort.signal }));
          abort.abort();
          // An aborted call may fail: nobody waits for its answer any more.
          await rig.settles(answer.then(ignore, ignore), `an aborted call of ${sample.template.name}`);
        }
      }),
  },
  {
    id: 'A-12',
    title: 'takes names from requests as names, never as properties of its own objects',
    run: (rig) =>
      withHandler(rig, async (built) => {
        const untouched = ownNames();
        for (const sample of rig.samples) {
          const instance = deepFreeze(hostile(sample));
          const input = { instance, args: rig.nextArgs(), call: fakeCall({ clock: built.env.clock }) };
          const answer = callHandler(built.handler, sample.template, input);
          // It may refuse the call, as long as it is none the worse for it.
          await rig.settles(answer.then(ignore, ignore), `a call of ${sample.template.name} with odd names`);
        }
        assert.deepEqual(ownNames(), untouched, 'Object.prototype is as it was');
        await callAll(rig, built);
      }),
  },
];

/** Calls every template once and looks at each answer. */
export async function callAll(rig: Rig, built: Built): Promise<readonly unknown[]> {
  return Promise.all(
    rig.samples.map(async ({ template, instance }) => {
      const args = rig.nextArgs();
      const input = { instance, args, call: fakeCall({ clock: built.env.clock }) };
      const answer = await rig.settles(callHandler(built.handler, template, input), `a call of ${template.name}`);
      assertAnswer(template, answer, args);
      return answer;
    }),
  );
}

async function withHandler(rig: Rig, work: (built: Built) => Promise<unknown>): Promise<void> {
  const built = await rig.build();
  try {
    await work(built);
  } finally {
    await built.close();
  }
}

/** The sample with entries in each of its maps that a plain object would take for something else. */
function hostile({ template, instance }: Sample): Instance<Sample['template']> {
  return hostileFields(template.fields, instance) as never;
}

function hostileFields(fields: Fields, values: Readonly<Record<string, unknown>>): object {
  const copy = Object.assign(Object.create(null) as Record<string, unknown>, values);
  for (const [name, field] of Object.entries(fields)) copy[name] = hostileField(field, values[name]);
  return copy;
}

function hostileField(field: Field, value: unknown): unknown {
  if (field.kind === 'message') return hostileFields(field.fields, value as Record<string, unknown>);
  if (field.kind === 'stringMap') return new Map([['__proto__', 'polluted']]);
  if (field.kind !== 'map') return value;
  const entries = Object.assign(Object.create(null) as Record<string, unknown>, value);
  for (const name of ['__proto__', 'constructor', 'toString', '']) entries[name] = 'polluted';
  return entries;
}

function ownNames(): readonly string[] {
  return Object.getOwnPropertyNames(Object.prototype).sort();
}

function ignore(): void {
  // The outcome does not matter to the rule.
}
