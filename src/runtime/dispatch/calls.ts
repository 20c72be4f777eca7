import { MixerError } from '../../util/errors.js';
import type { InstanceBuilder, Step } from '../routing/table.js';
import type { Outcome, SafeCall } from './safe-call.js';

/** The calls of one operation in the order of its steps, whose answers may come in any order. */
export class Calls<T extends object | true> {
  readonly steps: Step[] = [];
  readonly builders: InstanceBuilder[] = [];
  readonly #answers: (Outcome<T> | Promise<Outcome<T>>)[] = [];
  #pending = false;

  get length(): number {
    return this.#answers.length;
  }

  add(step: Step, builder: InstanceBuilder, answer: Outcome<T> | Promise<Outcome<T>>): void {
    this.steps.push(step);
    this.builders.push(builder);
    this.#answers.push(answer);
    if (answer instanceof Promise) this.#pending = true;
  }

  /** Runs `then` when all have ended: at once if they have. */
  settle<R>(then: (answers: readonly Outcome<T>[]) => R): R | Promise<R> {
    // Safe: without a pending answer, none of them is a promise.
    if (!this.#pending) return then(this.#answers as Outcome<T>[]);
    return allOf(this.#answers).then(then);
  }
}

/** What the tables of a dispatcher call by: one entry per destination, at the destination's index. */
export type Targets = readonly SafeCall[];

/** Waits for those of the values that are not there yet; none may reject. */
export function allOf<T>(values: readonly (T | Promise<T>)[]): Promise<T[]> {
  return Promise.all(values.map((value): Promise<T> => (value instanceof Promise ? value : Promise.resolve<T>(value))));
}

/** The messages of those that failed, in order. */
export function failuresOf(answers: readonly unknown[]): string[] {
  const messages: string[] = [];
  for (const answer of answers) if (answer instanceof MixerError) messages.push(answer.rawMessage);
  return messages;
}
