/**
 * What an inspector says of the first bytes of a connection: what they are, that they are nothing it takes, or how many
 * there must be before it is worth asking again.
 */
export type Verdict<T> =
  | { readonly kind: 'found'; readonly value: T }
  | { readonly kind: 'bad'; readonly reason: string }
  | { readonly kind: 'more'; readonly atLeast: number };

export function found<T>(value: T): Verdict<T> {
  return { kind: 'found', value };
}

export function bad(reason: string): Verdict<never> {
  return { kind: 'bad', reason };
}

export function more(atLeast: number): Verdict<never> {
  return { kind: 'more', atLeast };
}
