import type { Adapter, Handler } from '../../sdk/index.js';
import { methodNameOf } from '../dispatch/method-name.js';
import type { HandlerEnv, Host } from '../host/host.js';
import type { HandlerUse } from '../snapshot/handler-uses.js';
import type { HandlerEntry } from './entry.js';
import { closeContained, disposeContained } from './managed-handler.js';
import { withDeadline } from './with-deadline.js';

/** How long a build may take. The configuration waits for it, so it is short. */
export const BUILD_TIMEOUT_MS = 5_000;

/** A handler with its environment. */
export interface BuiltHandler {
  readonly entry: HandlerEntry;
  readonly lent: HandlerEnv;
}

/**
 * Builds a handler in an environment of its own, within a bound. Rejects with a plain Error when the build throws,
 * takes too long or gives something that lacks a method of a declared template; nothing stays behind then.
 */
export async function buildHandler(
  { config: { name, adapter, config }, types, resources }: HandlerUse,
  { host, timeoutMs }: { readonly host: Host; readonly timeoutMs: number },
): Promise<BuiltHandler> {
  const lent = host.createEnv(name, adapter.name);
  const entryOf = (handler: Handler): HandlerEntry => ({ name, adapter, handler });
  try {
    const handler = await withDeadline(adapter.build({ name, config, types, resources, env: lent.env }), {
      timers: host.timers,
      millis: timeoutMs,
      what: 'build',
      onLate: (late) => {
        if (isObject(late)) void closeContained(entryOf(late), host);
      },
    });
    const missing = findMissing(adapter, handler);
    if (missing === undefined) return { entry: entryOf(handler), lent };
    if (isObject(handler)) await closeContained(entryOf(handler), host);
    throw new Error(missing);
  } catch (error) {
    disposeContained(lent, { log: host.log, handler: name });
    throw error;
  }
}

function findMissing(adapter: Adapter, handler: unknown): string | undefined {
  if (!isObject(handler)) return 'build gave no handler';
  const methods = handler as unknown as Readonly<Record<string, unknown>>;
  const missing = adapter.templates.map(methodNameOf).filter((method) => typeof methods[method] !== 'function');
  if (missing.length > 0) return `the handler lacks ${missing.join(', ')}`;
  const { close } = methods;
  return close === undefined || typeof close === 'function' ? undefined : 'the handler has a close that is no method';
}

function isObject(value: unknown): value is Handler {
  return typeof value === 'object' && value !== null;
}
