export { createListenerSet } from './listener-set.js';
export type { HttpAcceptor, ListenerSet, Problem } from './types.js';
