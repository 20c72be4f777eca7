import type { Duration, ValueType } from '../attributes/index.js';

/** The types that a literal can have. A string that reads as a Go duration is a DURATION (mixer-core.md 3.1). */
export type ConstantType = Extract<ValueType, 'STRING' | 'INT64' | 'DOUBLE' | 'BOOL' | 'DURATION'>;

/** A literal. `text` is how it was written, except that booleans are lower case. */
export interface ConstantNode {
  readonly kind: 'constant';
  readonly type: ConstantType;
  readonly value: string | bigint | number | boolean | Duration;
  readonly text: string;
  readonly offset: number;
}

/** An attribute by its dotted name. */
export interface AttributeNode {
  readonly kind: 'attribute';
  readonly name: string;
  readonly offset: number;
}

/** A function, method or operator; operators carry their internal name, `==` is `EQ`. */
export interface CallNode {
  readonly kind: 'call';
  readonly name: string;
  readonly receiver: Node | undefined;
  readonly args: readonly Node[];
  readonly offset: number;
}

/** A parsed expression. `offset` is where it begins in the source, in UTF-16 code units. */
export type Node = ConstantNode | AttributeNode | CallNode;

/** Go's binary operators by precedence, and the functions behind them (mixer-core.md 3.1). */
export const binaryOperators: ReadonlyMap<string, { readonly precedence: number; readonly name: string }> = new Map(
  (
    [
      [1, { '||': 'LOR' }],
      [2, { '&&': 'LAND' }],
      [3, { '==': 'EQ', '!=': 'NEQ', '<': 'LT', '<=': 'LEQ', '>': 'GT', '>=': 'GEQ' }],
      [4, { '+': 'ADD', '-': 'SUB', '|': 'OR', '^': 'XOR' }],
      [5, { '*': 'MUL', '/': 'QUO', '%': 'REM', '<<': 'SHL', '>>': 'SHR', '&': 'AND', '&^': 'AND_NOT' }],
    ] as const
  ).flatMap(([precedence, names]) =>
    Object.entries(names).map(([operator, name]) => [operator, { precedence, name }] as const),
  ),
);

/** Go's prefix operators that are expressions, and the functions behind them: none takes a single operand. */
export const unaryOperators: ReadonlyMap<string, string> = new Map([
  ['+', 'ADD'],
  ['-', 'SUB'],
  ['!', 'NOT'],
  ['^', 'XOR'],
  ['&', 'AND'],
]);
