import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ExpositionFormat } from 'fairlead/sdk';
import { MetricsSources, type Scrape } from '../../../src/runtime/host/metrics-sources.js';
import { ManualTime } from '../../support/manual-time.js';
import { MemoryLog } from '../../support/memory-log.js';

function setUp() {
  const time = new ManualTime();
  const log = new MemoryLog();
  return { time, log, sources: new MetricsSources({ log, timers: time, timeoutMs: 100 }) };
}

const textSource = (text: string) => () => ({ exposition: () => text });

describe('MetricsSources', () => {
  it('shares one source between all who name its key', () => {
    const { sources } = setUp();
    const first = sources.expose('k', textSource('a 1\n'));
    const second = sources.expose('k', textSource('b 1\n'));
    assert.equal(first.source, second.source);
  });

  it('drops a source with its last holder, however often each releases', async () => {
    const { sources } = setUp();
    const first = sources.expose('k', textSource('a 1\n'));
    const second = sources.expose('k', textSource('a 1\n'));
    first.release();
    first.release();
    assert.equal(await sources.exposition(), 'a 1\n');
    second.release();
    assert.equal(await sources.exposition(), '');
  });

  it('does not let a late release take away a successor', () => {
    const { sources } = setUp();
    const first = sources.expose('k', textSource('a 1\n'));
    first.release();
    sources.expose('k', textSource('b 1\n'));
    first.release();
    assert.deepEqual(sources.keys(), ['k']);
  });

  it('joins all sources by key and ends each with a line end', async () => {
    const { sources } = setUp();
    sources.expose('b', textSource('b 1'));
    sources.expose('a', () => ({ exposition: () => Promise.resolve('a 1\n') }));
    assert.equal(await sources.exposition(), 'a 1\nb 1\n');
  });

  for (const [what, exposition] of [
    [
      'throws',
      () => {
        throw new Error('boom');
      },
    ],
    ['rejects', () => Promise.reject(new Error('boom'))],
    ['answers no text', () => 7 as unknown as string],
  ] as const) {
    it(`leaves out a source that ${what}`, async () => {
      const { sources, log } = setUp();
      sources.expose('a', () => ({ exposition }));
      sources.expose('b', textSource('b 1\n'));
      assert.equal(await sources.exposition(), 'b 1\n');
      assert.equal(log.lines.length, 1);
      assert.equal(log.lines[0]?.fields['source'], 'a');
    });
  }

  it('leaves out a source that does not answer in time', async () => {
    const { sources, time } = setUp();
    sources.expose('a', () => ({ exposition: () => new Promise<string>(() => undefined) }));
    const text = sources.exposition();
    await time.advance(100);
    assert.equal(await text, '');
  });

  it('leaves no timer behind', async () => {
    const { sources, time } = setUp();
    sources.expose('a', textSource('a 1\n'));
    await sources.exposition();
    assert.equal(time.pending, 0);
  });

  const inPieces = (...pieces: readonly string[]) => ({
    exposition: () => pieces.join(''),
    pieces: (format: ExpositionFormat) => [`${format} 1\n`, ...pieces],
  });
  const read = async (scrape: Scrape): Promise<readonly string[]> => {
    const pieces: string[] = [];
    for await (const piece of scrape.pieces) pieces.push(piece);
    return pieces;
  };

  it('gives pieces one by one, each ended, and ends OpenMetrics', async () => {
    const { sources } = setUp();
    sources.expose('b', () => inPieces('b 1', 'c 1\n'));
    sources.expose('a', () => inPieces());
    const scrape = sources.scrape('openmetrics');
    assert.equal(scrape.format, 'openmetrics');
    assert.deepEqual(await read(scrape), ['openmetrics 1\n', 'openmetrics 1\n', 'b 1\n', 'c 1\n', '# EOF\n']);
    assert.deepEqual(await read(sources.scrape('text')), ['text 1\n', 'text 1\n', 'b 1\n', 'c 1\n']);
  });

  it('speaks OpenMetrics only if all sources do', async () => {
    const { sources } = setUp();
    sources.expose('a', textSource('a 1\n'));
    sources.expose('b', () => inPieces());
    const scrape = sources.scrape('openmetrics');
    assert.equal(scrape.format, 'text');
    assert.deepEqual(await read(scrape), ['a 1\n', 'text 1\n']);
  });

  it('gives all other work a turn after each piece', async () => {
    const { sources } = setUp();
    let turns = 0;
    let done = false;
    const work = (): void => {
      turns++;
      if (!done) setImmediate(work);
    };
    sources.expose('a', () => inPieces(...Array.from({ length: 20 }, () => 'a 1\n')));
    setImmediate(work);
    await read(sources.scrape('text'));
    done = true;
    assert.ok(turns >= 20);
  });

  it('goes on with the next source when one fails on the way', async () => {
    const { sources, log } = setUp();
    sources.expose('a', () => ({
      exposition: () => '',
      *pieces() {
        yield 'a 1\n';
        throw new Error('boom');
      },
    }));
    sources.expose('b', () => ({
      exposition: () => '',
      pieces: () => {
        throw new Error('boom');
      },
    }));
    sources.expose('c', () => inPieces());
    assert.deepEqual(await read(sources.scrape('openmetrics')), ['a 1\n', 'openmetrics 1\n', '# EOF\n']);
    assert.deepEqual(
      log.lines.map(({ fields }) => fields['source']),
      ['a', 'b'],
    );
  });
});
