import { type AttributeReader, EvalError, type StringMap, type Value, type ValueType } from '../attributes/index.js';
import { chain, constantText, fold, isAlwaysPresent } from './analysis.js';
import { patternTest } from './emit-pattern.js';
import { equalityFunctions } from './equal-values.js';
import { prepareGlob } from './externs/match.js';
import { type Pattern, preparePattern } from './externs/matches.js';
import { compareText } from './externs/text-order.js';
import { type Operator, standardFunctions } from './functions.js';
import { lookupFailed } from './lookup-failed.js';
import { FieldError, type RecordField, type RecordShape } from './record.js';
import type { CheckedExpression, TypedAttribute, TypedCall, TypedNode } from './typed.js';

/**
 * The only file that makes code at run time. What it emits is statements over an AttributeReader: one straight walk per
 * expression, errors returned as values, no closure, no exception and no allocation besides the result. Text that users
 * wrote reaches the source only as a JSON string literal; everything else goes in as a constant `k<i>`.
 */

/** Whether this process may turn text into code; false under --disallow-code-generation-from-strings. */
export function codeGenerationAllowed(): boolean {
  allowed ??= probe();
  return allowed;
}

let allowed: boolean | undefined;

function probe(): boolean {
  try {
    return (new Function('return 1') as () => number)() === 1;
  } catch {
    return false; // the reason is the flag, and the answer says so
  }
}

/** Generates the evaluation of an expression. */
export function emitExpression(checked: CheckedExpression): (bag: AttributeReader) => Value | EvalError {
  const code = new Code();
  const result = new Emitter(code, {
    known: (error) => `return ${code.constant(error)};`,
    found: (variable) => `return ${variable};`,
  }).operand(checked.root);
  code.line(`return ${result};`);
  return code.build();
}

/** Generates the building of a record: all its expressions in one function, nested records included. */
export function emitRecord(shape: RecordShape): (bag: AttributeReader) => object {
  const code = new Code();
  code.line(`return ${emitFields(code, shape)};`);
  return code.build();
}

/** Emits the fields in order and returns the expression that makes the object. */
function emitFields(code: Code, shape: RecordShape): string {
  const values = shape.fields.map((field) => emitField(code, field));
  return `new ${code.shape(shape.fields.map(({ name }) => name))}(${values.join(', ')})`;
}

function emitField(code: Code, { path, value }: RecordField): string {
  if (value === undefined) return 'undefined';
  if (value.kind === 'constant') return code.constant(value.value);
  if (value.kind === 'record') return emitTo(code, emitFields(code, value));
  const emitter = new Emitter(code, {
    known: (error) => `return ${code.constant(new FieldError(path, error))};`,
    found: (variable) => `return new ${code.constant(FieldError)}(${JSON.stringify(path)}, ${variable});`,
  });
  const result = emitter.operand(value.root);
  return value.type === 'STRING_MAP' ? emitTo(code, `${code.constant(copyMap)}(${result})`) : result;
}

function emitTo(code: Code, expression: string): string {
  const target = code.temp();
  code.line(`${target} = ${expression};`);
  return target;
}

function copyMap(map: StringMap): Map<string, string> {
  return new Map(map.entries());
}

/** The text and the constants of one generated function. */
class Code {
  readonly #lines: string[] = [];
  readonly #shapes: string[] = [];
  readonly #names = new Map<unknown, string>();
  #temps = 0;
  #labels = 0;

  line(text: string): void {
    this.#lines.push(text);
  }

  /** The name under which the code sees a value that cannot be written down. */
  constant(value: unknown): string {
    const known = this.#names.get(value);
    if (known !== undefined) return known;
    const name = `k${this.#names.size}`;
    this.#names.set(value, name);
    return name;
  }

  temp(): string {
    const name = `t${this.#temps++}`;
    this.line(`let ${name};`);
    return name;
  }

  /** Opens a block that `break` can leave; closed by a line `}`. */
  block(): string {
    const name = `b${this.#labels++}`;
    this.line(`${name}: {`);
    return name;
  }

  // Instances of one constructor share a hidden class. Its prototype has none itself, so a property may have any name,
  // also `__proto__`, and no property is there that nobody asked for.
  shape(names: readonly string[]): string {
    const name = `R${this.#shapes.length}`;
    const parameters = names.map((_, index) => `a${index}`).join(', ');
    const assignments = names.map((key, index) => `this[${JSON.stringify(key)}] = a${index};`).join(' ');
    const prototype = this.constant(Object.freeze(Object.create(null)));
    this.#shapes.push(`function ${name}(${parameters}) { ${assignments} } ${name}.prototype = ${prototype};`);
    return name;
  }

