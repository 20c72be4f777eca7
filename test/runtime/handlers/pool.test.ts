import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HandlerPool } from '../../../src/runtime/handlers/pool.js';
import { createTestHost } from '../../support/dispatch-fixture.js';
import { settle } from '../../support/manual-time.js';
import { compileYaml, createToy, doc } from '../../support/toys.js';

function setUp() {
  const toy = createToy('toy');
  const test = createTestHost();
  const closed: string[] = [];
  let ready = 0;
  const pool = new HandlerPool({
    host: test.host,
    buildTimeoutMs: 100,
    random: () => 1,
    onReady: () => ready++,
    onClosed: (result) => closed.push(result),
  });
  const uses = (...labels: readonly string[]) => {
    const parts = labels.map((label) => {
      const [name = '', params = label] = label.split('=');
      return (
        doc('handler', name, `{ compiledAdapter: toy, params: { label: ${params} } }`) +
        doc('rule', name, `{ actions: [{ handler: ${name}, instances: [m.metric] }] }`)
      );
    });
    return compileYaml(doc('metric', 'm', '{}') + parts.join(''), { adapters: [toy.adapter] }).uses;
  };
  return { ...test, toy, pool, uses, closed, ready: () => ready };
}
const failing = () => {
  throw new Error('no backend');
};

describe('HandlerPool', () => {
  it('builds what is new and reuses what has not changed', async () => {
    const { pool, uses, toy } = setUp();
    const first = await pool.obtain(uses('a', 'b'));
    const second = await pool.obtain(uses('a', 'b=changed'));
    assert.deepEqual([first.created, first.reused, second.created, second.reused], [2, 0, 1, 1]);
    assert.deepEqual(toy.events, ['build a', 'build b', 'build changed']);
    assert.equal(first.handlers.get('a.handler.ns'), second.handlers.get('a.handler.ns'));
    assert.notEqual(first.handlers.get('b.handler.ns'), second.handlers.get('b.handler.ns'));
  });

  it('closes a handler when neither it nor a snapshot needs it', async () => {
    const { pool, uses, toy, closed } = setUp();
    const { handlers } = await pool.obtain(uses('a'));
    await pool.obtain([]);
    await settle();
    assert.deepEqual(toy.events, ['build a']);
    for (const handler of handlers.values()) handler.release();
    await settle();
    assert.deepEqual([toy.events, closed], [['build a', 'close a'], ['closed']]);
  });

  it('tells of a failed build and retries it, ever more slowly', async () => {
    const { pool, uses, toy, time, ready, log } = setUp();
    toy.build = failing;
    const { handlers, failures } = await pool.obtain(uses('a'));
    assert.equal(handlers.size, 0);
    assert.deepEqual([...failures], [['a.handler.ns', 'no backend']]);
    assert.equal(log.lines[0]!.message, 'handler could not be built');
    await time.advance(999);
    assert.equal(toy.events.length, 1);
    await time.advance(1);
    assert.equal(toy.events.length, 2);
    await time.advance(1999);
    assert.equal(toy.events.length, 2);
    toy.build = undefined;
    assert.equal(ready(), 0);
    await time.advance(1);
    assert.equal(ready(), 1);
    const after = await pool.obtain(uses('a'));
    assert.deepEqual([after.handlers.size, after.failures.size], [1, 0]);
    assert.equal(toy.events.length, 3);
  });

  it('leaves a failed handler to its retries while it does not change', async () => {
    const { pool, uses, toy } = setUp();
    toy.build = failing;
    await pool.obtain(uses('a'));
    const again = await pool.obtain(uses('a', 'a2'));
    assert.equal(again.failures.size, 2);
    assert.deepEqual(toy.events, ['build a', 'build a2']);
  });

  it('builds a failed handler at once when it changes, and forgets the retry', async () => {
    const { pool, uses, toy, time } = setUp();
    toy.build = failing;
    await pool.obtain(uses('a'));
    toy.build = undefined;
    const { created } = await pool.obtain(uses('a=fixed'));
    assert.equal(created, 1);
    assert.equal(time.pending, 0);
  });

  it('closes what a retry built for a configuration that is gone', async () => {
    const { pool, uses, toy, time, ready } = setUp();
    toy.build = failing;
    await pool.obtain(uses('a'));
    let open: () => void = () => undefined;
    toy.build = (handler) => new Promise((resolve) => (open = () => resolve(handler)));
    await time.advance(1000);
    await pool.obtain([]);
    open();
    await settle();
    assert.deepEqual(toy.events, ['build a', 'build a', 'close a']);
    assert.equal(ready(), 0);
  });

  it('keeps the last good version while the new one does not build', async () => {
    const { pool, uses, toy, time } = setUp();
    const first = await pool.obtain(uses('a'));
    toy.build = failing;
    const second = await pool.obtain(uses('a=bad'));
    const third = await pool.obtain(uses('a=worse'));
    for (const { handlers } of [first, second, third]) {
      assert.equal(handlers.get('a.handler.ns'), first.handlers.get('a.handler.ns'));
      handlers.get('a.handler.ns')!.release();
    }
    assert.deepEqual([...third.failures], [['a.handler.ns', 'no backend']]);
    assert.deepEqual([third.created, third.reused], [0, 1]);
    await settle();
    assert.deepEqual(toy.events, ['build a', 'build bad', 'build worse']);
    toy.build = undefined;
    await time.advance(1000);
    assert.deepEqual(toy.events.slice(3), ['build worse', 'close a']);
  });

  it('takes the last good version up again when its configuration comes back', async () => {
    const { pool, uses, toy, time } = setUp();
    const first = await pool.obtain(uses('a'));
    toy.build = failing;
    await pool.obtain(uses('a=bad'));
    const back = await pool.obtain(uses('a'));
    assert.equal(back.handlers.get('a.handler.ns'), first.handlers.get('a.handler.ns'));
    assert.deepEqual([back.failures.size, back.created, back.reused], [0, 0, 1]);
    assert.deepEqual([toy.events, time.pending], [['build a', 'build bad'], 0]);
  });

  it('keeps no version that other instances reached', async () => {
    const { pool, uses, toy } = setUp();
    const [use] = uses('a');
    const first = await pool.obtain([use!]);
    toy.build = failing;
    const second = await pool.obtain([{ ...use!, signature: 'other', shape: 'other' }]);
    assert.deepEqual([second.handlers.size, second.failures.size], [0, 1]);
    first.handlers.get('a.handler.ns')!.release();
    await settle();
    assert.deepEqual(toy.events.slice(1).sort(), ['build a', 'close a']);
  });

  it('waits for slow builds within their bound', async () => {
    const { pool, uses, toy, time } = setUp();
    toy.build = () => new Promise(() => undefined);
    const obtained = pool.obtain(uses('a'));
    await time.advance(100);
    assert.match((await obtained).failures.get('a.handler.ns')!, /longer than 100 ms/);
  });

  it('closes everything in the end', async () => {
    const { pool, uses, toy, time } = setUp();
    await pool.obtain(uses('a', 'b'));
    toy.build = failing;
    await pool.obtain(uses('a', 'b', 'c'));
    await pool.close();
    assert.deepEqual(toy.events.slice(3).sort(), ['close a', 'close b']);
    assert.equal(time.pending, 0);
  });
});
