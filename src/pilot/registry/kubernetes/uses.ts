/** Which services depend on which pods, addresses and nodes, so that a change of one of these finds its services. */
export class Uses {
  readonly #users = new Map<string, Set<string>>();
  readonly #used = new Map<string, ReadonlySet<string>>();

  /** What a service uses from now on; nothing takes it out. */
  set(service: string, used: ReadonlySet<string>): void {
    const before = this.#used.get(service);
    for (const one of before ?? []) if (!used.has(one)) this.#drop(one, service);
    for (const one of used) if (before?.has(one) !== true) this.#add(one, service);
    if (used.size === 0) this.#used.delete(service);
    else this.#used.set(service, used);
  }

  usersOf(used: string): Iterable<string> {
    return this.#users.get(used) ?? [];
  }

  #add(used: string, service: string): void {
    const users = this.#users.get(used);
    if (users === undefined) this.#users.set(used, new Set([service]));
    else users.add(service);
  }

  #drop(used: string, service: string): void {
    const users = this.#users.get(used);
    users?.delete(service);
    if (users?.size === 0) this.#users.delete(used);
  }
}
