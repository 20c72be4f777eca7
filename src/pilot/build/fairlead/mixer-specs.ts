import type { StringMatch as StringMatchMessage } from '../../../gen/fairlead/proxy/v1/match.js';
import type { ApiSpec, QuotaRule } from '../../../gen/fairlead/proxy/v1/mixer.js';
import type { Attributes, Attributes_AttributeValue as Value } from '../../../gen/istio/mixer/v1/attributes.js';
import { Timestamp } from '../../../util/timestamp.js';
import type { StringMatch } from '../../kinds/fields.js';
import type { AttributeValue, HttpApiSpec } from '../../kinds/http-api-spec.js';
import type { QuotaSpec } from '../../kinds/quota-spec.js';
import { durationOf } from './duration.js';
import { sortedEntries } from './order.js';

/** What requests are charged to. */
export function buildQuotaRules({ rules }: QuotaSpec): QuotaRule[] {
  return rules.map(({ match, quotas }) => ({
    matches: match.map(({ clause }) => ({
      clauses: Object.fromEntries(sortedEntries(clause).map(([name, one]) => [name, buildMatch(one)])),
    })),
    charges: quotas.map(({ quota, charge }) => ({ quota, charge })),
  }));
}

/** Attributes for the operations of an HTTP API. */
export function buildApiSpec({ attributes, patterns, apiKeys }: HttpApiSpec): ApiSpec {
  return {
    attributes: buildAttributes(attributes),
    patterns: patterns.map(({ attributes: own, httpMethod, uriTemplate, regex }) => ({
      attributes: buildAttributes(own),
      httpMethod,
      ...(regex === undefined ? { uriTemplate } : { regex }),
    })),
    apiKeys: apiKeys.map(({ query, header, cookie }) =>
      query !== undefined ? { query } : header !== undefined ? { header } : { cookie },
    ),
  };
}

/** A condition on a text; none where only its presence counts. */
export function buildMatch({ exact, prefix, regex }: StringMatch): StringMatchMessage {
  if (exact !== undefined) return { exact };
  if (prefix !== undefined) return { prefix };
  return regex === undefined ? {} : { regex };
}

function buildAttributes(given: HttpApiSpec['attributes']): Attributes | undefined {
  if (given === undefined) return undefined;
  const entries = sortedEntries(given.attributes).map(([name, value]) => [name, buildValue(value)] as const);
  return { attributes: Object.fromEntries(entries) };
}

function buildValue(value: AttributeValue): Value {
  const { bytesValue, timestampValue, durationValue, stringMapValue, ...plain } = value;
  if (bytesValue !== undefined) return { bytesValue: Buffer.from(bytesValue, 'base64') };
  if (timestampValue !== undefined) return { timestampValue: timestampOf(timestampValue) };
  if (durationValue !== undefined) return { durationValue: durationOf(durationValue) };
  if (stringMapValue === undefined) return plain;
  return { stringMapValue: { entries: Object.fromEntries(sortedEntries(stringMapValue.entries)) } };
}

function timestampOf(text: string): Value['timestampValue'] {
  const time = Timestamp.parse(text);
  return time && { seconds: BigInt(time.seconds), nanos: time.nanos };
}
