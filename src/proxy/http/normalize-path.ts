/**
 * Writes a path so that everyone who looks at it sees the same: unreserved characters are not encoded, and there is no
 * `.` or `..` in it, as with Envoy's `normalize_path`. Undefined for one that leaves the root or is none.
 */
export function normalizePath(path: string): string | undefined {
  if (!path.startsWith('/')) return path === '*' ? path : undefined;
  if (path.includes('#')) return undefined;
  const mark = path.indexOf('?');
  const plain = mark === -1 ? path : path.slice(0, mark);
  if (!suspicious.test(plain)) return path;
  const decoded = plain.replaceAll(encodedUnreserved, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  const resolved = resolveDots(decoded.replaceAll('\\', '/').split('/').slice(1));
  return resolved && resolved + (mark === -1 ? '' : path.slice(mark));
}

function resolveDots(parts: readonly string[]): string | undefined {
  const segments: string[] = [];
  let endsOpen = false;
  for (const part of parts) {
    endsOpen = part === '.' || part === '..';
    if (part === '..' && segments.pop() === undefined) return undefined;
    if (!endsOpen) segments.push(part);
  }
  if (endsOpen) segments.push('');
  return `/${segments.join('/')}`;
}

const suspicious = /\\|\/\.|%/;
// Letters, digits, `-`, `.`, `_` and `~`.
const encodedUnreserved = /%(2[de]|3[0-9]|4[1-9a-f]|5[0-9a]|5f|6[1-9a-f]|7[0-9a]|7e)/gi;
