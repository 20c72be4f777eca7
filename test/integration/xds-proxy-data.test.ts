import { configWay } from '../support/config-way.js';

// The cases of the proxy once more, with configuration that comes over xDS.
configWay.current = 'xds';
await import('./proxy-http.test.js');
await import('./proxy-faults.test.js');
await import('./proxy-grpc.test.js');
await import('./proxy-websocket.test.js');
await import('./proxy-http2-bad.test.js');
