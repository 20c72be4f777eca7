/** One segment of a path that a template asks for. */
type Segment =
  { readonly kind: 'literal'; readonly text: string } | { readonly kind: 'one' } | { readonly kind: 'rest' };

/** A template of `google.api.http`, taken apart. */
export interface UriTemplate {
  readonly segments: readonly Segment[];
  /** What must follow after a colon; empty when nothing. */
  readonly verb: string;
}

/**
 * Reads `/a/{name}/b`, `/a/*`, `/a/**`, `/{name=shelves/*}`, `/a:verb`. Undefined when the text is no template: `**` must
 * be the last segment.
 */
export function parseUriTemplate(text: string): UriTemplate | undefined {
  if (!text.startsWith('/')) return undefined;
  const flat = text.slice(1).replaceAll(/\{[^{}=]+(?:=([^{}]*))?\}/g, (_, inner: string | undefined) => inner ?? '*');
  if (/[{}]/.test(flat)) return undefined;
  const colon = flat.lastIndexOf(':');
  const hasVerb = colon > flat.lastIndexOf('/');
  const path = hasVerb ? flat.slice(0, colon) : flat;
  const segments = (path === '' ? [] : path.split('/')).map(toSegment);
  const rest = segments.findIndex(({ kind }) => kind === 'rest');
  if (rest >= 0 && rest < segments.length - 1) return undefined;
  return { segments, verb: hasVerb ? flat.slice(colon + 1) : '' };
}

/** True when a path, without its query, fits. */
export function matchesTemplate({ segments, verb }: UriTemplate, path: string): boolean {
  if (!path.startsWith('/')) return false;
  let rest = path.slice(1);
  if (verb !== '') {
    if (!rest.endsWith(`:${verb}`)) return false;
    rest = rest.slice(0, -verb.length - 1);
  }
  const parts = rest === '' ? [] : rest.split('/');
  const isOpen = segments.at(-1)?.kind === 'rest';
  if (isOpen ? parts.length < segments.length - 1 : parts.length !== segments.length) return false;
  return segments.every((segment, at) => fits(segment, parts[at]));
}

/** Less than zero when `a` is the better match: at the first difference a literal beats a variable, that the rest. */
export function compareTemplates(a: UriTemplate, b: UriTemplate): number {
  if ((a.verb === '') !== (b.verb === '')) return a.verb === '' ? 1 : -1;
  const length = Math.max(a.segments.length, b.segments.length);
  for (let at = 0; at < length; at++) {
    const difference = rank(a.segments[at]) - rank(b.segments[at]);
    if (difference !== 0) return difference;
  }
  return 0;
}

function toSegment(text: string): Segment {
  if (text === '*') return { kind: 'one' };
  return text === '**' ? { kind: 'rest' } : { kind: 'literal', text };
}

function fits(segment: Segment, part: string | undefined): boolean {
  if (segment.kind === 'rest') return true;
  return segment.kind === 'literal' ? part === segment.text : part !== undefined && part !== '';
}

function rank(segment: Segment | undefined): number {
  if (segment === undefined) return 0;
  return segment.kind === 'literal' ? 0 : segment.kind === 'one' ? 1 : 2;
}
