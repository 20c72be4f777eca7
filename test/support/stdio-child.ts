import { Timestamp } from 'fairlead/sdk';
import { createMixer } from '../../src/index.js';

// A mixer whose log goes to a stream of this process. It reports thirty entries of a size, says how long that took and
// how many were refused, closes, and ends.
const [, , stream = 'STDOUT', size = '1'] = process.argv;
const mixer = await createMixer({
  config: {
    yaml: `
kind: instance
metadata: { name: log, namespace: istio-system }
spec:
  compiledTemplate: logentry
  params: { severity: '"info"', timestamp: request.time, variables: { path: request.path } }
---
kind: handler
metadata: { name: stdio, namespace: istio-system }
spec: { compiledAdapter: stdio, params: { logStream: ${stream} } }
---
kind: rule
metadata: { name: all, namespace: istio-system }
spec: { actions: [ { handler: stdio, instances: [ log ] } ] }
`,
  },
});
const path = 'x'.repeat(Number(size));
let refused = 0;
let slowest = 0;
for (let round = 0; round < 30; round += 1) {
  const begin = performance.now();
  await mixer.report([{ 'request.path': path, 'request.time': new Timestamp(round, 0) }]).catch(() => (refused += 1));
  slowest = Math.max(slowest, performance.now() - begin);
}
process.send!({ refused, slowest });
await mixer.close();
process.disconnect();
