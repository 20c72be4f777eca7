import type { EndpointFacts, PlaceGroup } from './read-endpoints.js';

/** Endpoints by service: a service may have many slices. */
export class EndpointIndex {
  readonly #byService = new Map<string, Map<string, EndpointFacts>>();

  set(facts: EndpointFacts, before: EndpointFacts | undefined): void {
    if (before !== undefined && before.service !== facts.service) this.delete(before);
    const slices = this.#byService.get(facts.service);
    if (slices === undefined) this.#byService.set(facts.service, new Map([[facts.name, facts]]));
    else slices.set(facts.name, facts);
  }

  delete({ service, name }: EndpointFacts): void {
    const slices = this.#byService.get(service);
    slices?.delete(name);
    if (slices?.size === 0) this.#byService.delete(service);
  }

  /** Undefined when nothing is told about the service, which is not the same as that it runs nowhere. */
  groupsOf(service: string): readonly PlaceGroup[] | undefined {
    const slices = this.#byService.get(service);
    return slices === undefined ? undefined : [...slices.values()].flatMap(({ groups }) => groups);
  }
}
