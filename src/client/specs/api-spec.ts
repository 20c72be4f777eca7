import { RE2JS } from 're2js';

import type { StringMap, Value } from '../../attributes/index.js';
import type { AttributeSet } from '../transport.js';
import type { Named } from './service-ref.js';
import { compareTemplates, matchesTemplate, parseUriTemplate, type UriTemplate } from './uri-template.js';

/** What is said of requests of one method to paths of one form. */
export interface ApiPattern {
  readonly attributes?: AttributeSet;
  readonly httpMethod: string;
  /** One of the two is set. */
  readonly uriTemplate?: string;
  /** Must match the whole path. */
  readonly regex?: string;
}

/** Where an API key may be; one field is set. */
export interface ApiKeyPlace {
  readonly query?: string;
  readonly header?: string;
  readonly cookie?: string;
}

/** Names the operations of an HTTP API, for `api.*` attributes. */
export interface HttpApiSpec extends Named {
  readonly attributes?: AttributeSet;
  readonly patterns: readonly ApiPattern[];
  readonly apiKeys?: readonly ApiKeyPlace[];
}

/** Adds what specs say about a request to its attributes. */
export type ApiTagger = (attributes: Map<string, Value>) => void;

interface Compiled {
  readonly method: string;
  readonly attributes: AttributeSet;
}
type TemplatePattern = Compiled & { readonly template: UriTemplate };
type RegexPattern = Compiled & { readonly matches: (path: string) => boolean };

const nothing: AttributeSet = new Map();
const defaultKeys: readonly ApiKeyPlace[] = [{ query: 'key' }, { query: 'api_key' }, { header: 'x-api-key' }];

/**
 * Compiles the specs of one service into one (mesh.md 1.14). Templates that are none match nothing.
 *
 * @throws when a regular expression is none; specs come validated, so that is a caller's mistake.
 */
export function compileApiSpecs(specs: readonly HttpApiSpec[]): ApiTagger {
  if (specs.length === 0) return () => undefined;
  const patterns = specs.flatMap((spec) => spec.patterns);
  const always = new Map(specs.flatMap((spec) => [...(spec.attributes ?? [])]));
  const templates = patterns.flatMap(toTemplate).sort((a, b) => compareTemplates(a.template, b.template));
  const expressions = patterns.flatMap(toRegex);
  const own = specs.flatMap((spec) => spec.apiKeys ?? []);
  const keys = own.length > 0 ? own : defaultKeys;
  return (attributes) => {
    const method = attributes.get('request.method');
    const path = attributes.get('request.url_path');
    if (typeof method === 'string' && typeof path === 'string' && path !== '') {
      addAll(attributes, always);
      const best = templates.find((one) => one.method === method && matchesTemplate(one.template, path));
      if (best !== undefined) addAll(attributes, best.attributes);
      for (const one of expressions) if (one.method === method && one.matches(path)) addAll(attributes, one.attributes);
    }
    const key = findKey(keys, attributes);
    if (key !== undefined) attributes.set('request.api_key', key);
  };
}

function toTemplate({ httpMethod, uriTemplate, attributes = nothing }: ApiPattern): TemplatePattern[] {
  const template = uriTemplate === undefined ? undefined : parseUriTemplate(uriTemplate);
  return template === undefined ? [] : [{ method: httpMethod, attributes, template }];
}

function toRegex({ httpMethod, regex, attributes = nothing }: ApiPattern): RegexPattern[] {
  if (regex === undefined) return [];
  const compiled = RE2JS.compile(regex);
  return [{ method: httpMethod, attributes, matches: (path) => compiled.matches(path) }];
}

function findKey(places: readonly ApiKeyPlace[], attributes: AttributeSet): string | undefined {
  const query = attributes.get('request.query_params') as StringMap | undefined;
  const headers = attributes.get('request.headers') as StringMap | undefined;
  for (const place of places) {
    const found =
      (place.query !== undefined ? query?.get(place.query) : undefined) ??
      (place.header !== undefined ? headers?.get(place.header.toLowerCase()) : undefined) ??
      (place.cookie !== undefined ? cookieOf(headers?.get('cookie'), place.cookie) : undefined);
    if (found !== undefined) return found;
  }
  return undefined;
}

function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name)
      return part
        .slice(at + 1)
        .trim()
        .replace(/^"(.*)"$/, '$1');
  }
  return undefined;
}

function addAll(into: Map<string, Value>, from: AttributeSet): void {
  for (const [name, value] of from) into.set(name, value);
}
