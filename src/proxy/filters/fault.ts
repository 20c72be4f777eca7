import type { HttpFilter } from './filter.js';

/** Delays and aborts what the route says (mesh.md 2.1.8). */
export function createFaultFilter(random: () => number): HttpFilter {
  return {
    name: 'fault',
    onRequest: (exchange, control) => {
      const fault = exchange.route?.fault;
      if (fault === undefined) return undefined;
      const delay = fault.delayMillis(random);
      if (delay === undefined) return fault.abort(random);
      exchange.flags.add('DI');
      return control.wait(delay).then(() => fault.abort(random));
    },
  };
}
