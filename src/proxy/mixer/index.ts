export { dropForwarded } from './drop-forwarded.js';
export { ClientSlot, type MakeTransport } from './client-slot.js';
export { toHttpConfig } from './client-config.js';
export { clientTime } from './client-time.js';
export { createMixerFilter } from './mixer-filter.js';
export { createMixerTcpObserver } from './tcp-observer.js';
