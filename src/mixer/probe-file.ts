import { rm, writeFile } from 'node:fs/promises';

import type { Log } from '../sdk/index.js';

/** A file that tells an outside prober that all is well (mixer-core.md 6.12). */
export interface ProbeFileOptions {
  readonly path: string;
  /** How old the file may be; it is touched twice as often. */
  readonly intervalMillis: number;
  readonly healthy: () => boolean;
  readonly log: Log;
}

/** Keeps the file fresh while healthy and removes it otherwise. Gives what stops that, which removes it too. */
export function keepProbeFile(options: ProbeFileOptions): () => Promise<void> {
  const { path, intervalMillis, healthy, log } = options;
  const update = async (): Promise<void> => {
    try {
      if (healthy()) await writeFile(path, '');
      else await rm(path, { force: true });
    } catch (error) {
      log.error('probe file cannot be updated', { path, error: String(error) });
    }
  };
  void update();
  const timer = setInterval(() => void update(), Math.max(1, intervalMillis / 2));
  timer.unref();
  return async () => {
    clearInterval(timer);
    await rm(path, { force: true }).catch(() => undefined);
  };
}
