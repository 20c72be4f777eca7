import jsep from 'jsep';
import { type AttributeNode, binaryOperators, type Node, unaryOperators } from './ast.js';
import { CompileError, errorAt } from './compile-error.js';
import { rewriteForJsep } from './grammar.js';
import { limits } from './limits.js';
import { scan, type ScanOptions, type Token } from './scan.js';

/** What jsep makes of a rewritten expression: nothing else can come out of it. */
type Tree =
  | { readonly type: 'Identifier'; readonly name: string }
  | { readonly type: 'BinaryExpression'; readonly operator: string; readonly left: Tree; readonly right: Tree }
  | { readonly type: 'UnaryExpression'; readonly operator: string; readonly argument: Tree }
  | { readonly type: 'MemberExpression'; readonly computed: boolean; readonly object: Tree; readonly property: Tree }
  | { readonly type: 'CallExpression'; readonly callee: Tree; readonly arguments: readonly Tree[] };

/** A node and the index of its first token, its parentheses included. */
interface Lowered {
  readonly node: Node;
  readonly first: number;
}

/**
 * Parses an expression (mixer-core.md 3.1). Returns its tree, or a CompileError of kind PARSE_ERROR (where Go's parser
 * would complain), UNSUPPORTED_SYNTAX or EXPRESSION_TOO_LARGE. Never throws, whatever the source.
 */
export function parseExpression(source: string, options: ScanOptions = {}): Node | CompileError {
  if (source.length > limits.sourceLength)
    return errorAt(source, 0, {
      kind: 'EXPRESSION_TOO_LARGE',
      message: `the expression is longer than ${limits.sourceLength} characters`,
    });
  const tokens = scan(source, options);
  const text = rewriteForJsep(source, tokens);
  if (typeof text !== 'string') return text;
  const lowered = new Lowering(source, tokens).lower(parseWithGoOperators(text), 1);
  return lowered instanceof CompileError ? lowered : lowered.node;
}

// jsep's operator tables belong to the process, so they are Go's only while one of our expressions is parsed.
function parseWithGoOperators(text: string): Tree {
  const binary = { ...jsep.binary_ops };
  const right = new Set(jsep.right_associative);
  const unary: Readonly<Record<string, unknown>> = { ...jsep.unary_ops };
  for (const [operator, { precedence }] of binaryOperators) jsep.addBinaryOp(operator, precedence);
  for (const operator of unaryOperators.keys()) jsep.addUnaryOp(operator);
  try {
    return jsep(text) as unknown as Tree;
  } finally {
    for (const operator of binaryOperators.keys()) {
      const precedence = binary[operator];
      if (precedence === undefined) jsep.removeBinaryOp(operator);
      else jsep.addBinaryOp(operator, precedence, right.has(operator));
    }
    for (const operator of unaryOperators.keys()) if (!(operator in unary)) jsep.removeUnaryOp(operator);
  }
}

/** Turns jsep's tree into ours, refusing the forms that the language does not have. */
class Lowering {
  #nodes = 0;

  constructor(
    readonly source: string,
    readonly tokens: readonly Token[],
  ) {}

  lower(tree: Tree, depth: number): Lowered | CompileError {
    if (depth > limits.depth || ++this.#nodes > limits.nodes) return this.#tooLarge();
    switch (tree.type) {
      case 'Identifier':
        return this.#leaf(indexOf(tree.name));
      case 'BinaryExpression':
        return this.#operation(binaryOperators.get(tree.operator)!.name, [tree.left, tree.right], depth);
      case 'UnaryExpression':
        return this.#unary(tree.operator, tree.argument, depth);
      case 'MemberExpression':
        return tree.computed ? this.#operation('INDEX', [tree.object, tree.property], depth) : this.#attribute(tree);
      case 'CallExpression':
        return this.#call(tree, depth);
    }
  }

  #leaf(first: number): Lowered | CompileError {
    const { kind, text, literal, offset } = this.tokens[first]!;
    if (kind === 'literal') {
      if (literal === undefined) return this.#unsupported(first, `the number '${text}' is not a decimal one in range`);
      return { node: { kind: 'constant', ...literal, text, offset }, first };
    }
    const lower = text.toLowerCase();
    if (lower !== 'true' && lower !== 'false') return { node: { kind: 'attribute', name: text, offset }, first };
    return { node: { kind: 'constant', type: 'BOOL', value: lower === 'true', text: lower, offset }, first };
  }

