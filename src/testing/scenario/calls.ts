import { parse } from 'yaml';
import { Duration } from '../../sdk/index.js';

/** A quota that a check asks for. */
interface QuotaCall {
  readonly name: string;
  readonly amount: bigint;
  readonly bestEffort: boolean;
}

/** Attributes as a scenario writes them: by name, values still as YAML has them. */
export type AttributeTexts = ReadonlyMap<string, unknown>;

/** One step of a scenario. */
export type Call =
  | {
      readonly kind: 'check';
      readonly attributes: AttributeTexts;
      readonly quotas: readonly QuotaCall[];
      readonly deduplicationId: string | undefined;
    }
  | { readonly kind: 'report'; readonly sets: readonly AttributeTexts[] }
  | { readonly kind: 'advance'; readonly millis: number };

type Fields = ReadonlyMap<unknown, unknown>;

/**
 * Reads `calls.yaml`: a list of `check: {attributes}` (with `quotas: {name: amount}` and `deduplicationId` beside it),
 * `report: [{attributes}, ...]` and `advance: <duration>`. Throws at the first mistake: it is the test's own.
 */
export function parseCalls(text: string): readonly Call[] {
  const steps: unknown = parse(text, { mapAsMap: true, intAsBigInt: true, merge: true });
  if (!Array.isArray(steps)) throw new Error('calls must be a list');
  return steps.map((step: unknown, index) => {
    try {
      return parseCall(asMap(step, 'a call'));
    } catch (cause) {
      throw new Error(`call ${index + 1}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  });
}

function parseCall(step: Fields): Call {
  if (step.has('check')) {
    requireKeys(step, ['check', 'quotas', 'deduplicationId']);
    const quotas = Array.from(asMap(step.get('quotas') ?? new Map(), 'quotas')).map(parseQuota);
    const id = step.get('deduplicationId');
    return {
      kind: 'check',
      attributes: parseAttributes(step.get('check')),
      quotas,
      deduplicationId: typeof id === 'string' ? id : undefined,
    };
  }
  if (step.has('report')) {
    requireKeys(step, ['report']);
    const sets = step.get('report');
    if (!Array.isArray(sets)) throw new Error('a report must be a list of attribute sets');
    return { kind: 'report', sets: sets.map(parseAttributes) };
  }
  requireKeys(step, ['advance']);
  const duration = Duration.parse(String(step.get('advance')));
  if (duration === undefined) throw new Error('advance must be a duration like 1.5s');
  return { kind: 'advance', millis: duration.toMillis() };
}

/** `name: 5`, or `name: {amount: 5, bestEffort: true}`. */
function parseQuota([name, value]: [unknown, unknown]): QuotaCall {
  const fields: Fields = value instanceof Map ? value : new Map([['amount', value]]);
  requireKeys(fields, ['amount', 'bestEffort']);
  const amount = fields.get('amount');
  if (typeof amount !== 'bigint') throw new Error(`the amount of quota "${String(name)}" must be a whole number`);
  return { name: String(name), amount, bestEffort: fields.get('bestEffort') === true };
}

function parseAttributes(value: unknown): AttributeTexts {
  const attributes = new Map<string, unknown>();
  for (const [name, text] of asMap(value ?? new Map(), 'attributes')) attributes.set(String(name), text);
  return attributes;
}

function asMap(value: unknown, what: string): Fields {
  if (!(value instanceof Map)) throw new Error(`${what} must be a map`);
  return value;
}

function requireKeys(fields: Fields, known: readonly string[]): void {
  for (const key of fields.keys()) {
    if (!known.includes(String(key))) throw new Error(`"${String(key)}" is not known here`);
  }
}
