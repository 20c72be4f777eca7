import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { after, before, beforeEach, describe, it } from 'node:test';
import redisquota from 'fairlead/adapters/redisquota';
import { templates } from 'fairlead/templates';
import { runScenario } from 'fairlead/testing';
import { RedisProcess, redisPeer } from '../support/redis.js';

// Scenarios as in test/scenarios, but with a real Redis, whose address is ${REDIS} and whose time nobody can advance:
// what they ask must be answered alike however long it takes. UPDATE=1 writes want.json.
const folder = new URL('../scenarios-redis/', import.meta.url);

describe('redisquota in scenarios', redisPeer, () => {
  let server: RedisProcess;
  before(async () => {
    server = await RedisProcess.start();
  });
  beforeEach(() => server.run(['FLUSHALL']));
  after(() => server.remove());

  for (const name of readdirSync(folder).sort()) {
    it(`scenario ${name} comes out as wanted`, async () => {
      const read = (file: string): string => readFileSync(new URL(`${name}/${file}`, folder), 'utf8');
      const config = read('config.yaml').replaceAll('${REDIS}', server.address);
      const result = await runScenario({ config, calls: read('calls.yaml'), adapters: [redisquota], templates });
      const text = `${JSON.stringify(result, null, 2)}\n`;
      if (process.env['UPDATE'] === '1') writeFileSync(new URL(`${name}/want.json`, folder), text);
      else assert.deepEqual(JSON.parse(text), JSON.parse(read('want.json')));
    });
  }
});
