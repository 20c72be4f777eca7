/** What a YAML scalar stands for: integers are bigint, so that 64 bits stay exact. */
export type ScalarValue = string | boolean | bigint | number | null;

/** Where a node starts in its file. Lines and columns count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface ScalarNode extends Place {
  readonly kind: 'scalar';
  readonly value: ScalarValue;
  /** As written (without quotes), for messages. */
  readonly source: string;
  /** The column of the first character of the text, if the text stands in the file on one line as it is. */
  readonly textColumn?: number | undefined;
}

export interface ListNode extends Place {
  readonly kind: 'list';
  readonly items: readonly ConfigNode[];
}

/** One key of a map; `line` and `column` are those of the key. */
export interface MapEntry extends Place {
  readonly key: string;
  readonly value: ConfigNode;
}

/** A map: every key once, merge keys and aliases already resolved. */
export interface MapNode extends Place {
  readonly kind: 'map';
  readonly entries: readonly MapEntry[];
}

/** A piece of a document with its place. An aliased node is shared: the tree is a graph without cycles. */
export type ConfigNode = ScalarNode | ListNode | MapNode;

/** True for a scalar that says nothing: `~`, `null` or no text at all. */
export function isNull(node: ConfigNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}

/** The value of a key of a map, undefined when there is none or it is null. */
export function getValue(map: MapNode, key: string): ConfigNode | undefined {
  const value = map.entries.find((entry) => entry.key === key)?.value;
  return value === undefined || isNull(value) ? undefined : value;
}

/** Says what a node is, for a message: `the number 5`, `a list`. */
export function describeNode(node: ConfigNode): string {
  if (node.kind !== 'scalar') return node.kind === 'map' ? 'a map' : 'a list';
  const shown = shorten(node.source);
  switch (typeof node.value) {
    case 'boolean':
      return `the boolean ${shown}`;
    case 'bigint':
    case 'number':
      return `the number ${shown}`;
    case 'string':
      return `the text ${quote(node.value)}`;
    default:
      return 'null';
  }
}

/** Quotes a user's text for a message, shortened when long. */
export function quote(text: string): string {
  return JSON.stringify(shorten(text));
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
