import type { StringMatch } from '../kinds/fields.js';
import type { HttpMatch, HttpRoute } from '../kinds/http-route.js';

/** Whether every request that one match takes is taken by another: undefined is a rule without a match. */
export function covers(earlier: HttpMatch | undefined, later: HttpMatch | undefined): boolean {
  if (earlier === undefined) return true;
  return (
    coversSite(earlier, later) &&
    coversPath(earlier, later) &&
    (['scheme', 'method', 'authority'] as const).every((field) => coversText(earlier[field], later?.[field])) &&
    coversTexts(earlier.headers, later?.headers) &&
    coversTexts(earlier.queryParams, later?.queryParams)
  );
}

/** The matches of a rule with their paths; one without matches takes all. */
export function matchesOf(
  rule: HttpRoute,
  path: string,
): readonly { readonly at: string; readonly match: HttpMatch | undefined }[] {
  if (rule.match.length === 0) return [{ at: path, match: undefined }];
  return rule.match.map((match, index) => ({ at: `${path}.match[${index}]`, match }));
}

/** Where matches name gateways their labels do not count. */
function coversSite(earlier: HttpMatch, later: HttpMatch | undefined): boolean {
  if (earlier.port !== undefined && earlier.port !== later?.port) return false;
  if (earlier.gateways.length > 0) {
    return (
      later !== undefined && later.gateways.length > 0 && later.gateways.every((one) => earlier.gateways.includes(one))
    );
  }
  if (earlier.sourceLabels.size === 0) return true;
  if (later === undefined || later.gateways.length > 0) return false;
  return [...earlier.sourceLabels].every(([name, value]) => later.sourceLabels.get(name) === value);
}

function coversPath(earlier: HttpMatch, later: HttpMatch | undefined): boolean {
  const { uri, ignoreUriCase } = earlier;
  if (uri?.regex === '.*' || (uri?.prefix !== undefined && /^\/?$/.test(uri.prefix))) return true;
  // Where letters count for one of the two only they cannot be compared.
  return uri === undefined || (ignoreUriCase === later?.ignoreUriCase && coversText(uri, later.uri));
}

function coversText(earlier: StringMatch | undefined, later: StringMatch | undefined): boolean {
  if (earlier === undefined) return true;
  if (later === undefined) return false;
  const { exact, prefix, regex } = earlier;
  if (exact !== undefined) return later.exact === exact;
  if (prefix !== undefined) return (later.exact ?? later.prefix)?.startsWith(prefix) === true;
  // A match that says nothing wants only that there is something.
  return regex === undefined || later.regex === regex;
}

function coversTexts(
  earlier: ReadonlyMap<string, StringMatch>,
  later: ReadonlyMap<string, StringMatch> | undefined,
): boolean {
  return [...earlier].every(([name, match]) => {
    const other = later?.get(name);
    return other !== undefined && coversText(match, other);
  });
}