  build(): (bag: AttributeReader) => never {
    const body = ['"use strict";', ...this.#shapes, 'return function evaluate(bag) {', ...this.#lines, '};'].join('\n');
    const create = new Function(...this.#names.values(), body) as (
      ...constants: unknown[]
    ) => (bag: AttributeReader) => never;
    return create(...this.#names.keys());
  }
}

/** How a failure leaves the function: one that is known now, or one that a variable holds. */
interface Failure {
  known(error: EvalError): string;
  found(variable: string): string;
}

const attributeReaders: Readonly<Record<ValueType, keyof AttributeReader>> = {
  VALUE_TYPE_UNSPECIFIED: 'string',
  STRING: 'string',
  EMAIL_ADDRESS: 'string',
  URI: 'string',
  DNS_NAME: 'string',
  INT64: 'int64',
  DOUBLE: 'double',
  BOOL: 'bool',
  TIMESTAMP: 'timestamp',
  DURATION: 'duration',
  IP_ADDRESS: 'ip',
  STRING_MAP: 'map',
};

/** The JavaScript type of values that have one of their own: an error is then told apart by `typeof`. */
const primitives: Readonly<Partial<Record<ValueType, string>>> = {
  STRING: 'string',
  EMAIL_ADDRESS: 'string',
  URI: 'string',
  DNS_NAME: 'string',
  INT64: 'bigint',
  DOUBLE: 'number',
  BOOL: 'boolean',
};

const relations: Readonly<Partial<Record<Operator, string>>> = { LT: '<', LEQ: '<=', GT: '>', GEQ: '>=' };

class Emitter {
  constructor(
    readonly code: Code,
    readonly failure: Failure,
  ) {}

  /** Emits a node that must have a value and returns where the value is. */
  operand(node: TypedNode): string {
    const folded = fold(node);
    if (folded !== undefined && !(folded instanceof EvalError)) return this.#literal(folded);
    const target = this.code.temp();
    this.#into(node, target, undefined);
    return target;
  }

  /** Emits a node's value into a variable; if it may be absent, `absent` is the block to leave then. */
  #into(node: TypedNode, target: string, absent: string | undefined): void {
    const folded = fold(node);
    if (folded instanceof EvalError) this.code.line(this.failure.known(folded));
    else if (folded !== undefined) this.code.line(`${target} = ${this.#literal(folded)};`);
    else if (node.kind === 'attribute') this.#attribute(node, target, absent);
    else if (node.kind === 'call') this.#call(node, target, absent);
  }

  #literal(value: Value): string {
    if (typeof value === 'string') return JSON.stringify(value);
    if (typeof value === 'bigint') return `${value}n`;
    return typeof value === 'boolean' ? String(value) : this.code.constant(value);
  }

