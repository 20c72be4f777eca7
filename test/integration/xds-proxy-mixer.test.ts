import { configWay } from '../support/config-way.js';

// The cases of the proxy once more, with configuration that comes over xDS.
configWay.current = 'xds';
await import('./proxy-mixer.test.js');
await import('./proxy-mixer-engine.test.js');
await import('./proxy-mixer-faults.test.js');
await import('./proxy-mixer-tcp.test.js');
await import('./proxy-bookinfo-weights.test.js');
