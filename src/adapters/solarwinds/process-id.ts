import { readlinkSync } from 'node:fs';

/**
 * The id of this process, as lines of syslog have it; undefined where the kernel does not tell. Asked for in this way
 * because the process itself is none of an adapter's business.
 */
export function findProcessId(link = '/proc/self'): string | undefined {
  try {
    const text = readlinkSync(link);
    return /^\d+$/.test(text) ? text : undefined;
  } catch {
    // There is no /proc outside Linux; the id is optional in syslog.
    return undefined;
  }
}
