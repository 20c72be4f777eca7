const TABLE_SIZE = 4096;
const numbers = new Float64Array(TABLE_SIZE);
const bigints = new Array<bigint>(TABLE_SIZE).fill(0n);

/**
 * A safe integer as a bigint. Recent ones are kept: ports, codes and sizes repeat, and comparing two numbers costs less
 * than allocating a bigint.
 */
export function bigintOf(number: number): bigint {
  const place = number & (TABLE_SIZE - 1);
  if (numbers[place] === number) return bigints[place]!;
  const result = BigInt(number);
  numbers[place] = number;
  bigints[place] = result;
  return result;
}
