import { Duration, Timestamp } from '../../attributes/index.js';
import type { Node, Pipe } from './ast.js';
import { compilePipe, type Evaluate } from './compile-pipe.js';
import { DataMap, type Datum, isTrue, sortedEntries, typeName } from './datum.js';
import { fail } from './render-error.js';
import type { Complain } from './segments.js';
import type { RenderState } from './state.js';

/** What a piece of a template says when it has run: go on, or leave or repeat the range around it. */
type Outcome = 'break' | 'continue' | undefined;

/** A piece of a template that has been compiled. */
export type Step = (state: RenderState, dot: Datum) => Outcome;

/** How pieces are compiled; html and text templates differ in what they make of values. */
export interface NodeCompiler {
  readonly complain: Complain;
  /** The text that a pipeline prints. */
  readonly show: (pipe: Pipe) => (value: Datum) => string;
}

/** Compiles pieces that follow one another. */
export function compileNodes(nodes: readonly Node[], compiler: NodeCompiler): Step {
  const steps = nodes.map((node) => compileNode(node, compiler));
  const [only] = steps;
  if (steps.length === 1) return only!;
  return (state, dot) => {
    for (const step of steps) {
      const outcome = step(state, dot);
      if (outcome !== undefined) return outcome;
    }
    return undefined;
  };
}

function compileNode(node: Node, compiler: NodeCompiler): Step {
  switch (node.kind) {
    case 'text': {
      const { text } = node;
      return (state) => {
        state.write(text);
        return undefined;
      };
    }
    case 'print':
      return compilePrint(node.pipe, compiler);
    case 'break':
    case 'continue': {
      const { kind } = node;
      return () => kind;
    }
    case 'range':
      return compileRange(node, compiler);
    case 'if':
    case 'with':
      return compileBranch(node, compiler);
  }
}

function compileValue(pipe: Pipe, { complain }: NodeCompiler): Evaluate {
  const evaluate = compilePipe(pipe, complain);
  const { at } = pipe;
  return (state, dot) => {
    state.at = at;
    return evaluate(state, dot);
  };
}

function compilePrint(pipe: Pipe, compiler: NodeCompiler): Step {
  const evaluate = compileValue(pipe, compiler);
  const show = compiler.show(pipe);
  const [slot] = pipe.slots;
  return (state, dot) => {
    const value = evaluate(state, dot);
    if (slot === undefined) state.write(show(value));
    else state.variables[slot] = value;
    return undefined;
  };
}

function compileBranch(node: Extract<Node, { kind: 'if' | 'with' | 'range' }>, compiler: NodeCompiler): Step {
  const evaluate = compileValue(node.pipe, compiler);
  const body = compileNodes(node.body, compiler);
  const otherwise = compileNodes(node.otherwise, compiler);
  const [slot] = node.pipe.slots;
  const movesDot = node.kind === 'with';
  return (state, dot) => {
    const value = evaluate(state, dot);
    if (slot !== undefined) state.variables[slot] = value;
    return isTrue(value) ? body(state, movesDot ? value : dot) : otherwise(state, dot);
  };
}

function compileRange(node: Extract<Node, { kind: 'if' | 'with' | 'range' }>, compiler: NodeCompiler): Step {
  const evaluate = compileValue(node.pipe, compiler);
  const body = compileNodes(node.body, compiler);
  const otherwise = compileNodes(node.otherwise, compiler);
  const { slots } = node.pipe;
  const [keySlot] = slots.length === 2 ? slots : [];
  const elementSlot = slots.at(-1);
  return (state, dot) => {
    const entries = elementsOf(evaluate(state, dot));
    if (entries.length === 0) return otherwise(state, dot);
    for (const [key, element] of entries) {
      state.countTurn();
      if (keySlot !== undefined) state.variables[keySlot] = key;
      if (elementSlot !== undefined) state.variables[elementSlot] = element;
      if (body(state, element) === 'break') break;
    }
    return undefined;
  };
}

/** What a range goes through: the bytes of an address, or a map in the order of its keys. */
function elementsOf(value: Datum): readonly (readonly [Datum, Datum])[] {
  if (value === undefined) return [];
  if (value instanceof Uint8Array) return Array.from(value, (byte, index) => [BigInt(index), BigInt(byte)]);
  if (value instanceof DataMap) return value.entries();
  if (typeof value !== 'object' || value instanceof Timestamp || value instanceof Duration) {
    return fail(`a range cannot go through a value of type ${typeName(value)}`);
  }
  return sortedEntries(value);
}
