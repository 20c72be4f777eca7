interface Grant {
  available: number;
  expiry: number;
}

/** One grant among others, for later correction. */
export interface GrantRef {
  readonly expiry: number;
}

/** Amounts that were granted, each with an end. The oldest are used first. */
export class Grants {
  #list: Grant[] = [];

  available(now: number): number {
    this.#list = this.#list.filter(({ available, expiry }) => available > 0 && now < expiry);
    return this.#list.reduce((sum, { available }) => sum + available, 0);
  }

  add(amount: number, expiry: number): GrantRef {
    const grant = { available: amount, expiry };
    this.#list.push(grant);
    return grant;
  }

  /** Takes as much as there is; returns what was missing. */
  take(amount: number, now: number): number {
    let missing = amount;
    for (const grant of this.#list) {
      if (now >= grant.expiry) continue;
      const part = Math.min(grant.available, missing);
      grant.available -= part;
      missing -= part;
      if (missing === 0) break;
    }
    return missing;
  }

  /** Sets right what was credited beforehand: takes the shortfall from that grant, then from others; returns the rest. */
  settle(ref: GrantRef, shortfall: number, how: { readonly expiry: number; readonly now: number }): number {
    const grant = this.#list.find((one) => one === ref);
    let missing = shortfall;
    if (grant !== undefined) {
      const part = Math.min(grant.available, missing);
      grant.available -= part;
      missing -= part;
      grant.expiry = how.expiry;
    }
    return missing > 0 ? this.take(missing, how.now) : 0;
  }
}
