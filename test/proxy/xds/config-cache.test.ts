import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ProxyConfig } from '../../../src/gen/fairlead/proxy/v1/config.js';
import { type CacheOptions, openConfigCache } from '../../../src/proxy/xds/config-cache.js';
import { ManualTime } from '../../support/manual-time.js';
import { until } from '../../support/mesh/test-time.js';
import { tempFolder } from '../../support/temp-folder.js';
import { shop } from './shop.js';

describe('the configuration on disk', () => {
  const folder = tempFolder();
  const file = join(folder, 'last');
  const open = (given: Partial<CacheOptions> = {}) => {
    const time = new ManualTime();
    const warnings: string[] = [];
    const log = { info: () => undefined, warn: (_: string, fields?: object) => warnings.push(JSON.stringify(fields)) };
    const env = { after: (millis: number, work: () => void) => time.after(millis, work), log };
    return { time, warnings, cache: openConfigCache({ file, nodeId: 'a', env, ...given }) };
  };
  const bytes = (config: ProxyConfig | undefined) => config && Buffer.from(ProxyConfig.encode(config).finish());

  it('is what was kept last, readable by its owner alone, and leaves nothing else behind', async () => {
    const { cache } = open();
    for (const port of [1, 2, 3]) cache.keep(shop({ ports: [port] }));
    await cache.close();
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(folder), ['last']);
    assert.deepEqual(bytes(await open().cache.read()), bytes(shop({ ports: [3] })));
  });

  it('is written at once, and then not more often than every five seconds', async () => {
    const { cache, time } = open();
    const portOnDisk = async () => (await cache.read())?.endpoints[0]?.localities[0]?.endpoints[0]?.port;
    cache.keep(shop({ ports: [4] }));
    await until(() => readFileSync(file).length > 0);
    while ((await portOnDisk()) !== 4);
    cache.keep(shop({ ports: [5] }));
    await time.advance(4999);
    assert.equal(await portOnDisk(), 4);
    await time.advance(1);
    while ((await portOnDisk()) !== 5);
    await cache.close();
  });

  it('is of no use when it is not there, which is no mistake', async () => {
    const { cache, warnings } = open({ file: join(folder, 'none') });
    assert.equal(await cache.read(), undefined);
    assert.deepEqual(warnings, []);
  });

  const good = async (): Promise<Buffer> => {
    const { cache } = open();
    cache.keep(shop());
    await cache.close();
    return readFileSync(file);
  };
  const damages: Readonly<Record<string, readonly [(whole: Buffer) => Buffer, RegExp]>> = {
    'is empty': [() => Buffer.alloc(0), /no known format/],
    'is cut off': [(whole) => whole.subarray(0, -1), /checksum/],
    'has another byte': [(whole) => Buffer.concat([whole.subarray(0, -1), Buffer.from([1])]), /checksum/],
    'is of another version': [
      (whole) => Buffer.from(whole.toString('latin1').replace('config 1', 'config 2'), 'latin1'),
      /format/,
    ],
    'is something else': [() => Buffer.from('kind: Services\n'), /no known format/],
  };
  for (const [title, [damage, want]] of Object.entries(damages)) {
    it(`is told of and passed over when it ${title}`, async () => {
      writeFileSync(file, damage(await good()));
      const { cache, warnings } = open();
      assert.equal(await cache.read(), undefined);
      assert.equal(warnings.length, 1);
      assert.match(warnings[0]!, want);
    });
  }

  it('is told of and passed over when another proxy wrote it, or it is larger than allowed', async () => {
    await good();
    for (const given of [{ nodeId: 'b' }, { maxBytes: 10, file: join(folder, 'large') }]) {
      writeFileSync(join(folder, 'large'), Buffer.alloc(2000));
      const { cache, warnings } = open(given);
      assert.equal(await cache.read(), undefined);
      assert.equal(warnings.length, 1);
    }
    rmSync(join(folder, 'large'));
  });

  it('stays what it was when it cannot be written, which is told', async () => {
    const before = await good();
    const small = open({ maxBytes: 10 });
    small.cache.keep(shop({ ports: [1] }));
    await small.cache.close();
    assert.match(small.warnings.join(), /bytes, and 10 are allowed/);
    assert.deepEqual(readFileSync(file), before);
    mkdirSync(join(folder, 'taken'));
    const taken = open({ file: join(folder, 'taken') });
    taken.cache.keep(shop());
    await taken.cache.close();
    assert.equal(taken.warnings.length, 1);
    assert.deepEqual(readdirSync(folder).sort(), ['last', 'taken']);
  });
});
