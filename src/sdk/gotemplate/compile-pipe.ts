import { Timestamp } from '../../attributes/index.js';
import type { Command, Expr, Pipe } from './ast.js';
import { DataMap, type Datum, isTrue, typeName } from './datum.js';
import { findFormatProblem } from './format/printf.js';
import { functions } from './functions.js';
import { arityOf, findMethod } from './methods.js';
import { fail } from './render-error.js';
import type { Complain } from './segments.js';
import type { RenderState } from './state.js';
import { formatTime, parseLayout } from './time-layout.js';

/** An expression that has been compiled. */
export type Evaluate = (state: RenderState, dot: Datum) => Datum;

/** Compiles a pipeline; what is wrong with its calls is told to `complain`. Variables are left to the caller. */
export function compilePipe(pipe: Pipe, complain: Complain): Evaluate {
  let value: Evaluate | undefined;
  for (const command of pipe.commands) value = compileCommand(command, value, complain);
  return value!;
}

/** One command; the result of the one before is its last argument. */
function compileCommand(
  { args: [first, ...others] }: Command,
  piped: Evaluate | undefined,
  complain: Complain,
): Evaluate {
  const args = others.map((arg) => compileExpr(arg, complain));
  if (piped !== undefined) args.push(piped);
  if (first.kind === 'function') return compileCall(first, args, others, complain);
  if (args.length === 0 || !('names' in first)) return compileExpr(first, complain);
  const receiver = compileExpr({ ...first, names: first.names.slice(0, -1) }, complain);
  const name = first.names.at(-1) ?? '';
  const [layout] = others;
  if (name === 'Format' && args.length === 1 && layout?.kind === 'constant' && typeof layout.value === 'string') {
    return compileFormat(receiver, layout.value);
  }
  return (state, dot) =>
    access(
      receiver(state, dot),
      name,
      args.map((arg) => arg(state, dot)),
    );
}

function compileExpr(expr: Expr, complain: Complain): Evaluate {
  switch (expr.kind) {
    case 'constant': {
      const { value } = expr;
      return () => value;
    }
    case 'nil':
      return () => undefined;
    case 'dot':
      return (_state, dot) => dot;
    case 'field':
      return compileNames((_state, dot) => dot, expr.names);
    case 'variable': {
      const { slot } = expr;
      return compileNames((state) => state.variables[slot], expr.names);
    }
    case 'function':
      return compileCall(expr, [], [], complain);
    case 'group':
      return compileNames(compilePipe(expr.pipe, complain), expr.names);
  }
}

function compileNames(base: Evaluate, names: readonly string[]): Evaluate {
  return names.reduce<Evaluate>((value, name) => (state, dot) => access(value(state, dot), name, none), base);
}

const none: readonly Datum[] = [];

/** A field of the data, or a method of a value. Whatever is asked of nothing is nothing. */
function access(value: Datum, name: string, args: readonly Datum[]): Datum {
  if (value === undefined) return undefined;
  if (value instanceof DataMap) {
    return args.length === 0 ? value.get(name) : fail(`'${name}' is not a method but has arguments`);
  }
  const method = findMethod(value, name) ?? fail(`values of type ${typeName(value)} have no field or method '${name}'`);
  if (args.length !== arityOf(name)) fail(`method '${name}' takes ${arityOf(name)} arguments, not ${args.length}`);
  if (args.length === 1 && typeof args[0] !== 'string') fail(`method '${name}' needs a string`);
  return method(...args);
}

/** The method nearly all templates call: its layout is read once. */
function compileFormat(receiver: Evaluate, text: string): Evaluate {
  const layout = parseLayout(text);
  return (state, dot) => {
    const value = receiver(state, dot);
    return value instanceof Timestamp ? formatTime(value, layout) : access(value, 'Format', [text]);
  };
}

function compileCall(
  { name, at }: { readonly name: string; readonly at: number },
  args: readonly Evaluate[],
  exprs: readonly Expr[],
  complain: Complain,
): Evaluate {
  if (name === 'and' || name === 'or') return compileLogic(name, at, args, complain);
  const { least, most, call } = functions.get(name)!;
  if (args.length < least || args.length > most) {
    complain(at, `'${name}' takes ${least}${most === least ? '' : ' or more'} arguments, not ${args.length}`);
  }
  const [format] = exprs;
  if (name === 'printf' && format?.kind === 'constant' && typeof format.value === 'string') {
    const problem = findFormatProblem(format.value);
    if (problem !== undefined) complain(format.at, problem);
  }
  return (state, dot) =>
    call(
      args.map((arg) => arg(state, dot)),
      state.room,
    );
}

/** The first argument that decides, or the last. */
function compileLogic(name: 'and' | 'or', at: number, args: readonly Evaluate[], complain: Complain): Evaluate {
  if (args.length === 0) complain(at, `'${name}' takes 1 or more arguments, not 0`);
  const decisive = name === 'or';
  return (state, dot) => {
    let value: Datum;
    for (const arg of args) {
      value = arg(state, dot);
      if (isTrue(value) === decisive) break;
    }
    return value;
  };
}
