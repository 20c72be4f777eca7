import {
  Bag,
  EvalError,
  type References,
  type Value,
  type ValueType,
  valueTypes,
  Vocabulary,
} from '../../attributes/index.js';
import {
  checkExpression,
  type CompileError,
  compileExpression,
  type Engine,
  isCompileError,
  parseExpression,
  printExpression,
} from '../../expr/index.js';
import { type ExactJson, type ExactJsonObject, parseExactJson } from './exact-json.js';
import { readValue, writeValue } from './value-notation.js';

/** How a line is answered: evaluated by one of the engines, or only parsed. */
export type EvalMode = { readonly kind: 'evaluate'; readonly engine: Engine | undefined } | { readonly kind: 'parse' };

const knownTypes: ReadonlySet<string> = new Set(valueTypes.slice(1));

/**
 * Answers one NDJSON line with another, never throwing: `{"type","value","referenced"}`, or
 * `{"error":{"phase","kind",...},"referenced"}`, or in parse mode `{"canonical"}`. What is not a request is answered
 * with an error of phase `input`.
 */
export function evalLine(line: string, mode: EvalMode): string {
  try {
    const request = asObject(parseExactJson(line), 'the line');
    const source = request.get('expr');
    if (typeof source !== 'string') throw new TypeError('"expr" must be text');
    return mode.kind === 'parse' ? parseOnly(source) : evaluate(source, request, mode.engine);
  } catch (error) {
    return errorLine({
      phase: 'input',
      kind: 'MALFORMED_LINE',
      message: error instanceof Error ? error.message : String(error),
    });
  }
}

function parseOnly(source: string): string {
  const node = parseExpression(source);
  if (isCompileError(node)) return JSON.stringify({ error: compileErrorFields(node) });
  return JSON.stringify({ canonical: printExpression(node) });
}

function evaluate(source: string, request: ExactJsonObject, engine: Engine | undefined): string {
  const vocabulary = readManifest(request.get('manifest') ?? new Map());
  const attributes = readAttributes(request.get('attributes') ?? new Map());
  const checked = checkExpression(source, vocabulary);
  if (isCompileError(checked)) return errorLine(compileErrorFields(checked));
  const run = compileExpression(checked, engine);
  const bag = Bag.fromValues(vocabulary, attributes);
  const value = run(bag);
  const referenced = formatReferenced(bag.captureReferences());
  if (value instanceof EvalError) return errorLine(evalErrorFields(value), referenced);
  return `{"type":"${checked.type}","value":${writeValue(value)},"referenced":${JSON.stringify(referenced)}}`;
}

function readManifest(json: ExactJson): Vocabulary {
  const vocabulary = new Vocabulary();
  for (const [name, type] of asObject(json, '"manifest"')) {
    if (typeof type !== 'string' || !knownTypes.has(type)) {
      throw new TypeError(`the manifest gives '${name}' no value type`);
    }
    vocabulary.define(name, type as ValueType);
  }
  return vocabulary;
}

function readAttributes(json: ExactJson): [string, Value][] {
  return [...asObject(json, '"attributes"')].map(([name, value]) => {
    try {
      return [name, readValue(value)];
    } catch (error) {
      throw new TypeError(`attribute '${name}': ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  });
}

function asObject(json: ExactJson, what: string): ExactJsonObject {
  if (!(json instanceof Map)) throw new TypeError(`${what} must be an object`);
  return json as ExactJsonObject;
}

function compileErrorFields(error: CompileError): Record<string, unknown> {
  const place = error.kind === 'PARSE_ERROR' ? { line: error.line, column: error.column } : {};
  return { phase: 'compile', kind: error.kind, ...error.detail, ...place };
}

function evalErrorFields(error: EvalError): Record<string, unknown> {
  const operand = error.kind === 'LOOKUP_FAILED' ? 'attribute' : 'value';
  return { phase: 'eval', kind: error.kind, [operand]: error.subject };
}

function errorLine(error: Record<string, unknown>, referenced: readonly string[] = []): string {
  return JSON.stringify({ error, referenced });
}

/** `a` read and present, `-a` read and absent, `m[k]` and `-m[k]` for map keys; sorted bytewise. */
function formatReferenced(references: References): string[] {
  return references
    .list()
    .map(({ name, key, condition }) => {
      const sign = condition === 'ABSENCE' ? '-' : '';
      return key === undefined ? `${sign}${name}` : `${sign}${name}[${key}]`;
    })
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}
