import { EvalError, type Value } from '../attributes/index.js';
import type { Operator } from './functions.js';
import type { TypedCall, TypedNode } from './typed.js';

/** The text of a node that is a constant string, after folding. */
export function constantText(node: TypedNode): string | undefined {
  const value = fold(node);
  return typeof value === 'string' ? value : undefined;
}

/** The value or failure of a node that needs no bag: a constant, or a pure function of such. */
export function fold(node: TypedNode): Value | EvalError | undefined {
  if (node.kind === 'constant') return node.value;
  if (node.kind === 'attribute' || node.function.pure !== true) return undefined;
  const values: Value[] = [];
  for (const operand of node.operands) {
    const value = fold(operand);
    if (value === undefined || value instanceof EvalError) return value;
    values.push(value);
  }
  return (node.function.call as unknown as (...operands: Value[]) => Value | EvalError)(...values);
}

/** The operands of nested calls of one operator, left to right. */
export function chain(node: TypedCall, operator: Operator): readonly TypedNode[] {
  const operands: TypedNode[] = [];
  const rest: TypedNode[] = [node];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    if (next.kind === 'call' && next.function.operator === operator) rest.push(next.operands[1]!, next.operands[0]!);
    else operands.push(next);
  }
  return operands;
}

/** Whether a node can never be absent as an operand of `|`; it may still fail. */
export function isAlwaysPresent(node: TypedNode): boolean {
  if (node.kind !== 'call') return node.kind === 'constant';
  return node.function.operator !== 'INDEX' && node.function.operator !== 'OR';
}
