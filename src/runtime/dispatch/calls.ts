import { MixerError } from '../../util/errors.js';
import type { InstanceBuilder, Step } from '../routing/table.js';
import type { Outcome, SafeCall } from './safe-call.js';

/** A call that has ended. */
export interface Ended<T extends object | true> {
  readonly step: Step;
  readonly builder: InstanceBuilder;
  readonly answer: Outcome<T>;
}

/** The calls of one operation in the order of its steps, whose answers may come in any order. */
export class Calls<T extends object | true> {
  readonly #list: (Omit<Ended<T>, 'answer'> & { readonly answer: Outcome<T> | Promise<Outcome<T>> })[] = [];
  #pending = false;

  get length(): number {
    return this.#list.length;
  }

  add(step: Step, builder: InstanceBuilder, answer: Outcome<T> | Promise<Outcome<T>>): void {
    this.#list.push({ step, builder, answer });
    if (answer instanceof Promise) this.#pending = true;
  }

  /** Runs `then` when all have ended: at once if they have. */
  settle<R>(then: (calls: readonly Ended<T>[]) => R): R | Promise<R> {
    const list = this.#list;
    // Safe: without a pending answer, none of them is a promise.
    if (!this.#pending) return then(list as Ended<T>[]);
    return allOf(list.map(({ answer }) => answer)).then((answers) =>
      then(answers.map((answer, at) => ({ step: list[at]!.step, builder: list[at]!.builder, answer }))),
    );
  }
}

/** What the tables of a dispatcher call by: one entry per destination, at the destination's index. */
export type Targets = readonly SafeCall[];

/** Waits for those of the values that are not there yet; none may reject. */
export function allOf<T>(values: readonly (T | Promise<T>)[]): Promise<T[]> {
  return Promise.all(values.map((value): Promise<T> => (value instanceof Promise ? value : Promise.resolve<T>(value))));
}

/** Adds the messages of those that failed, in order. */
export function addFailures(messages: string[], answers: Iterable<unknown>): void {
  for (const answer of answers) if (answer instanceof MixerError) messages.push(answer.rawMessage);
}
