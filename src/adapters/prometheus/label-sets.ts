/** One combination of label values, shared by all metrics with the same label names. */
export interface LabelSet {
  /** In the order of the label names. */
  readonly values: readonly string[];
  /** How many series use it; at 0 it is not in the index any more. */
  users: number;
}

/** Stands for a combination that no series has. */
export const unknownLabels: LabelSet = { values: [], users: 0 };

/** Tells label sets apart by one column: all sets below agree on the columns before it, except those of parents. */
interface Branch {
  readonly column: number;
  readonly children: Map<string, Node>;
}

type Node = LabelSet | Branch;

/**
 * All label sets over the same label names: a tree that looks only at the columns in which sets differ and compares the
 * one set it ends at in full. So a lookup hashes two or three strings instead of twenty, builds no key, and a label
 * value may hold any character.
 */
export class LabelSets {
  /** The values asked for last; a reader overwrites those that changed and then calls {@link resolve}. */
  readonly tuple: string[];
  /** How many metrics use this index. */
  holders = 0;
  #latest: LabelSet | undefined;
  #root: Node | undefined;

  constructor(readonly names: readonly string[]) {
    this.tuple = names.map(() => '');
  }

  /** The set of the values in `tuple`, {@link unknownLabels} when there is none. `same`: nothing was written since. */
  resolve(same: boolean): LabelSet {
    const latest = this.#latest;
    // Metrics over the same dimensions follow each other in a report: then there is nothing to search.
    if (same && latest !== undefined && latest.users > 0) return latest;
    this.#latest = this.#find();
    return this.#latest ?? unknownLabels;
  }

  /** Makes the set of the values in `tuple`, which must be new. It is for the caller to use it at once. */
  insert(): LabelSet {
    const set = this.#insert();
    this.#latest = set;
    return set;
  }

  /** To be called when `tuple` was only partly overwritten. */
  forget(): void {
    this.#latest = undefined;
  }

  /** Gives one use of a set back; the last one removes it. */
  release(set: LabelSet): void {
    set.users--;
    if (set.users === 0) this.#remove(set);
  }

  get isEmpty(): boolean {
    return this.#root === undefined;
  }

  #find(): LabelSet | undefined {
    const tuple = this.tuple;
    let node = this.#root;
    while (node !== undefined && 'children' in node) node = node.children.get(tuple[node.column]!);
    return node !== undefined && firstDifference(node.values, tuple) < 0 ? node : undefined;
  }

  #insert(): LabelSet {
    const tuple = this.tuple;
    if (this.#root === undefined) {
      const first: LabelSet = { values: tuple.slice(), users: 0 };
      this.#root = first;
      return first;
    }
    const near = this.#nearest(this.#root);
    // Equal values are taken from the neighbour, so that sets share their strings.
    const values = tuple.map((value, index) => (near.values[index] === value ? near.values[index] : value));
    const set: LabelSet = { values, users: 0 };
    this.#place(set, near, firstDifference(near.values, tuple));
    return set;
  }

  /** A set that agrees with `tuple` on as many leading columns as any. */
  #nearest(root: Node): LabelSet {
    let node = root;
    while ('children' in node) node = node.children.get(this.tuple[node.column]!) ?? firstChild(node);
    return node;
  }

  #place(set: LabelSet, near: LabelSet, column: number): void {
    let parent: Branch | undefined;
    let node = this.#root!;
    while ('children' in node && node.column < column) {
      parent = node;
      node = node.children.get(set.values[node.column]!)!;
    }
    if ('children' in node && node.column === column) {
      node.children.set(set.values[column]!, set);
      return;
    }
    const branch: Branch = { column, children: new Map([[near.values[column]!, node]]) };
    branch.children.set(set.values[column]!, set);
    this.#replace(parent, set.values, branch);
  }

  #replace(parent: Branch | undefined, values: readonly string[], node: Node): void {
    if (parent === undefined) this.#root = node;
    else parent.children.set(values[parent.column]!, node);
  }

  #remove(set: LabelSet): void {
    let above: Branch | undefined;
    let parent: Branch | undefined;
    let node = this.#root!;
    while ('children' in node) {
      above = parent;
      parent = node;
      node = node.children.get(set.values[node.column]!)!;
    }
    if (parent === undefined) {
      this.#root = undefined;
      return;
    }
    parent.children.delete(set.values[parent.column]!);
    if (parent.children.size === 1) this.#replace(above, set.values, firstChild(parent));
  }
}

function firstChild(branch: Branch): Node {
  return branch.children.values().next().value!;
}

/** Index of the first value that differs, or -1. */
function firstDifference(a: readonly string[], b: readonly string[]): number {
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return index;
  return -1;
}
