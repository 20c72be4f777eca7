import type { ValueType, Vocabulary } from '../attributes/index.js';
import type { AttributeNode, CallNode, Node } from './ast.js';
import { CompileError, type CompileErrorKind, errorAt } from './compile-error.js';
import { type FunctionDefinition, type FunctionTable, standardFunctions, supports } from './functions.js';
import { parseExpression } from './parse.js';
import { printExpression } from './print.js';
import type { CheckedExpression, TypedCall, TypedNode } from './typed.js';

/** What the checker may know besides the vocabulary. */
export interface CheckOptions {
  /** Functions in addition to the language's own; the same name replaces one. */
  readonly functions?: FunctionTable | undefined;
  /**
   * Attribute name as the source spells it → name in the vocabulary. Names may begin with `$` (`$out.source_ip`), which
   * the language forbids elsewhere.
   */
  readonly aliases?: ReadonlyMap<string, string> | undefined;
}

/**
 * Parses an expression and types it against a vocabulary, or returns its first error (mixer-core.md 3.3). Types must
 * agree exactly: nothing is converted. Marks the attributes it finds as read; map keys that are constants get a key slot,
 * so the vocabulary must not be sealed yet if they are new to it.
 */
export function checkExpression(
  source: string,
  vocabulary: Vocabulary,
  options: CheckOptions = {},
): CheckedExpression | CompileError {
  const dollar = [...(options.aliases?.keys() ?? [])].some((name) => name.startsWith('$'));
  const node = parseExpression(source, { dollar });
  if (node instanceof CompileError) return node;
  const root = new Checker(source, vocabulary, options).check(node);
  if (root instanceof CompileError) return root;
  return { kind: 'expression', source, type: root.type, vocabulary, root };
}

class Checker {
  /** Operators whose types agree but have no code; upstream finds these after all type errors. */
  #unsupported: CompileError | undefined;

  constructor(
    readonly source: string,
    readonly vocabulary: Vocabulary,
    readonly options: CheckOptions,
  ) {}

  check(node: Node): TypedNode | CompileError {
    const typed = this.#node(node);
    return typed instanceof CompileError ? typed : (this.#unsupported ?? typed);
  }

  #node(node: Node): TypedNode | CompileError {
    switch (node.kind) {
      case 'constant':
        return { kind: 'constant', type: node.type, value: node.value };
      case 'attribute':
        return this.#attribute(node);
      case 'call':
        return this.#call(node);
    }
  }

