import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fakeEnv } from '../../../src/testing/index.js';
import { compiledFile, regoData } from '../../support/rego.js';
import { eventually } from '../../support/peer.js';
import { tempFolder } from '../../support/temp-folder.js';
import { FakeOpa, succeed } from './fake-opa.js';
import { buildOpa, paramsOf, statusOf } from './setup.js';

const opa = new FakeOpa();
const folder = tempFolder();
const dataDriven = { name: 'data-driven', data: 'data-driven.data.json' };
const denied = '7 opa: request was rejected';
const get = { user: 'bucket-admins', method: 'storage.buckets.get' };
const allow = 'checkMethod: data.mixerauthz.allow\n';
let serial = 0;
const inline = (more = ''): string =>
  `policy: ["package p${serial++}"]\ncacheFolder: ${opa.cacheFolder}\n${allow}${more}`;

describe('building an opa handler', () => {
  it('takes a module from a file', async () => {
    const { ask } = await buildOpa(`policyFile: ${compiledFile({ name: 'users-verbs' })}\n${allow}`);
    assert.equal(statusOf(ask(get)), 'OK');
    assert.equal(statusOf(ask({ ...get, user: 'eve' })), denied);
  });

  it('takes a bundle from a file, with its documents', async () => {
    const { ask } = await buildOpa(`policyFile: ${compiledFile(dataDriven)}\n${allow}`);
    assert.equal(statusOf(ask(get)), 'OK');
    assert.equal(statusOf(ask({ ...get, user: 'eve' })), denied);
  });

  const eve = { user: 'eve', method: 'dance' };

  it('takes documents of the configuration in place of those of a bundle', async () => {
    const { ask } = await buildOpa(paramsOf(dataDriven, `${allow}data: { table: [{ users: [eve], verbs: [dance] }] }`));
    assert.equal(statusOf(ask(eve)), 'OK');
    assert.equal(statusOf(ask(get)), denied);
  });

  it('takes documents from a file', async () => {
    const file = join(folder, 'data.json');
    writeFileSync(file, regoData('data-driven.data.json').replaceAll('bucket-admins', 'eve'));
    const { ask } = await buildOpa(paramsOf(dataDriven, `${allow}dataFile: ${file}`));
    assert.equal(statusOf(ask({ ...get, user: 'eve' })), 'OK');
    assert.equal(statusOf(ask(get)), denied);
  });

  for (const [what, text] of [
    ['no JSON', '{'],
    ['no object', '[1]'],
  ] as const) {
    it(`refuses a file of documents that is ${what}`, async () => {
      const file = join(folder, 'bad.json');
      writeFileSync(file, text);
      await assert.rejects(buildOpa(paramsOf(dataDriven, `${allow}dataFile: ${file}`)), /is no JSON object/);
    });
  }

  it('names the file that it cannot read', async () => {
    await assert.rejects(buildOpa(`policyFile: /none/p.wasm\n${allow}`), /"\/none\/p\.wasm" cannot be read: ENOENT/);
  });

  it('names the field whose content is no policy', async () => {
    await assert.rejects(buildOpa(`policyWasm: aGVsbG8=\n${allow}`), /^PolicyError: policyWasm: neither a wasm module/);
  });

  it('fails when there is no compiler', async () => {
    await assert.rejects(buildOpa(inline()), /fairlead opa build/);
  });
});

describe('building an opa handler with failClose', () => {
  const closed = 'failClose: true';

  it('denies every request when the configuration is wrong, and says why', async () => {
    const { ask, env } = await buildOpa(closed);
    assert.equal(statusOf(ask(get)), denied);
    assert.deepEqual(
      env.logged.map(({ level, fields }) => [level, String(fields['error']).split(':')[0]]),
      [
        ['error', 'checkMethod'],
        ['error', 'policy'],
      ],
    );
    assert.equal(env.schedule.pending, 0);
  });

  it('denies every request when the policy does not compile, and does not try again', async () => {
    opa.install("echo 'opa_policy.0.rego:1: rego_parse_error: package expected' >&2; exit 1");
    const { ask, env } = await buildOpa(`policy: [bad policy]\ncacheFolder: ${opa.cacheFolder}\n${allow}${closed}`);
    assert.equal(statusOf(ask(get)), denied);
    assert.match(String(env.logged[0]!.fields['error']), /opa_policy\.0:1: rego_parse_error: package expected/);
    assert.equal(env.schedule.pending, 0);
  });

  it('denies until a file is there', async () => {
    const file = join(folder, 'late.wasm');
    const { ask, env } = await buildOpa(`policyFile: ${file}\n${allow}${closed}`);
    assert.equal(statusOf(ask(get)), denied);
    writeFileSync(file, readFileSync(compiledFile({ name: 'users-verbs' })));
    await env.clock.advance(30_000);
    await eventually(() => Promise.resolve(statusOf(ask(get)) === 'OK' || undefined));
    assert.equal(env.schedule.pending, 0);
  });

  it('does not wait longer for a compiler than the host would, and denies meanwhile', async () => {
    const gate = join(folder, 'gate');
    opa.install(`while [ ! -e '${gate}' ]; do sleep 0.02; done\n${succeed}`);
    const env = fakeEnv();
    const building = buildOpa(
      inline(`${closed}\ndata: { table: [{ users: [bucket-admins], verbs: [storage.buckets.get] }] }`),
      env,
    );
    await eventually(() => Promise.resolve(env.schedule.pending > 0 || undefined));
    await env.clock.advance(3_000);
    const { ask } = await building;
    assert.equal(statusOf(ask(get)), denied);
    writeFileSync(gate, '');
    await eventually(() => Promise.resolve(statusOf(ask(get)) === 'OK' || undefined));
    assert.deepEqual(env.logged, []);
  });

  it('says nothing and schedules nothing once it is closed', async () => {
    const env = fakeEnv();
    env.stop();
    await buildOpa(`policyFile: /none/p.wasm\n${allow}${closed}`, env);
    assert.deepEqual([env.logged.length, env.schedule.pending], [0, 0]);
  });
});
