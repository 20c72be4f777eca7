import assert from 'node:assert/strict';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fakeCall, fakeEnv } from '../../../src/testing/index.js';
import { eventually } from '../../support/peer.js';
import { tempFolder } from '../../support/temp-folder.js';
import { build, type Ends, instanceOf, plain } from './setup.js';

describe('a registry from a file', () => {
  const folder = tempFolder();
  let files = 0;

  async function open(text: string) {
    const path = join(folder, `workloads-${++files}.yaml`);
    writeFileSync(path, text);
    const env = fakeEnv();
    const handler = await build(`registry: FILE\nworkloadsPath: ${path}`, env);
    const ask = async (ends: Ends) => plain(await handler.generateKubernetesAttributes(instanceOf(ends), fakeCall()));
    /** Lets the handler look at the file until something is as it should be; files are read in real time. */
    const until = (isSo: () => Promise<boolean> | boolean) =>
      eventually(async () => {
        await env.clock.advance(1000);
        return (await isSo()) ? true : undefined;
      });
    const write = (next: string): void => {
      writeFileSync(`${path}.new`, next);
      renameSync(`${path}.new`, path);
    };
    return { path, env, handler, ask, until, write };
  }

  const messages = (env: ReturnType<typeof fakeEnv>): readonly string[] => env.logged.map(({ message }) => message);

  it('knows workloads by uid and by address, without a cluster', async () => {
    const { ask, env } = await open(
      '- { name: a, ips: [10.0.0.1] }\n- { name: b.c, namespace: ns, containers: [{ name: x, ports: [80] }] }',
    );
    assert.deepEqual(await ask({ fromIp: '10.0.0.1', to: 'kubernetes://b.c.ns', port: 80n }), {
      sourcePodUid: 'kubernetes://a.default',
      sourcePodIp: [10, 0, 0, 1],
      sourcePodName: 'a',
      sourceNamespace: 'default',
      sourceWorkloadUid: 'istio://default/workloads/a',
      sourceWorkloadName: 'a',
      sourceWorkloadNamespace: 'default',
      destinationPodUid: 'kubernetes://b.c.ns',
      destinationPodName: 'b.c',
      destinationContainerName: 'x',
      destinationNamespace: 'ns',
      destinationWorkloadUid: 'istio://ns/workloads/b.c',
      destinationWorkloadName: 'b.c',
      destinationWorkloadNamespace: 'ns',
    });
    assert.equal((await ask({ from: '10.0.0.1' }))['sourcePodName'], 'a');
    assert.equal((await ask({ from: 'a.default' }))['sourcePodName'], 'a');
    assert.deepEqual(await ask({ from: 'other://a.default', fromIp: '10.0.0.1' }), {});
    assert.equal(env.measured.get('workloads'), 2);
    env.stop();
  });

  it('takes over a change', async () => {
    const { ask, env, until, write } = await open('- name: a');
    write('- name: longer');
    await until(async () => (await ask({ from: 'longer.default' }))['sourcePodName'] === 'longer');
    assert.deepEqual(await ask({ from: 'a.default' }), {});
    env.stop();
  });

  it('keeps the last good list while the file is broken, and logs every mistake with its place, once', async () => {
    const { ask, env, until, write, path } = await open('- name: a');
    write('- nmae: b\n- name: 7');
    await until(() => messages(env).length > 2);
    await env.clock.advance(10_000);
    const mistakes = env.logged.filter(({ level }) => level === 'error').map(({ fields }) => fields);
    assert.deepEqual(mistakes, [
      { path, line: 1, column: 3, error: '"nmae" is no field of a workload' },
      { path, line: 1, column: 3, error: 'the workload has no name' },
      { path, line: 2, column: 3, error: 'the workload has no name' },
      { path, line: 2, column: 9, error: 'name must be text; quote it' },
    ]);
    assert.equal((await ask({ from: 'a.default' }))['sourcePodName'], 'a');
    write('- name: good');
    await until(async () => (await ask({ from: 'good.default' }))['sourcePodName'] === 'good');
    env.stop();
  });

  it('keeps the last list when the file is gone, says so once, and goes on when it is back', async () => {
    const { ask, env, until, write, path } = await open('- name: a');
    rmSync(path);
    await until(() => messages(env).includes('workload list cannot be read, the last one stays'));
    await until(() => true);
    await until(() => true);
    assert.equal(messages(env).length, 1);
    assert.equal((await ask({ from: 'a.default' }))['sourcePodName'], 'a');
    write('- name: back');
    await until(async () => (await ask({ from: 'back.default' }))['sourcePodName'] === 'back');
    env.stop();
  });

  it('is not opened with a broken file, and says all that is wrong', async () => {
    await assert.rejects(
      open('- nmae: b\n- name: 7'),
      /:1:3: "nmae" is no field of a workload; .*:2:9: name must be text/,
    );
    await assert.rejects(build('registry: FILE\nworkloadsPath: /there/is/none'), /ENOENT/);
  });
});