  #attribute(node: AttributeNode): TypedNode | CompileError {
    const slot = this.vocabulary.slotOf(this.options.aliases?.get(node.name) ?? node.name);
    // An attribute that a manifest leaves without a type cannot be read.
    if (slot === undefined || this.vocabulary.typeOf(slot) === 'VALUE_TYPE_UNSPECIFIED')
      return this.#error(node, 'UNKNOWN_ATTRIBUTE', {
        message: `unknown attribute '${node.name}'`,
        detail: { attribute: node.name },
      });
    this.vocabulary.markRead(slot);
    return { kind: 'attribute', type: this.vocabulary.typeOf(slot), slot, name: node.name };
  }

  #call(node: CallNode): TypedNode | CompileError {
    const definition = this.options.functions?.get(node.name) ?? standardFunctions.get(node.name);
    const misuse = this.#misuse(node, definition);
    if (definition === undefined || misuse instanceof CompileError) return misuse!;
    const operands: TypedNode[] = [];
    let generic: ValueType | undefined;
    if (node.receiver !== undefined) {
      const receiver = this.#receiver(node, node.receiver, definition);
      if (receiver instanceof CompileError) return receiver;
      if (definition.receiver === 'VALUE_TYPE_UNSPECIFIED') generic = receiver.type;
      operands.push(receiver);
    }
    const args = this.#arguments(node, definition, generic);
    if (args instanceof CompileError) return args;
    operands.push(...args.operands);
    return this.#typed(node, { definition, operands, generic: args.generic });
  }

  #arguments(
    node: CallNode,
    definition: FunctionDefinition,
    generic: ValueType | undefined,
  ): { operands: readonly TypedNode[]; generic: ValueType | undefined } | CompileError {
    if (node.args.length !== definition.parameters.length) return this.#arity(node, definition);
    const operands: TypedNode[] = [];
    for (const [index, parameter] of definition.parameters.entries()) {
      const operand = this.#node(node.args[index]!);
      if (operand instanceof CompileError) return operand;
      const expected: ValueType = parameter === 'VALUE_TYPE_UNSPECIFIED' ? (generic ??= operand.type) : parameter;
      if (operand.type !== expected) return this.#mismatch(node, index, [operand.type, expected]);
      operands.push(operand);
    }
    return { operands, generic };
  }

  #misuse(node: CallNode, definition: FunctionDefinition | undefined): CompileError | undefined {
    const detail = { function: node.name };
    if (definition === undefined)
      return this.#error(node, 'UNKNOWN_FUNCTION', { message: `unknown function '${node.name}'`, detail });
    if (node.receiver !== undefined && definition.receiver === undefined)
      return this.#error(node, 'NOT_INSTANCE', { message: `'${node.name}' is a function, not a method`, detail });
    if (node.receiver === undefined && definition.receiver !== undefined)
      return this.#error(node, 'INSTANCE_REQUIRED', { message: `'${node.name}' is a method, not a function`, detail });
    return undefined;
  }

  #receiver(node: CallNode, receiver: Node, definition: FunctionDefinition): TypedNode | CompileError {
    const typed = this.#node(receiver);
    if (typed instanceof CompileError) return typed;
    const expected = definition.receiver!;
    if (expected === 'VALUE_TYPE_UNSPECIFIED' || typed.type === expected) return typed;
    const call = printExpression(node);
    return this.#error(receiver, 'TARGET_TYPE_MISMATCH', {
      message: `${call}: the receiver is ${typed.type}, expected ${expected}`,
      detail: { function: node.name, call, got: typed.type, expected },
    });
  }

  // Surplus arguments are refused as well: upstream let them through and its functions then read the wrong ones.
  #arity(node: CallNode, definition: FunctionDefinition): CompileError {
    const [got, expected] = [node.args.length, definition.parameters.length];
    return this.#error(node, 'ARITY_MISMATCH', {
      message: `${printExpression(node)}: got ${got} argument(s), expected ${expected}`,
      detail: { function: node.name, got, expected },
    });
  }

  #mismatch(node: CallNode, index: number, [got, expected]: readonly [ValueType, ValueType]): CompileError {
    const argument = node.args[index]!;
    const [call, argText] = [printExpression(node), printExpression(argument)];
    return this.#error(argument, 'ARG_TYPE_MISMATCH', {
      message: `${call}: argument ${index + 1} (${argText}) is ${got}, expected ${expected}`,
      detail: { function: node.name, call, argIndex: index + 1, argText, got, expected },
    });
  }

  #typed(
    node: CallNode,
    call: { definition: FunctionDefinition; operands: readonly TypedNode[]; generic: ValueType | undefined },
  ): TypedCall {
    const { definition, operands } = call;
    const type = definition.result === 'VALUE_TYPE_UNSPECIFIED' ? call.generic! : definition.result;
    const of = operands[0]?.type ?? type;
    if (definition.operator !== undefined && !supports(definition.operator, of))
      this.#unsupported ??= this.#error(node, 'OPERATION_UNSUPPORTED_FOR_TYPE', {
        message: `${printExpression(node)}: ${node.name} does not work on ${of}`,
        detail: { operation: node.name, type: of },
      });
    return { kind: 'call', type, function: definition, operands, keySlot: this.#keySlot(definition, operands) };
  }

  #keySlot(definition: FunctionDefinition, operands: readonly TypedNode[]): number | undefined {
    if (definition.operator !== 'INDEX') return undefined;
    const [map, key] = operands;
    if (map?.kind !== 'attribute' || key?.kind !== 'constant' || typeof key.value !== 'string') return undefined;
    return this.vocabulary.keySlot(map.slot, key.value);
  }

  #error(
    node: Node,
    kind: CompileErrorKind,
    what: { message: string; detail: Readonly<Record<string, string | number>> },
  ): CompileError {
    return errorAt(this.source, node.offset, { kind, ...what });
  }
}
