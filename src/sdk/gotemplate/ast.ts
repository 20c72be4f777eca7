import type { Datum } from './datum.js';

/** An operand of a command. */
export type Expr =
  | { readonly kind: 'constant'; readonly value: Datum; readonly at: number }
  | { readonly kind: 'nil'; readonly at: number }
  | { readonly kind: 'dot'; readonly at: number }
  /** `.a`, and `.a.B` where B can only be a method. */
  | { readonly kind: 'field'; readonly names: readonly string[]; readonly at: number }
  | { readonly kind: 'variable'; readonly slot: number; readonly names: readonly string[]; readonly at: number }
  | { readonly kind: 'function'; readonly name: string; readonly at: number }
  /** A pipeline in parentheses, perhaps followed by names. */
  | { readonly kind: 'group'; readonly pipe: Pipe; readonly names: readonly string[]; readonly at: number };

/** A function or method with its arguments, or a single value. Never empty. */
export interface Command {
  readonly args: readonly [Expr, ...Expr[]];
}

/** Commands, each of which gets the result of the one before as its last argument. Never empty. */
export interface Pipe {
  /** Variables that get the result: one, or index and element in a range. */
  readonly slots: readonly number[];
  readonly commands: readonly Command[];
  readonly at: number;
}

/** A piece of a template. */
export type Node =
  | { readonly kind: 'text'; readonly text: string; readonly at: number }
  | { readonly kind: 'print'; readonly pipe: Pipe }
  | {
      readonly kind: 'if' | 'with' | 'range';
      readonly pipe: Pipe;
      readonly body: readonly Node[];
      readonly otherwise: readonly Node[];
    }
  | { readonly kind: 'break' | 'continue' };
