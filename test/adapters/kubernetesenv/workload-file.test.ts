import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseWorkloads } from '../../../src/adapters/kubernetesenv/workload-file.js';

const mistakesIn = (text: string): readonly string[] =>
  parseWorkloads(text).mistakes.map(({ line, column, message }) => `${line}:${column} ${message}`);

describe('a list of workloads', () => {
  it('says what is known about each', () => {
    const { list, mistakes } = parseWorkloads(`
- name: reviews-1
  namespace: bookinfo
  ips: [10.0.0.1, "fd00::1"]
  labels: { app: reviews, version: "1", __proto__: x }
  serviceAccount: reviews
  hostIp: 10.1.0.1
  owner: kubernetes://apis/apps/v1/namespaces/bookinfo/deployments/reviews
  workload: { name: reviews, namespace: other, uid: some-uid }
  containers:
    - { name: app, ports: [9080, 9081] }
    - { name: proxy, ports: [9080, 15001] }
- name: bare
`);
    assert.deepEqual(mistakes, []);
    const [reviews, bare] = list;
    assert.deepEqual(reviews, {
      ips: [0x0a000001, 'fd00::1'],
      facts: {
        name: 'reviews-1',
        namespace: 'bookinfo',
        ip: '10.0.0.1',
        hostIp: '10.1.0.1',
        labels: new Map([
          ['app', 'reviews'],
          ['version', '1'],
          ['__proto__', 'x'],
        ]),
        serviceAccount: 'reviews',
        owner: 'kubernetes://apis/apps/v1/namespaces/bookinfo/deployments/reviews',
        workloadName: 'reviews',
        workloadNamespace: 'other',
        workloadUid: 'some-uid',
        containers: new Map([
          [9080, 'app'],
          [9081, 'app'],
          [15001, 'proxy'],
        ]),
      },
    });
    assert.equal(bare?.facts.namespace, 'default');
    assert.equal(bare.facts.workloadUid, 'istio://default/workloads/bare');
  });

  it('of another kind is told about some of its mistakes, and how many more there are', () => {
    const mistakes = mistakesIn('- 7\n'.repeat(250));
    assert.equal(mistakes.length, 101);
    assert.equal(mistakes.at(-1), '101:3 and 150 more mistakes from here');
  });

  it('may be empty', () => {
    for (const text of ['', '# nothing', '[]', 'null']) {
      assert.deepEqual(parseWorkloads(text), { list: [], mistakes: [] });
    }
  });

  it('is told about all its mistakes at their places', () => {
    assert.deepEqual(
      mistakesIn(`
- nmae: a
- name: b
  ips: 10.0.0.1
  labels: { version: 1, on: x }
- name: c
  ips: [10.0.0.256, 0.0.0.0]
  hostIp: here
  containers: [{ ports: [0, http] }]
- text
- name: d
  namespace: a.b
`),
      [
        '2:3 "nmae" is no field of a workload',
        '2:3 the workload has no name',
        '4:8 ips must be a list',
        '5:22 the value of a label must be text; quote it',
        '5:25 a label must be text; quote it',
        '7:9 "10.0.0.256" is no IP address of a workload',
        '7:21 "0.0.0.0" is no IP address of a workload',
        '8:11 "here" is no IP address of a workload',
        '9:16 the container has no name',
        '9:26 a port must be a number from 1 to 65535',
        '9:29 a port must be a number from 1 to 65535',
        '10:3 a workload must be a map',
        '11:3 a namespace has no dots',
      ],
    );
  });

  it('has no two workloads of one name, or of one address', () => {
    assert.deepEqual(
      mistakesIn(`
- { name: a, ips: [10.0.0.1] }
- { name: a, namespace: other, ips: ["::ffff:10.0.0.1"] }
- { name: a, namespace: default }
`),
      ['3:3 another workload has one of its addresses', '4:3 another workload has the name "a" in "default"'],
    );
  });

  it('that is no YAML, or no list, says so', () => {
    assert.match(mistakesIn('- a: [')[0] ?? '', /^1:\d+ /);
    assert.deepEqual(mistakesIn('name: a'), ['1:1 the file must be a list']);
    assert.match(mistakesIn('- { name: a, name: b }')[0] ?? '', /1:14 Map keys must be unique/);
    assert.ok(mistakesIn('- &a [*a]').length > 0);
  });
});
