/** True for a name that begins with a star. */
export function isWildcard(host: string): boolean {
  return host.startsWith('*');
}

/** True when two hosts can mean the same server: either may be a wildcard (mesh.md 2.0). */
export function matchesHost(a: string, b: string): boolean {
  return isSubsetOf(a, b) || isSubsetOf(b, a);
}

/** True when every server that a host means is meant by the other one too. */
export function isSubsetOf(host: string, other: string): boolean {
  if (!isWildcard(other)) return host === other;
  if (!isWildcard(host)) return host.endsWith(other.slice(1));
  return host.length >= other.length && host.slice(1).endsWith(other.slice(1));
}

/** Orders hosts so that the more specific stands first: names before wildcards, longer ones first, then by letters. */
export function compareHosts(a: string, b: string): number {
  if (isWildcard(a) !== isWildcard(b)) return isWildcard(a) ? 1 : -1;
  return b.length - a.length || (a < b ? -1 : a > b ? 1 : 0);
}
