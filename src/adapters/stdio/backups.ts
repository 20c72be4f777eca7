import { access, readdir, unlink } from 'node:fs/promises';
import { dirname, join, parse } from 'node:path';

const dayMillis = 24 * 60 * 60 * 1000;
const stamp = /^(\d{4}-\d\d-\d\dT)(\d\d)-(\d\d)-(\d\d\.\d{3})$/;

/** Where a file goes when it is put aside: `name-2006-01-02T15-04-05.000.ext` in UTC, next to it (adapters.md 4.2). */
export async function backupPath(path: string, now: number): Promise<string> {
  const { dir, name, ext } = parse(path);
  for (let millis = Math.floor(now); ; millis++) {
    const text = new Date(millis).toISOString().slice(0, -1).replaceAll(':', '-');
    const candidate = join(dir, `${name}-${text}${ext}`);
    // Two within one millisecond must not overwrite each other.
    if (!(await exists(candidate))) return candidate;
  }
}

/** Deletes the backups of a file that are too old or too many. */
export async function pruneBackups(
  path: string,
  limits: { readonly maxDays: number; readonly maxBackups: number },
  now: number,
): Promise<void> {
  if (limits.maxDays === 0 && limits.maxBackups === 0) return;
  const folder = dirname(path);
  const backups = (await readdir(folder))
    .map((file) => ({ file, time: backupTime(path, file) }))
    .filter((backup) => backup.time !== undefined)
    .sort((a, b) => b.time! - a.time!);
  const oldest = limits.maxDays === 0 ? -Infinity : now - limits.maxDays * dayMillis;
  const count = limits.maxBackups === 0 ? Infinity : limits.maxBackups;
  for (const [index, { file, time }] of backups.entries()) {
    if (index >= count || time! < oldest) await unlink(join(folder, file));
  }
}

/** Milliseconds since the epoch at which a file was put aside; undefined when it is no backup of the path. */
function backupTime(path: string, file: string): number | undefined {
  const { name, ext } = parse(path);
  if (!file.startsWith(`${name}-`) || !file.endsWith(ext)) return undefined;
  const match = stamp.exec(file.slice(name.length + 1, file.length - ext.length));
  if (match === null) return undefined;
  const [, date = '', hour = '', minute = '', second = ''] = match;
  const time = Date.parse(`${date}${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? undefined : time;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