  #operation(name: string, operands: readonly [Tree, ...Tree[]], depth: number): Lowered | CompileError {
    const args = this.#all(operands, depth);
    if (args instanceof CompileError) return args;
    const first = args[0]!.first;
    const offset = this.tokens[first]!.offset;
    return { node: { kind: 'call', name, receiver: undefined, args: args.map(({ node }) => node), offset }, first };
  }

  #unary(operator: string, argument: Tree, depth: number): Lowered | CompileError {
    const lowered = this.#operation(unaryOperators.get(operator)!, [argument], depth);
    if (lowered instanceof CompileError) return lowered;
    const first = lowered.first - 1;
    return { node: { ...lowered.node, offset: this.tokens[first]!.offset }, first };
  }

  #all(trees: readonly Tree[], depth: number): Lowered[] | CompileError {
    const all: Lowered[] = [];
    for (const tree of trees) {
      const lowered = this.lower(tree, depth + 1);
      if (lowered instanceof CompileError) return lowered;
      all.push(lowered);
    }
    return all;
  }

  #attribute(tree: Tree): Lowered | CompileError {
    const { anchor, names } = selectors(tree);
    const first = anchor.type === 'Identifier' ? indexOf(anchor.name) : undefined;
    if (first === undefined || this.tokens[first]!.kind !== 'identifier')
      return this.#unsupported(names[0]! - 1, 'a field can be selected from an attribute only');
    return { node: this.#named(first, names), first };
  }

  #named(first: number, rest: readonly number[]): AttributeNode {
    const name = [first, ...rest].map((index) => this.tokens[index]!.text).join('.');
    return { kind: 'attribute', name, offset: this.tokens[first]!.offset };
  }

  #call(tree: Tree & { type: 'CallExpression' }, depth: number): Lowered | CompileError {
    const { callee } = tree;
    if (callee.type === 'Identifier') {
      if (callee.name.startsWith('p')) return this.#group(indexOf(callee.name), tree.arguments[0]!, depth);
      const first = indexOf(callee.name);
      const { kind, text } = this.tokens[first]!;
      if (kind !== 'identifier') return this.#unsupported(first, `'${text}' cannot be called`);
      return this.#finish(text, tree.arguments, { first, receiver: undefined, depth });
    }
    if (callee.type === 'MemberExpression' && !callee.computed) return this.#method(callee, tree.arguments, depth);
    return this.#unsupported(firstOf(callee), 'only functions and methods can be called');
  }

  #group(first: number, inner: Tree, depth: number): Lowered | CompileError {
    const lowered = this.lower(inner, depth + 1);
    return lowered instanceof CompileError ? lowered : { node: lowered.node, first };
  }

  #method(callee: Tree, args: readonly Tree[], depth: number): Lowered | CompileError {
    const { anchor, names } = selectors(callee);
    const method = names.at(-1)!;
    const name = this.tokens[method]!.text;
    const index = anchor.type === 'Identifier' ? indexOf(anchor.name) : undefined;
    if (index !== undefined && this.tokens[index]!.kind === 'identifier')
      return this.#finish(name, args, { first: index, receiver: this.#named(index, names.slice(0, -1)), depth });
    // Go's tree tells (m["k"]).f() from m["k"].f(), and only the former was ever accepted.
    if (names.length > 1 || anchor.type === 'MemberExpression')
      return this.#unsupported(names[0]! - 1, 'a field can be selected from an attribute only');
    const receiver = this.lower(anchor, depth + 1);
    if (receiver instanceof CompileError) return receiver;
    return this.#finish(name, args, { first: receiver.first, receiver: receiver.node, depth });
  }

  #finish(
    name: string,
    args: readonly Tree[],
    call: { readonly first: number; readonly receiver: Node | undefined; readonly depth: number },
  ): Lowered | CompileError {
    const lowered = this.#all(args, call.depth);
    if (lowered instanceof CompileError) return lowered;
    const offset = this.tokens[call.first]!.offset;
    return {
      node: { kind: 'call', name, receiver: call.receiver, args: lowered.map(({ node }) => node), offset },
      first: call.first,
    };
  }

  #unsupported(token: number, message: string): CompileError {
    return errorAt(this.source, this.tokens[token]!.offset, { kind: 'UNSUPPORTED_SYNTAX', message });
  }

  #tooLarge(): CompileError {
    const message = `the expression is deeper than ${limits.depth} or has more than ${limits.nodes} parts`;
    return errorAt(this.source, 0, { kind: 'EXPRESSION_TOO_LARGE', message });
  }
}

function indexOf(name: string): number {
  return Number(name.slice(1));
}

/** Flattens `anchor.a.b` to the anchor and the token indices of the names. */
function selectors(tree: Tree): { anchor: Tree; names: readonly number[] } {
  const names: number[] = [];
  let anchor = tree;
  while (anchor.type === 'MemberExpression' && !anchor.computed) {
    if (anchor.property.type === 'Identifier') names.push(indexOf(anchor.property.name));
    anchor = anchor.object;
  }
  return { anchor, names: names.reverse() };
}

// Parentheses are calls, so what is called is a chain of calls, keys and names down to a first token.
function firstOf(callee: Tree): number {
  let left = callee;
  while (left.type === 'MemberExpression' || left.type === 'CallExpression')
    left = left.type === 'MemberExpression' ? left.object : left.callee;
  return indexOf((left as { readonly name: string }).name);
}
