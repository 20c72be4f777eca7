import { type CallNode, type Node, parseExpression } from '../../expr/index.js';

/** What can be told of a condition without a request. */
export type Truth = 'always' | 'never' | 'sometimes';

/** What is known of each request: attributes, and values of maps as `destination.labels[app]`. */
export type KnownAttributes = ReadonlyMap<string, string>;

/** Tells whether a rule's `match` can hold where some attributes are known; an empty one always does. */
export function truthOfMatch(match: string, known: KnownAttributes): Truth {
  if (match.trim() === '') return 'always';
  const node = parseExpression(match);
  // A broken condition is for `fairlead validate` to tell.
  return 'message' in node ? 'sometimes' : truthOf(node, known);
}

const opposites: Readonly<Record<Truth, Truth>> = { always: 'never', never: 'always', sometimes: 'sometimes' };

function truthOf(node: Node, known: KnownAttributes): Truth {
  if (node.kind === 'constant') return node.value === true ? 'always' : node.value === false ? 'never' : 'sometimes';
  if (node.kind === 'attribute') return 'sometimes';
  const { name, receiver } = node;
  switch (name) {
    case 'LAND':
      return combine(node, known, { decides: 'never', other: 'always' });
    case 'LOR':
      return combine(node, known, { decides: 'always', other: 'never' });
    case 'EQ':
      return compare(node, known, (a, b) => a === b);
    case 'NEQ':
      return opposites[compare(node, known, (a, b) => a === b)];
    case 'match':
      return compare(node, known, matchesGlob);
    case 'startsWith':
      return compare({ ...node, args: [...receiverOf(receiver), ...node.args] }, known, (a, b) => a.startsWith(b));
    case 'endsWith':
      return compare({ ...node, args: [...receiverOf(receiver), ...node.args] }, known, (a, b) => a.endsWith(b));
    default:
      return 'sometimes';
  }
}

function combine(
  { args }: CallNode,
  known: KnownAttributes,
  { decides, other }: { readonly decides: Truth; readonly other: Truth },
): Truth {
  const parts = args.map((one) => truthOf(one, known));
  if (parts.includes(decides)) return decides;
  return parts.every((part) => part === other) ? other : 'sometimes';
}

function compare({ args }: CallNode, known: KnownAttributes, test: (a: string, b: string) => boolean): Truth {
  const [some, other] = args.map((one) => textOf(one, known));
  if (some === undefined || other === undefined) return 'sometimes';
  return test(some, other) ? 'always' : 'never';
}

/** The text that a part always gives; undefined where that takes a request. */
function textOf(node: Node, known: KnownAttributes): string | undefined {
  if (node.kind === 'constant') return typeof node.value === 'string' ? node.value : undefined;
  if (node.kind === 'attribute') return known.get(node.name);
  const [map, key] = node.args;
  if (node.name === 'INDEX' && map?.kind === 'attribute' && key?.kind === 'constant') {
    return known.get(`${map.name}[${String(key.value)}]`);
  }
  // Of `a | b` the first counts when it is there.
  return node.name === 'OR' && map !== undefined ? textOf(map, known) : undefined;
}

function receiverOf(receiver: Node | undefined): readonly Node[] {
  return receiver === undefined ? [] : [receiver];
}

function matchesGlob(text: string, pattern: string): boolean {
  if (pattern.endsWith('*')) return text.startsWith(pattern.slice(0, -1));
  return pattern.startsWith('*') ? text.endsWith(pattern.slice(1)) : text === pattern;
}
