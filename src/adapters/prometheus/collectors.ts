import type { ExpositionFormat, MetricsSource } from 'fairlead/sdk';

import type { Definition } from './definition.js';
import { Family } from './family.js';
import { writeFamily } from './family-text.js';
import { LabelSets } from './label-sets.js';

/** One built handler, as a holder of metrics. */
export interface Owner {
  /** The handler's name; two owners of one name are two builds of one handler. */
  readonly name: string;
}

interface Entry {
  readonly family: Family;
  readonly owners: Set<Owner>;
}

/** What a handler that could not be built has asked for. */
interface Wish {
  /** By metric. */
  readonly shapes: ReadonlyMap<string, string>;
  readonly until: number;
}

// The host tries again once a minute or more often; a wish that is not repeated is a configuration that is gone.
const wishMillis = 150_000;

/**
 * The metrics of all prometheus handlers of a host, as one scrape shows them. A metric lives as long as a handler
 * defines it, so that its series survive a rebuild with the same definition.
 */
export class Collectors implements MetricsSource {
  readonly #entries = new Map<string, Entry>();
  readonly #sets = new Map<string, LabelSets>();
  readonly #wishes = new Map<string, Wish>();

  /**
   * Registers all definitions of a handler, or none and says why: another live handler has a metric of that name with
   * other labels, help, kind or buckets. A former build of the same handler loses to the new definition instead, and so
   * does one of a handler that has just asked for the new definition in vain: of two that change together, one is first.
   */
  claim(
    owner: Owner,
    definitions: readonly Definition[],
    now: number,
  ): readonly Family[] | { readonly conflict: string } {
    this.#wishes.delete(owner.name);
    for (const definition of definitions) {
      const rival = this.#rivalOf(owner, definition, now);
      if (rival === undefined) continue;
      const shapes = new Map(definitions.map(({ fullName, shape }) => [fullName, shape]));
      this.#wishes.set(owner.name, { shapes, until: now + wishMillis });
      const what = `metric '${definition.fullName}' of handler '${owner.name}'`;
      return { conflict: `${what} has other labels, help, kind or buckets than in handler '${rival.name}'` };
    }
    return definitions.map((definition) => this.#register(owner, definition));
  }

  /** Gives up all metrics of an owner; those without another owner vanish. */
  release(owner: Owner): void {
    const gone: Family[] = [];
    for (const [name, { family, owners }] of this.#entries) {
      if (!owners.delete(owner) || owners.size > 0) continue;
      gone.push(family);
      this.#entries.delete(name);
    }
    for (const family of gone) family.retire();
    for (const family of gone) family.dispose();
    for (const [key, sets] of this.#sets) if (sets.holders === 0) this.#sets.delete(key);
  }

  exposition(): string {
    return Array.from(this.pieces('text')).join('');
  }

  /** Metrics come by name. Those that are registered after the first piece are left out. */
  *pieces(format: ExpositionFormat): Generator<string, void> {
    const names = Array.from(this.#entries.keys()).sort();
    const families = names.map((name) => this.#entries.get(name)!.family);
    const taken = new Set(names);
    for (const family of families) yield* writeFamily(family, format, taken);
  }

  #rivalOf(owner: Owner, definition: Definition, now: number): Owner | undefined {
    const entry = this.#entries.get(definition.fullName);
    if (entry === undefined || entry.family.definition.shape === definition.shape) return undefined;
    return Array.from(entry.owners).find(
      (other) => other === owner || (other.name !== owner.name && !this.#agrees(other, definition, now)),
    );
  }

  #agrees({ name }: Owner, { fullName, shape }: Definition, now: number): boolean {
    const wish = this.#wishes.get(name);
    return wish !== undefined && now <= wish.until && (wish.shapes.get(fullName) ?? shape) === shape;
  }

  #register(owner: Owner, definition: Definition): Family {
    const entry = this.#entries.get(definition.fullName);
    if (entry !== undefined && entry.family.definition.shape === definition.shape) {
      entry.owners.add(owner);
      return entry.family;
    }
    entry?.family.dispose();
    const family = new Family(definition, this.#setsFor(definition));
    this.#entries.set(definition.fullName, { family, owners: new Set([owner]) });
    return family;
  }

  #setsFor(definition: Definition): LabelSets {
    const names = definition.labels.map((label) => label.name);
    const key = names.join(' ');
    const known = this.#sets.get(key);
    if (known !== undefined && known.holders > 0) return known;
    const sets = new LabelSets(names);
    this.#sets.set(key, sets);
    return sets;
  }
}
