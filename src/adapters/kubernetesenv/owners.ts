import type { ObjectMeta, OwnerReference } from 'fairlead/kube';
import { itemsOf, textOf } from './parts.js';

/** The owner that a pod counts to. */
export interface Owner {
  readonly name: string;
  readonly uid: string;
}

/** What is kept of an object that owns pods: who owns it in turn. One object per owner, whoever it owns. */
export type OwnedBy = OwnerReference | typeof nobody;

/** Somebody without an owner. */
export const nobody = 'nobody';

/** Finds the owner of an object of one kind; undefined when the object is not known. */
export type FindOwner = (name: string, namespace: string) => OwnedBy | undefined;

/** An owner that owns itself, at some removes, is a mistake that must not be followed for ever. */
const mostSteps = 8;

/** The reference that says who controls an object, if anybody does. */
export function controllerOf({ ownerReferences }: ObjectMeta): OwnerReference | undefined {
  const found = itemsOf(ownerReferences).find(({ controller }) => controller === true);
  const [name, kind, apiVersion] = [textOf(found?.['name']), textOf(found?.['kind']), textOf(found?.['apiVersion'])];
  // The rest of the reference is not needed: many pods, little memory.
  return name === '' || kind === '' ? undefined : { name, kind, apiVersion };
}

/** Whether two objects are owned alike. */
export function isSameOwner(a: OwnedBy | undefined, b: OwnedBy | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  return a.name === b.name && a.kind === b.kind && a.apiVersion === b.apiVersion;
}

/** Follows pods to what people deploy: through replica sets, replication controllers and jobs to whoever owns those. */
export class Owners {
  #generation = 0;

  constructor(private readonly kinds: ReadonlyMap<string, FindOwner>) {}

  /** Changes whenever an answer may have changed. */
  get generation(): number {
    return this.#generation;
  }

  /** Notes that somebody is owned by somebody else than before. */
  change(): void {
    this.#generation++;
  }

  /** The last owner that is known. Kinds that are not looked up end the chain (adapters.md 3). */
  follow(controller: OwnerReference, namespace: string): Owner {
    let last = controller;
    for (let step = 0; step < mostSteps; step += 1) {
      const next = this.kinds.get(last.kind ?? '')?.(last.name ?? '', namespace);
      if (next === undefined || next === nobody) break;
      last = next;
    }
    const { apiVersion = '', kind = '', name = '' } = last;
    return { name, uid: `kubernetes://apis/${apiVersion}/namespaces/${namespace}/${kind.toLowerCase()}s/${name}` };
  }
}
