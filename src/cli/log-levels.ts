import { MixerError } from '../util/errors.js';

/** pino's names of the levels; Mixer's `none` is `silent`. */
export type Level = 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

const levels: ReadonlyMap<string, Level> = new Map<string, Level>([
  ...(['debug', 'info', 'warn', 'error', 'fatal'] as const).map((level) => [level, level] as const),
  ['none', 'silent'],
]);

/**
 * Reads `--log_output_level`: `[scope:]level` separated by commas, a bare level meaning the scope `default`. Scope
 * `all` overrides the others (mixer-core.md 6.13). Gives the level of any scope.
 *
 * @throws MixerError USAGE
 */
export function parseLogLevels(text: string): (scope: string) => Level {
  const byScope = new Map<string, Level>();
  for (const part of text.split(',').filter((one) => one !== '')) {
    const [scope, name] = part.includes(':') ? (part.split(':', 2) as [string, string]) : ['default', part];
    const level = levels.get(name);
    if (level === undefined) {
      throw new MixerError(
        'USAGE',
        `log level '${part}' is not [scope:]level with one of ${[...levels.keys()].join(', ')}`,
      );
    }
    byScope.set(scope, level);
  }
  return (scope) => byScope.get('all') ?? byScope.get(scope) ?? byScope.get('default') ?? 'info';
}
