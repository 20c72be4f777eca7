import type { XdsEnv } from './env.js';

/** What has changed since the last push. */
export type Change =
  | { readonly kind: 'full' }
  /** Nothing but where clusters run. */
  | {
      readonly kind: 'endpoints';
      readonly names: ReadonlySet<string>;
      /** Proxies for which it is more than that: their own workload has moved. */
      readonly whole?: ReadonlySet<string>;
    };

/** How long changes are gathered (mesh.md 3.4). */
export interface DebounceOptions {
  /** A push waits until nothing has changed for this long ... */
  readonly quietMillis: number;
  /** ... but not longer than this. */
  readonly maxMillis: number;
}

/** Gathers changes, so that many of them make one push. */
export interface Debouncer {
  add(change: Change): void;
  close(): void;
}

/** Makes a debouncer that hands over what has gathered. */
export function createDebouncer(
  env: Pick<XdsEnv, 'now' | 'after'>,
  { quietMillis, maxMillis }: DebounceOptions,
  push: (change: Change) => void,
): Debouncer {
  let gathered: Change | undefined;
  let since = 0;
  let cancel: (() => void) | undefined;
  const fire = (): void => {
    const change = gathered;
    gathered = cancel = undefined;
    if (change !== undefined) push(change);
  };
  return {
    add(change) {
      if (gathered === undefined) since = env.now();
      gathered = gathered === undefined ? change : mergeChanges(gathered, change);
      cancel?.();
      cancel = env.after(Math.max(0, Math.min(quietMillis, since + maxMillis - env.now())), fire);
    },
    close() {
      cancel?.();
      gathered = cancel = undefined;
    },
  };
}

/** One change in place of two. */
export function mergeChanges(a: Change, b: Change): Change {
  if (a.kind === 'full' || b.kind === 'full') return { kind: 'full' };
  const whole = new Set([...(a.whole ?? []), ...(b.whole ?? [])]);
  return { kind: 'endpoints', names: new Set([...a.names, ...b.names]), ...(whole.size > 0 && { whole }) };
}
