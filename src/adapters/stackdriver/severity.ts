const names: ReadonlySet<string> = new Set([
  'DEFAULT',
  'DEBUG',
  'INFO',
  'NOTICE',
  'WARNING',
  'ERROR',
  'CRITICAL',
  'ALERT',
  'EMERGENCY',
]);
const longestName = 9;

/** The severity of a name in any case; DEFAULT for all others. */
export function severityOf(text: string): string {
  const name = text.slice(0, longestName + 1).toUpperCase();
  return names.has(name) ? name : 'DEFAULT';
}
