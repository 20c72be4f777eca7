import { pieceSize, type Steps } from './steps.js';

type Numbers = Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;
type Compare = (a: number, b: number) => number;

const sortedAtOnce = 8192;

/** Sorts numbers, in the order that `compare` says or by size; the array that was given is used up. */
export function* sortInSteps<A extends Numbers>(numbers: A, compare?: Compare): Steps<A> {
  const { length } = numbers;
  for (let at = 0; at < length; at += sortedAtOnce) {
    numbers.subarray(at, at + sortedAtOnce).sort(compare);
    yield;
  }
  if (length <= sortedAtOnce) return numbers;
  let from = numbers;
  let to = numbers.slice() as A;
  for (let width = sortedAtOnce; width < length; width *= 2) {
    for (let start = 0; start < length; start += 2 * width) {
      yield* merge({ from, to, start, middle: Math.min(start + width, length) }, compare ?? ascending);
    }
    [from, to] = [to, from];
  }
  return from;
}

interface Runs {
  readonly from: Numbers;
  readonly to: Numbers;
  readonly start: number;
  /** Where the second run starts, which is no longer than the first. */
  readonly middle: number;
}

function* merge({ from, to, start, middle }: Runs, compare: Compare): Steps<void> {
  const end = Math.min(2 * middle - start, from.length);
  let [left, right] = [start, middle];
  for (let at = start; at < end; at += 1) {
    if (at % pieceSize === 0) yield;
    const takesLeft = right === end || (left < middle && compare(from[left]!, from[right]!) <= 0);
    to[at] = takesLeft ? from[left++]! : from[right++]!;
  }
}

function ascending(a: number, b: number): number {
  return a - b;
}
