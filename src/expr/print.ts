import type { Node } from './ast.js';

/**
 * The canonical form of an expression: attributes as `$name`, constants as written, `NAME(arg, arg)` for functions and
 * operators, `receiver:name(arg)` for methods (mixer-core.md 3.1). Messages about types quote it.
 */
export function printExpression(node: Node): string {
  switch (node.kind) {
    case 'constant':
      return node.text;
    case 'attribute':
      return `$${node.name}`;
    case 'call': {
      const receiver = node.receiver === undefined ? '' : `${printExpression(node.receiver)}:`;
      return `${receiver}${node.name}(${node.args.map(printExpression).join(', ')})`;
    }
  }
}
