import { configWay } from '../support/config-way.js';

// The cases of the proxy once more, with configuration that comes over xDS.
configWay.current = 'xds';
await import('./proxy-bookinfo.test.js');
