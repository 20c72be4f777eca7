import { EvalError, type Value } from '../../attributes/index.js';
import { MixerError } from '../../util/errors.js';
import type { Destination, NamespaceRoutes, OutputBindings } from '../routing/table.js';
import type { Output } from './answers.js';
import { addFailures, Calls, type Ended } from './calls.js';
import type { Engine } from './engine.js';
import { joinedError } from './failures.js';
import type { RequestBag } from './request-bag.js';
import type { Outcome } from './safe-call.js';

/** Slots that now hold generated attributes, for whoever has to take them away again. */
export type GeneratedSlots = readonly number[];

/** How many calls of a generator have missed their deadline within one Report, by the index of its destination. */
export type Misses = Map<number, number>;

// One may be chance. The sets of a Report wait one after the other, and there may be tens of thousands of them.
const mostMisses = 3;

/**
 * Runs the attribute generators, all at once, and when all have ended lays what they bind over the bag, in the order of
 * the steps. Bindings read the request and the outputs of their own generator, never what another one generated.
 * Neither the request's own attributes nor those of an earlier step are replaced (mixer-core.md 2.4, Merge).
 *
 * Throws or rejects with MixerError PREPROCESS_FAILED when anything failed; then the bag is as it was. With `misses` a
 * generator that hangs fails at once from its fourth call on.
 */
export function preprocess(
  engine: Engine,
  bag: RequestBag,
  routes: NamespaceRoutes,
  misses?: Misses,
): GeneratedSlots | Promise<GeneratedSlots> {
  const { evaluation, targets } = engine;
  const calls = new Calls<object>();
  const failures: string[] = [];
  let matched = 0;
  for (const step of routes.steps.ATTRIBUTE_GENERATOR) {
    if (!evaluation.matches(step, bag)) continue;
    matched++;
    const { destination } = step;
    const target = targets[destination.index]!;
    const isGivenUp = (misses?.get(destination.index) ?? 0) >= mostMisses;
    for (const builder of step.builders) {
      const instance = evaluation.build(builder, bag);
      if (typeof instance === 'string') failures.push(instance);
      else if (isGivenUp) calls.add(step, builder, givenUp(destination));
      else calls.add(step, builder, target.call(instance) as Outcome<object> | Promise<Outcome<object>>);
    }
  }
  engine.countSizes(matched, calls.length);
  return calls.settle((ended) => {
    if (misses !== undefined) countMisses(ended, misses);
    return apply(bag, ended, failures);
  });
}

function countMisses(calls: readonly Ended<object>[], misses: Misses): void {
  for (const { step, answer } of calls) {
    if (!(answer instanceof MixerError) || answer.code !== 'ADAPTER_TIMEOUT') continue;
    const { index } = step.destination;
    misses.set(index, (misses.get(index) ?? 0) + 1);
  }
}

function givenUp({ handler }: Destination): MixerError {
  return new MixerError(
    'ADAPTER_FAILED',
    `${handler.name}: not asked again after ${mostMisses} calls without an answer`,
  );
}

function apply(bag: RequestBag, calls: readonly Ended<object>[], failures: string[]): GeneratedSlots {
  addFailures(
    failures,
    calls.map(({ answer }) => answer),
  );
  const generated: Generated[] = [];
  for (const { builder, answer } of calls) {
    if (answer instanceof MixerError || builder.bindings === undefined) continue;
    bind(bag, { bindings: builder.bindings, output: answer as Output, generated, failures, name: builder.name });
  }
  if (failures.length > 0) throw joinedError('PREPROCESS_FAILED', 'preprocessing attributes failed', failures);
  const slots: number[] = [];
  for (const { slot, value } of generated) {
    if (bag.has(slot)) continue;
    bag.overlay(slot, value);
    slots.push(slot);
  }
  return slots;
}

interface Generated {
  readonly slot: number;
  readonly value: Value;
}

interface Binding {
  readonly bindings: OutputBindings;
  readonly output: Output;
  readonly generated: Generated[];
  readonly failures: string[];
  readonly name: string;
}

/** Evaluates the bindings of one generator, whose outputs are in the bag only meanwhile. */
function bind(bag: RequestBag, { bindings, output, generated, failures, name }: Binding): void {
  for (const [field, slot] of bindings.outputs) bag.overlay(slot, asBound(output[field]));
  for (const { slot, attribute, evaluate } of bindings.bindings) {
    const value = evaluate(bag);
    if (value instanceof EvalError) failures.push(`instance '${name}' binding of '${attribute}': ${value.message}`);
    else generated.push({ slot, value });
  }
  for (const [, slot] of bindings.outputs) bag.overlay(slot, undefined);
}

/** An IPv4 address in IPv6 form shrinks to four bytes, as Mixer stores it (mixer-core.md 4.4). */
function asBound(value: Value | undefined): Value | undefined {
  if (!(value instanceof Uint8Array) || value.length !== 16) return value;
  for (let at = 0; at < 12; at++) if (value[at] !== (at < 10 ? 0 : 255)) return value;
  return value.subarray(12);
}
