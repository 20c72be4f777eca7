import type { ExpositionFormat } from '../sdk/index.js';

/** Content types by format. */
export const expositionTypes: Readonly<Record<ExpositionFormat, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/**
 * What a scraper wants by its Accept header: OpenMetrics when it names version 1.0.0 of it (or none) and likes nothing
 * else better.
 */
export function preferredFormat(accept = ''): ExpositionFormat {
  const ranges = accept.toLowerCase().split(',').map(parseRange);
  const best = (...types: readonly string[]): number =>
    Math.max(0, ...ranges.filter(({ type }) => types.includes(type)).map(({ weight }) => weight));
  const weight = best('application/openmetrics-text', 'application/openmetrics-text;version=1.0.0');
  return weight > 0 && weight >= best('text/plain', 'text/plain;version=0.0.4', 'text/*', '*/*')
    ? 'openmetrics'
    : 'text';
}

/** One element of the header: its type with the version, if there is one, and how much it is liked. */
function parseRange(text: string): { readonly type: string; readonly weight: number } {
  const [type = '', ...params] = text.split(';').map((part) => part.trim());
  const version = params.find((param) => param.startsWith('version='));
  const weight = params.find((param) => param.startsWith('q='))?.slice(2) ?? '1';
  return { type: version === undefined ? type : `${type};${version}`, weight: Number(weight) || 0 };
}
