import { suggest } from '../../config/index.js';

/**
 * What a reference that leads nowhere may have meant, as the end of a message: empty, or text that starts with a
 * semicolon. `keys` are those of all resources of the sort (`name.kind.namespace`), `from` is the referring namespace.
 */
export function referenceHint(
  reference: string,
  keys: Iterable<string>,
  from: { readonly kind: string; readonly namespace: string },
): string {
  const wanted = reference.split('.', 1)[0] ?? '';
  const spellings: string[] = [];
  for (const key of keys) {
    const { name, spelling } = spell(key, from);
    if (name === wanted) return `; did you mean '${spelling}'?`;
    spellings.push(spelling);
  }
  const meant = suggest(reference, spellings);
  return meant === undefined ? '' : `; did you mean '${meant}'?`;
}

/** The shortest way to refer to a resource from a namespace (mixer-core.md 5.3). */
function spell(key: string, from: { readonly kind: string; readonly namespace: string }): Spelling {
  const [namespace = '', kind = ''] = key.split('.').reverse();
  const name = key.slice(0, -(kind.length + namespace.length + 2));
  // A name with dots of its own is found by its whole key only.
  if (name.includes('.')) return { name, spelling: key };
  const short = kind === from.kind ? name : `${name}.${kind}`;
  if (namespace === from.namespace) return { name, spelling: short };
  return { name, spelling: kind === from.kind ? `${name}.${namespace}` : key };
}

interface Spelling {
  readonly name: string;
  readonly spelling: string;
}