  #attribute({ type, slot, name }: TypedAttribute, target: string, absent: string | undefined): void {
    this.code.line(`${target} = bag.${attributeReaders[type]}(${slot});`);
    this.#require(type, target, `if (${target} === undefined) ${this.#missing(name, absent)}`);
  }

  #missing(name: string, absent: string | undefined): string {
    return absent === undefined ? this.failure.known(lookupFailed(name)) : `break ${absent};`;
  }

  // The test that present values pass comes first; what is wrong otherwise is sorted out behind it.
  #require(type: ValueType, target: string, otherwise: string): void {
    const primitive = primitives[type];
    if (primitive === undefined) {
      this.code.line(otherwise);
      this.#propagate(type, target);
    } else this.code.line(`if (typeof ${target} !== "${primitive}") { ${otherwise} ${this.failure.found(target)} }`);
  }

  #propagate(type: ValueType, target: string): void {
    const primitive = primitives[type];
    // Several times faster than instanceof, and every object that can be here has its class as `constructor`.
    const test =
      primitive === undefined
        ? `${target}.constructor === ${this.code.constant(EvalError)}`
        : `typeof ${target} !== "${primitive}"`;
    this.code.line(`if (${test}) ${this.failure.found(target)}`);
  }

  #call(node: TypedCall, target: string, absent: string | undefined): void {
    const { operator } = node.function;
    switch (operator) {
      case undefined:
        this.#function(node, target);
        break;
      case 'OR':
        this.#fallback(node, target, absent);
        break;
      case 'INDEX':
        this.#index(node, target, absent);
        break;
      case 'LAND':
      case 'LOR':
        this.#shortCircuit(node, operator, target);
        break;
      case 'conditional':
        this.#conditional(node, target);
        break;
      case 'EQ':
      case 'NEQ':
        this.#equality(node, operator, target);
        break;
      case 'ADD':
        this.#sum(node, target);
        break;
      default:
        this.#relation(node, operator, target);
    }
  }

  // The operands of a chain, however it is nested, are one list: the first that is present wins.
  #fallback(node: TypedCall, target: string, absent: string | undefined): void {
    const operands = chain(node, 'OR');
    const present = operands.findIndex(isAlwaysPresent);
    const last = present < 0 ? operands.length - 1 : present;
    const done = this.code.block();
    for (const operand of operands.slice(0, last)) {
      const next = this.code.block();
      this.#into(operand, target, next);
      this.code.line(`break ${done}; }`);
    }
    this.#into(operands[last]!, target, absent);
    this.code.line('}');
  }

  #index(node: TypedCall, target: string, absent: string | undefined): void {
    const [map, key] = node.operands as [TypedNode, TypedNode];
    const missing = absent === undefined ? `${target} = "";` : `break ${absent};`;
    if (node.keySlot !== undefined && map.kind === 'attribute') {
      this.code.line(`${target} = bag.key(${node.keySlot});`);
      const lacking = `if (${target} === undefined) ${this.#missing(map.name, absent)}`;
      if (absent === undefined) {
        this.code.line(`if (${target} === null) ${missing}`);
        this.#require('STRING', target, lacking);
      } else this.#require('STRING', target, `if (${target} == null) ${missing}`);
    } else {
      const entries = this.#part(map, absent);
      const name = this.#part(key, absent);
      this.code.line(`${target} = ${entries}.get(${name});`);
      this.code.line(`if (${target} === undefined) ${missing}`);
    }
  }

  #part(node: TypedNode, absent: string | undefined): string {
    if (absent === undefined || isAlwaysPresent(node)) return this.operand(node);
    const target = this.code.temp();
    this.#into(node, target, absent);
    return target;
  }

  #shortCircuit(node: TypedCall, operator: 'LAND' | 'LOR', target: string): void {
    const operands = chain(node, operator);
    const done = this.code.block();
    for (const [index, operand] of operands.entries()) {
      this.#into(operand, target, undefined);
      if (index < operands.length - 1) this.code.line(`if (${operator === 'LAND' ? '!' : ''}${target}) break ${done};`);
    }
    this.code.line('}');
  }

  #conditional(node: TypedCall, target: string): void {
    const [condition, yes, no] = node.operands as [TypedNode, TypedNode, TypedNode];
    this.code.line(`if (${this.operand(condition)}) {`);
    this.#into(yes, target, undefined);
    this.code.line('} else {');
    this.#into(no, target, undefined);
    this.code.line('}');
  }

  #equality(node: TypedCall, operator: 'EQ' | 'NEQ', target: string): void {
    const { type } = node.operands[0]!;
    const [left, right] = this.#pair(node);
    const equal = equalityFunctions[type];
    if (equal === undefined) {
      this.code.line(`${target} = ${left} ${operator === 'EQ' ? '===' : '!=='} ${right};`);
      return;
    }
    this.code.line(`${target} = ${this.code.constant(equal)}(${left}, ${right});`);
    this.#propagate('BOOL', target);
    if (operator === 'NEQ') this.code.line(`${target} = !${target};`);
  }

  #relation(node: TypedCall, operator: Operator, target: string): void {
    const { type } = node.operands[0]!;
    const [left, right] = this.#pair(node);
    const relation = relations[operator];
    if (type === 'STRING')
      this.code.line(`${target} = ${this.code.constant(compareText)}(${left}, ${right}) ${relation} 0;`);
    else if (type === 'TIMESTAMP') this.code.line(`${target} = ${left}.compare(${right}) ${relation} 0;`);
    else this.code.line(`${target} = ${left} ${relation} ${right};`);
  }

  #sum(node: TypedCall, target: string): void {
    const [left, right] = this.#pair(node);
    const sum = `${left} + ${right}`;
    this.code.line(`${target} = ${node.type === 'INT64' ? `BigInt.asIntN(64, ${sum})` : sum};`);
  }

  #pair(node: TypedCall): readonly [string, string] {
    const [left, right] = node.operands as [TypedNode, TypedNode];
    return [this.operand(left), this.operand(right)];
  }

  #function(node: TypedCall, target: string): void {
    const special =
      standardFunctions.get(node.function.name) === node.function ? inline.get(node.function.name) : undefined;
    if (special?.(this, node, target) === true) return;
    const operands = node.operands.map((operand) => this.operand(operand));
    this.code.line(`${target} = ${this.code.constant(node.function.call)}(${operands.join(', ')});`);
    this.#propagate(node.type, target);
  }
}

/** Emits a call in place and returns true, or returns false: then it is an ordinary call. */
type Special = (emitter: Emitter, node: TypedCall, target: string) => boolean;

// The receiver, or for match the first argument, is the text; which of the two is the pattern differs.
function textTest(
  [text, pattern]: readonly [number, number],
  prepare: (source: string) => Pattern | EvalError,
): Special {
  return (emitter, node, target) => {
    const source = constantText(node.operands[pattern]!);
    if (source === undefined) return false;
    const prepared = prepare(source);
    const subject = emitter.operand(node.operands[text]!);
    if (prepared instanceof EvalError) emitter.code.line(emitter.failure.known(prepared));
    else emitter.code.line(`${target} = ${patternTest(prepared, subject, (value) => emitter.code.constant(value))};`);
    return true;
  };
}

const inline: ReadonlyMap<string, Special> = new Map([
  ['startsWith', textTest([0, 1], (text) => ({ kind: 'prefix', text }))],
  ['endsWith', textTest([0, 1], (text) => ({ kind: 'suffix', text }))],
  ['match', textTest([0, 1], prepareGlob)],
  ['matches', textTest([1, 0], preparePattern)],
]);
