import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Bag, EvalError, type ValueType, Vocabulary } from '../../src/attributes/index.js';
import {
  checkExpression,
  CompileError,
  compileExpression,
  type Engine,
  parseExpression,
  printExpression,
} from '../../src/expr/index.js';
import { describeReferences, describeValue, fromNotation, type Noted } from './notation.js';

interface Case {
  readonly name: string;
  readonly expr: string;
  readonly type?: string;
  readonly manifest: string;
  readonly attributes: Readonly<Record<string, Noted>>;
  readonly result?: Noted;
  readonly referencedAttributes?: readonly string[];
  readonly compileError?: Readonly<Record<string, string | number>>;
  readonly evalError?: { readonly kind: string; readonly attribute?: string; readonly value?: string };
}

const folder = join(import.meta.dirname, '../../../shared/conformance');
const present = existsSync(join(folder, 'expressions.json'));
const skip = present ? false : "the conformance files of '../shared/conformance' are not here";

function load(name: string): unknown {
  return JSON.parse(present ? readFileSync(join(folder, name), 'utf8') : 'null');
}

describe('expression conformance', { skip }, () => {
  const cases = (load('expressions.json') as readonly Case[] | null) ?? [];
  const manifests = load('expressions-manifest.json') as Readonly<Record<string, Readonly<Record<string, ValueType>>>>;
  for (const engine of ['compiled', 'interpreted'] as const) {
    for (const c of cases) it(`${engine}: ${c.name}`, () => check(c, manifests[c.manifest]!, engine));
  }
  it('has all its cases', () => assert.equal(cases.length, 268));
});

describe('parser conformance', { skip }, () => {
  interface ParseCases {
    readonly good: readonly { readonly expr: string; readonly canonical: string }[];
    readonly bad: readonly { readonly expr: string; readonly kind: string }[];
  }
  const { good, bad } = (load('parse-cases.json') as ParseCases | null) ?? { good: [], bad: [] };
  for (const { expr, canonical } of good)
    it(`reads ${expr}`, () => {
      const node = parseExpression(expr);
      assert.ok(!(node instanceof CompileError));
      assert.equal(printExpression(node), canonical);
    });
  for (const { expr, kind } of bad)
    it(`refuses ${expr}`, () => {
      const node = parseExpression(expr);
      assert.ok(node instanceof CompileError);
      assert.equal(node.kind, kind);
    });
});

function check(c: Case, manifest: Readonly<Record<string, ValueType>>, engine: Engine): void {
  const vocabulary = new Vocabulary();
  for (const [name, type] of Object.entries(manifest)) vocabulary.define(name, type);
  const checked = checkExpression(c.expr, vocabulary);
  if (checked instanceof CompileError) {
    const { kind, line, column, ...detail } = c.compileError ?? {};
    assert.equal(checked.kind, kind, checked.message);
    if (line !== undefined) assert.deepEqual([checked.line, checked.column], [line, column]);
    for (const [key, value] of Object.entries(detail)) assert.equal(checked.detail[key], value, key);
    return;
  }
  assert.equal(c.compileError, undefined);
  if (c.type !== undefined) assert.equal(checked.type, c.type);
  const evaluate = compileExpression(checked, engine);
  const attributes = Object.entries(c.attributes).map(([name, value]) => [name, fromNotation(value)] as const);
  const bag = Bag.fromValues(vocabulary, attributes);
  const value = evaluate(bag);
  if (c.evalError !== undefined) {
    assert.ok(value instanceof EvalError, describeValue(value));
    assert.deepEqual([value.kind, value.subject], [c.evalError.kind, c.evalError.attribute ?? c.evalError.value]);
  } else assert.equal(describeValue(value), describeValue(fromNotation(c.result!)));
  if (c.referencedAttributes !== undefined)
    assert.deepEqual(describeReferences(bag.captureReferences()), c.referencedAttributes);
}
