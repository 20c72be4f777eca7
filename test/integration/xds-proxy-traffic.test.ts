import { configWay } from '../support/config-way.js';

// The cases of the proxy once more, with configuration that comes over xDS.
configWay.current = 'xds';
await import('./proxy-traffic-gateway.test.js');
await import('./proxy-traffic-listeners.test.js');
await import('./proxy-traffic-routes.test.js');
await import('./proxy-traffic-upstream.test.js');
