import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { runCli, RunningCli } from '../support/cli-process.js';
import { sharedMaterial } from '../support/shared-material.js';
import { tempFolder } from '../support/temp-folder.js';

const samples = sharedMaterial('istio-samples/mixer/testdata/config');
const ratings = 'destination.service.name=ratings,destination.namespace=default';

for (const transport of ['tcp', 'unix'] as const) {
  describe(
    `the sample configuration over ${transport}, driven by fairlead check and report`,
    { skip: samples.skip },
    () => {
      const folder = tempFolder();
      const address = transport === 'tcp' ? 'tcp://127.0.0.1:0' : `unix://${folder}/mixer.sock`;
      let server: RunningCli;
      let mixer: string;
      let metrics: string;
      before(async () => {
        server = new RunningCli([
          'mixer',
          ...['--configStoreURL', `fs://${samples.path}`],
          ...['--address', address, '--monitoringPort', '0', '--prometheusAddress', '127.0.0.1:0'],
        ]);
        metrics = (await server.waitFor(/serving metrics on (\S+)/))[1] ?? '';
        mixer = (await server.waitFor(/serving Check and Report on (\S+)/))[1] ?? '';
      });
      after(() => server.stop());

      const check = async (...args: string[]): Promise<string> => {
        const { code, stdout, stderr } = await runCli(['check', '-m', mixer, ...args]);
        assert.equal(code, 0, stdout + stderr);
        return stdout;
      };

      it('denies request.headers=clnt:abc to ratings', async () => {
        const output = await check('-s', ratings, '--stringmap_attributes', 'request.headers=clnt:abc');
        assert.match(output, /Check status was PERMISSION_DENIED \(denyall\.istio-system:Not allowed\)$/m);
        assert.match(output, /Valid use count: 1000, valid duration: 5s$/m);
        assert.match(output, /^ {4}request\.headers::clnt EXACT$/m);
        assert.match(output, /^ {4}context\.reporter\.kind ABSENCE$/m);
      });

      it('admits v1 and v2 to ratings, not v3', async () => {
        const ask = (version: string): Promise<string> =>
          check('--stringmap_attributes', `destination.labels=app:ratings,source.labels=version:${version}`);
        assert.match(await ask('v1'), /Check status was OK$/m);
        assert.match(await ask('v2'), /Check status was OK$/m);
        assert.match(await ask('v3'), /PERMISSION_DENIED \(staticversion\.istio-system:v3 is not whitelisted\)$/m);
      });

      it('grants what is left of 5000 when 6000 are asked for', async () => {
        const attributes = ['--stringmap_attributes', 'destination.labels=app:details', '-q', 'requestcount=6000'];
        assert.match(await check(...attributes), /^ {4}requestcount +5000 +1s +OK/m);
      });

      it('shows the metrics of what was reported', async () => {
        const { code, stdout } = await runCli([
          ...['report', '-m', mixer, '--report_batch_size', '3', '--repeat', '2'],
          ...['-a', 'context.protocol=http,response.code=404,request.size=100,response.duration=20ms'],
          ...['-s', 'destination.service.host=ratings.default.svc.cluster.local'],
        ]);
        assert.equal(code, 0, stdout);
        assert.equal(stdout, 'Report RPC returned OK\n'.repeat(2));
        const text = await (await fetch(metrics)).text();
        const line = (name: string): number =>
          Number(
            new RegExp(
              `^${name}\\{[^}]*destination_service="ratings\\.default\\.svc\\.cluster\\.local"[^}]*response_code="404"[^}]*\\} (\\S+)$`,
              'm',
            ).exec(text)?.[1],
          );
        assert.equal(line('istio_requests_total'), 6);
        assert.equal(line('istio_request_bytes_sum'), 600);
        assert.equal(line('istio_request_duration_seconds_count'), 6);
        assert.ok(Math.abs(line('istio_request_duration_seconds_sum') - 0.12) < 1e-9);
      });
    },
  );
}

describe('fairlead check', () => {
  it('says what failed and exits 1 when nobody listens', async () => {
    const { code, stdout } = await runCli(['check', '-m', '127.0.0.1:1']);
    assert.equal(code, 1);
    assert.match(stdout, /^Check RPC failed with UNAVAILABLE: /);
  });

  it('exits 2 on a flag that makes no sense', async () => {
    for (const args of [['--int64_attributes', 'a=x'], ['--nonsense'], ['--repeat', '0'], ['-q', 'a=b']]) {
      const { code, stderr } = await runCli(['check', ...args]);
      assert.equal(code, 2, args.join(' '));
      assert.match(stderr, /^fairlead: /);
    }
  });
});
