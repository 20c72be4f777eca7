import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { Bag, EvalError, type ValueType, Vocabulary } from '../../src/attributes/index.js';
import {
  checkExpression,
  type CheckedExpression,
  CompileError,
  compileExpression,
  parseExpression,
  printExpression,
} from '../../src/expr/index.js';
import { describeReferences, describeValue, fromNotation, type Noted } from './notation.js';

interface Row {
  readonly expr: string;
  readonly canonical?: string;
  readonly type?: ValueType;
  readonly attributes?: Readonly<Record<string, Noted>>;
  readonly result?: Noted;
  readonly evalError?: { readonly kind: string; readonly attribute?: string; readonly value?: string };
  readonly compileError?: Readonly<Record<string, string | number>>;
  readonly referenced?: readonly string[];
}

interface CorpusFile {
  readonly manifest?: Readonly<Record<string, ValueType>>;
  readonly cases: readonly Row[];
}

const folder = join(import.meta.dirname, '../corpus/expr');

for (const file of readdirSync(folder)) {
  const { manifest, cases } = parse(readFileSync(join(folder, file), 'utf8')) as CorpusFile;
  describe(`corpus ${file}`, () => {
    cases.forEach((row, index) => {
      it(`${index + 1}: ${row.expr}`, () => {
        checkCanonical(row);
        if (manifest === undefined) checkParseError(row);
        else checkRow(row, manifest);
      });
    });
  });
}

function checkCanonical({ expr, canonical }: Row): void {
  if (canonical === undefined) return;
  const node = parseExpression(expr);
  assert.ok(!(node instanceof CompileError), describeError(node));
  assert.equal(printExpression(node), canonical);
}

function checkParseError({ expr, canonical, compileError }: Row): void {
  if (compileError === undefined) {
    assert.ok(canonical !== undefined);
    return;
  }
  const node = parseExpression(expr);
  assert.ok(node instanceof CompileError);
  checkError(node, compileError);
}

function checkRow(row: Row, manifest: Readonly<Record<string, ValueType>>): void {
  const vocabulary = new Vocabulary();
  for (const [name, type] of Object.entries(manifest)) vocabulary.define(name, type);
  const checked = checkExpression(row.expr, vocabulary);
  if (row.compileError !== undefined) {
    assert.ok(checked instanceof CompileError);
    checkError(checked, row.compileError);
    return;
  }
  assert.ok(!(checked instanceof CompileError), describeError(checked));
  if (row.type !== undefined) assert.equal(checked.type, row.type);
  for (const engine of ['compiled', 'interpreted'] as const) checkEngine(row, vocabulary, { checked, engine });
}

function checkEngine(
  row: Row,
  vocabulary: Vocabulary,
  run: { readonly checked: CheckedExpression; readonly engine: 'compiled' | 'interpreted' },
): void {
  const evaluate = compileExpression(run.checked, run.engine);
  const attributes = Object.entries(row.attributes ?? {}).map(([name, value]) => [name, fromNotation(value)] as const);
  const bag = Bag.fromValues(vocabulary, attributes);
  const value = evaluate(bag);
  const expected =
    row.evalError === undefined
      ? describeValue(fromNotation(row.result!))
      : `${row.evalError.kind} ${row.evalError.attribute ?? row.evalError.value ?? ''}`;
  assert.equal(describeValue(value), expected, run.engine);
  assert.equal(value instanceof EvalError, row.evalError !== undefined);
  if (row.referenced !== undefined)
    assert.deepEqual(describeReferences(bag.captureReferences()), row.referenced, run.engine);
}

function checkError(
  error: CompileError,
  { kind, line, column, ...detail }: Readonly<Record<string, string | number>>,
): void {
  assert.equal(error.kind, kind, error.message);
  if (line !== undefined) assert.deepEqual([error.line, error.column], [line, column]);
  for (const [key, value] of Object.entries(detail)) assert.equal(error.detail[key], value, key);
}

function describeError(value: unknown): string {
  return value instanceof CompileError ? `${value.kind}: ${value.message}` : '';
}
