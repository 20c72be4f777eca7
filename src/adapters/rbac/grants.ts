import type { Action } from './rule.js';
import type { Subject, SubjectMatch } from './subject.js';

/** One rule of a role, for those who have the role. */
export interface Grant {
  readonly role: string;
  readonly allows: (action: Action) => boolean;
  readonly isMeant: SubjectMatch;
}

/** The grants for services of one pattern, those for known users apart from those for whoever else. */
export class Grants {
  readonly #byUser = new Map<string, Grant[]>();
  readonly #others: Grant[] = [];

  /** Adds a grant. `users` are all who can be meant, undefined when that is not a matter of names. */
  add(grant: Grant, users: ReadonlySet<string> | undefined): void {
    if (users === undefined) this.#others.push(grant);
    else for (const user of users) this.#byUser.set(user, [...(this.#byUser.get(user) ?? []), grant]);
  }

  /** The role of a grant that allows it, if there is one. */
  find(subject: Subject, action: Action): string | undefined {
    const own = this.#byUser.get(subject.user);
    return (own && search(own, subject, action)) ?? search(this.#others, subject, action);
  }
}

function search(grants: readonly Grant[], subject: Subject, action: Action): string | undefined {
  for (const { allows, isMeant, role } of grants) if (allows(action) && isMeant(subject)) return role;
  return undefined;
}
