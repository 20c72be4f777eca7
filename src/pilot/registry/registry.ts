import type { Instance, Service } from '../model/service.js';

/** The name of the registry of ServiceEntry and Services resources. */
export const fileRegistry = 'file';

/**
 * Where services are known from. `services` and `instances` give what is known now and cost nothing; they change only
 * together with a call of the listeners, and what they gave before does not change.
 */
export interface Registry {
  /** Ends up in `Service.registry`. */
  readonly name: string;
  services(): readonly Service[];
  instances(): readonly Instance[];
  /** Calls the listener after each change; the result stops that. */
  onChange(listener: () => void): () => void;
}
