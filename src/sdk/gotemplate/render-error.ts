/** A template could not be applied to its data: a comparison of unlike types, a method that is none, too much output. */
export class RenderError extends Error {
  override readonly name = 'RenderError';

  constructor(
    message: string,
    /** What was produced before it failed. */
    readonly output: string,
    /** Where in the template's text the action that failed begins, counted from 0. */
    readonly offset: number,
  ) {
    super(message);
  }
}

/** Why an action failed, on its way to the place that knows the output and the offset. Never leaves this folder. */
export class Failure extends Error {}

/** Ends rendering. */
export function fail(message: string): never {
  throw new Failure(message);
}
