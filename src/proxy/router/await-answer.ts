import type { Readable } from 'node:stream';
import type { ProxyEnv } from '../env.js';

/**
 * Calls `onTimeout` when an answer takes too long. The time runs from the end of the request, as in Envoy: callers may
 * take theirs to send it, and streams of gRPC go on as long as they like. Only an upstream that takes nothing of it for so
 * long is given up before. The answer stops it.
 */
export function awaitAnswer(
  millis: number,
  body: Readable | undefined,
  { env, received, onTimeout }: { env: ProxyEnv; received: () => number; onTimeout: () => void },
): () => void {
  if (body === undefined || body.readableEnded) return env.after(millis, onTimeout);
  let cancel: () => void;
  const stop = (): void => {
    body.off('end', onEnd);
    cancel();
  };
  const watch = (): void => {
    const before = received();
    cancel = env.after(millis, () => {
      const isStuck = body.isPaused() && received() === before;
      if (!isStuck) {
        watch();
        return;
      }
      stop();
      onTimeout();
    });
  };
  const onEnd = (): void => {
    cancel();
    cancel = env.after(millis, onTimeout);
  };
  watch();
  body.once('end', onEnd);
  return stop;
}
