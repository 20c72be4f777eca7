import { watch } from 'chokidar';
import type { Timers, Watch } from './store.js';

/** Watches with the operating system's own notices, through chokidar. */
export const watchPaths: Watch = (paths, events) => {
  const options = { ignoreInitial: true, ignorePermissionErrors: true, depth: 0, followSymlinks: false };
  const watcher = watch([...paths], options);
  const changed = (): void => events.changed();
  // `raw` tells of what chokidar keeps to itself, such as the swapped links of a ConfigMap; `ready` closes the gap
  // between the last reading and the first notice.
  watcher.on('all', changed).on('raw', changed).on('ready', changed);
  watcher.on('error', (cause) => events.failed(cause));
  return { close: () => watcher.close() };
};

/** The timers of the system. */
export const systemTimers: Timers = {
  after(millis, work) {
    const timer = setTimeout(work, millis);
    return () => clearTimeout(timer);
  },
};
