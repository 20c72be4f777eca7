import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { scenarioSuite } from 'fairlead/testing';

const directory = mkdtempSync(join(tmpdir(), 'fairlead-test-'));
mkdirSync(join(directory, 'one'));
writeFileSync(join(directory, 'one', 'config.yaml'), '');
writeFileSync(join(directory, 'one', 'calls.yaml'), '- check: {}\n');
after(() => rmSync(directory, { recursive: true }));

const want = join(directory, 'one', 'want.json');

/** Runs the only scenario. */
async function run(update: boolean): Promise<string> {
  const bodies: (readonly [string, () => void | Promise<void>])[] = [];
  const register = (title: string, body: () => void | Promise<void>): void => void bodies.push([title, body]);
  scenarioSuite({ test: register, directory, adapters: [], templates: [], update });
  const [first] = bodies;
  assert.ok(first !== undefined && bodies.length === 1);
  await first[1]();
  return first[0];
}

describe('scenarioSuite()', () => {
  test('writes what came out when asked to, and compares otherwise', async () => {
    await assert.rejects(run(false), /ENOENT/);
    assert.equal(await run(true), 'scenario one comes out as wanted');
    await run(false);
    writeFileSync(want, readFileSync(want, 'utf8').replace('10000', '10001'));
    await assert.rejects(run(false), /10001/);
  });

  test('reads the files that a scenario names as its defaults', async () => {
    writeFileSync(join(directory, 'below.yaml'), 'kind: nothing\n');
    writeFileSync(join(directory, 'one', 'defaults'), '../below.yaml\n');
    await run(true);
    assert.match(readFileSync(want, 'utf8'), /defaults\.yaml:1:1: error RESOURCE_INVALID/);
    rmSync(join(directory, 'one', 'defaults'));
  });

  test('refuses a folder without scenarios', () => {
    const empty = join(directory, 'one');
    assert.throws(() => scenarioSuite({ test, directory: empty, adapters: [], templates: [] }), /there are scenarios/);
  });
});
