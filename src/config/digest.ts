import { createHash, type Hash } from 'node:crypto';
import type { ConfigNode, ScalarValue } from './node.js';

/**
 * SHA-1 (hex) of what nodes say: order of keys, comments, spelling of scalars and places do not count. `"1"` and `1`
 * differ.
 */
export function digestOf(nodes: readonly ConfigNode[]): string {
  const hash = createHash('sha1');
  for (const node of nodes) update(hash, node);
  return hash.digest('hex');
}

/** The SHA-1 (hex) of bytes or text. */
export function digestText(text: string | Uint8Array): string {
  return createHash('sha1').update(text).digest('hex');
}

function update(hash: Hash, node: ConfigNode): void {
  switch (node.kind) {
    case 'scalar':
      hash.update(scalarText(node.value));
      return;
    case 'list':
      hash.update(`[${node.items.length}`);
      for (const item of node.items) update(hash, item);
      return;
    case 'map': {
      const entries = node.entries.toSorted((a, b) => (a.key < b.key ? -1 : 1));
      hash.update(`{${entries.length}`);
      for (const entry of entries) {
        hash.update(scalarText(entry.key));
        update(hash, entry.value);
      }
    }
  }
}

// The length keeps one text from looking like two.
function scalarText(value: ScalarValue): string {
  return typeof value === 'string' ? `"${value.length}:${value}` : ` ${typeof value} ${String(value)}`;
}
