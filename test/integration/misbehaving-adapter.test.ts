import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { type Connection, connectMixer } from '../../src/cli/client/connect.js';
import { compressAttributes } from '../../src/cli/client/compress-attributes.js';
import type { CheckResponse } from '../../src/gen/istio/mixer/v1/check.js';
import { ReportRequest_RepeatedAttributesSemantics as Semantics } from '../../src/gen/istio/mixer/v1/report.js';
import { builtFile } from '../support/built.js';
import { RunningCli } from '../support/cli-process.js';
import { tempFolder } from '../support/temp-folder.js';

const adapter = builtFile('test/support/rogue-adapter.ts');
const config = `
apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: rogue, namespace: istio-system}
spec: {compiledAdapter: rogue}
---
apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: entry, namespace: istio-system}
spec: {compiledTemplate: listentry, params: {value: source.user | ""}}
---
apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: seen, namespace: istio-system}
spec: {compiledTemplate: reportnothing}
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: all, namespace: istio-system}
spec: {actions: [{handler: rogue, instances: [entry, seen]}]}
`;

describe('an adapter that misbehaves, loaded with --adapter', () => {
  const folder = tempFolder({ 'config.yaml': config });
  let server: RunningCli;
  let mixer: Connection;
  before(async () => {
    server = new RunningCli([
      'mixer',
      ...['--configStoreURL', `fs://${folder}`, '--address', `unix://${join(folder, 'mixer.sock')}`],
      ...['--monitoringPort', '0', '--adapter', adapter, '--adapterTimeout', '200ms'],
    ]);
    mixer = connectMixer((await server.waitFor(/serving Check and Report on (\S+)/))[1] ?? '');
  });
  after(async () => {
    mixer.close();
    assert.equal((await server.stop()).code, 0);
  });

  const check = (user: string): Promise<CheckResponse> =>
    mixer.check({
      attributes: compressAttributes([['source.user', user]]),
      globalWordCount: 0,
      deduplicationId: '',
      quotas: {},
    });

  for (const how of ['throws', 'rejects', 'hangs', 'nonsense', 'nothing', 'stray', 'thenable']) {
    it(`is contained when it ${how}: INTERNAL within the deadline, and the next request is served`, async () => {
      const start = performance.now();
      await assert.rejects(check(how), {
        status: 'INTERNAL',
        details: /performing check operation failed: [^]*rogue\.istio-system/,
      });
      assert.ok(performance.now() - start < 10_000);
      assert.equal((await check('well')).precondition?.status?.code, 0);
    });
  }

  it('makes a report UNKNOWN', async () => {
    const set = compressAttributes([['source.user', 'x']]);
    const report = mixer.report({
      attributes: [set],
      defaultWords: [],
      globalWordCount: 0,
      repeatedAttributesSemantics: Semantics.INDEPENDENT_ENCODING,
    });
    await assert.rejects(report, { status: 'UNKNOWN', details: /no reports today/ });
  });

  it('is named in the log', () => {
    assert.match(server.output, /handler=rogue\.istio-system/);
  });
});
