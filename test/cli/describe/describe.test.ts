import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runInProcess } from '../../support/run-program.js';
import { tempFolder } from '../../support/temp-folder.js';

const example = fileURLToPath(new URL('../../../examples/config/mesh', import.meta.url));

const manifests = `
apiVersion: v1
kind: Service
metadata: { name: apples }
spec: { selector: { app: apples }, ports: [{ name: http, port: 80 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: apples-ripe }
spec: { template: { metadata: { labels: { app: apples, release: ripe } } } }
---
kind: DestinationRule
metadata: { name: apples }
spec:
  host: apples
  trafficPolicy: { tls: { mode: ISTIO_MUTUAL }, loadBalancer: { simple: RANDOM } }
  subsets:
  - { name: ripe, labels: { release: ripe } }
  - { name: green, labels: { release: green } }
---
kind: VirtualService
metadata: { name: stall }
spec:
  hosts: [stall.example.com]
  gateways: [gate]
  http:
  - match: [{ uri: { prefix: /fruit }, headers: { x-basket: {} } }]
    route: [{ destination: { host: apples } }]
  - redirect: { authority: market.example.com, uri: / }
---
kind: Gateway
metadata: { name: gate }
spec:
  selector: { app: apples }
  servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }]
---
kind: Sidecar
metadata: { name: apples }
spec: { workloadSelector: { labels: { release: ripe } }, egress: [{ hosts: ["./*"] }] }
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: { name: ripe, namespace: istio-system }
spec: { match: 'destination.labels["release"] == "ripe" && request.method == "GET"', actions: [] }
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: { name: green, namespace: istio-system }
spec: { match: 'destination.labels["release"] == "green"', actions: [] }
`;

describe('fairlead describe', () => {
  it('names the quotas and the rules of Mixer for a service', async () => {
    const { out, code } = await runInProcess(['describe', 'svc', 'catalogue.shop', example]);
    assert.equal(code, 0);
    assert.match(out, /^QuotaSpec: searches\.shop$/m);
    assert.match(out, /^Mixer rule: limit-searches\.istio-system for all its requests$/m);
    assert.doesNotMatch(out, /payments/);
    assert.equal((await runInProcess(['describe', 'svc', 'catalogue.shop.svc.cluster.local', example])).out, out);
  });

  it('describes a pod by its services, subsets, Sidecar and Gateways', async () => {
    const path = join(tempFolder({ 'orchard.yaml': manifests }), 'orchard.yaml');
    const { out, code } = await runInProcess(['describe', 'pod', 'apples-ripe.default', path]);
    assert.equal(code, 0);
    const host = 'apples.default.svc.cluster.local';
    const want = [
      'Deployment: apples-ripe.default',
      '   Labels: app=apples,release=ripe',
      '   Warning: without the label "version" it is in no subset by version',
      'Sidecar: apples.default',
      'Serves the Gateway: gate.default',
      `Service: apples.default (${host})`,
      '   Port: http 80/HTTP',
      '   Instances: 1',
      'DestinationRule: apples.default',
      '   Policy for port 80: loadBalancer, tls ISTIO_MUTUAL',
      '   Subset: ripe (release=ripe), 1 instance',
      '   Subset: green (release=green), 0 instances, not this one',
      'VirtualService: stall.default, for other hosts, sends traffic to it',
      'Gateway: gate.default',
      'Mixer rule: ripe.istio-system when destination.labels["release"] == "ripe" && request.method == "GET"',
    ];
    assert.deepEqual(out.split('\n').slice(0, want.length), want);
    assert.match(out.split('\n')[want.length] ?? '', /^Warning \[SUBSET_EMPTY\] \(DestinationRule apples\.default /);
  });

  it('says what could not be read', async () => {
    const path = join(tempFolder({ 'orchard.yaml': `${manifests}---\nkind: [` }), 'orchard.yaml');
    const { out } = await runInProcess(['describe', 'svc', 'apples', path]);
    assert.match(out, /^Error \[YAML_SYNTAX\] \(\S+orchard\.yaml:\d+:\d+\) /m);
  });
});
