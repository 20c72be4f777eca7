export { ClientSlot, type MakeTransport } from './client-slot.js';
export { createMixerFilter } from './mixer-filter.js';
export { createMixerTcpObserver } from './tcp-observer.js';
