import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Failure } from '../../../src/adapters/stackdriver/failure.js';
import { refusedSeries } from '../../../src/adapters/stackdriver/refused-series.js';
import { seriesId } from '../../../src/adapters/stackdriver/series.js';

const series = (a: string) => ({
  metric: { type: 'm/x', labels: { b: '1', a } },
  resource: { type: 'global', labels: { project_id: 'p' } },
});
const batch = ['0', '1', '2', '3'].map((a) => ({ json: a, id: seriesId(series(a).metric, series(a).resource) }));
const failure = (details: Failure['details'], message = ''): Failure => ({
  code: 3,
  text: 'text',
  message,
  details,
  retryAfterMillis: undefined,
});
const named = (a: string, code: number) => ({
  '@type': 'type.googleapis.com/google.monitoring.v3.CreateTimeSeriesError',
  timeSeries: series(a),
  status: { code, message: `code ${code}` },
});
const summary = (success: number, ...errors: readonly (readonly [code: number, points: number])[]) => ({
  '@type': 'type.googleapis.com/google.monitoring.v3.CreateTimeSeriesSummary',
  totalPointCount: 4,
  successPointCount: success,
  errors: errors.map(([code, pointCount]) => ({ status: { code }, pointCount })),
});

describe('refusedSeries()', () => {
  it('sends again what is named with a code that passes, and only that', () => {
    assert.deepEqual(refusedSeries(failure([named('1', 14), named('2', 3), named('7', 14)]), batch), {
      kind: 'partial',
      reason: 'code 14',
      again: [batch[1]],
      rejected: 2,
    });
  });

  it('counts what is refused when a summary says how many', () => {
    assert.deepEqual(refusedSeries(failure([summary(1, [3, 2], [14, 1])]), batch), {
      kind: 'partial',
      reason: 'text',
      again: [],
      rejected: 3,
    });
  });

  it('finds what failed for a while in the message of a summary', () => {
    const message = 'One or more TimeSeries could not be written: busy: timeSeries[0,2-3]; busy: timeSeries[99]';
    assert.deepEqual(refusedSeries(failure([summary(1, [14, 3])], message), batch), {
      kind: 'partial',
      reason: 'text',
      again: [batch[0], batch[2], batch[3]],
      rejected: 0,
    });
  });

  it('has no opinion when nothing was taken, or nothing is said', () => {
    assert.equal(refusedSeries(failure([]), batch), undefined);
    assert.equal(refusedSeries(failure([summary(0, [14, 4])]), batch), undefined);
    assert.equal(refusedSeries(failure([{ '@type': 7 }]), batch), undefined);
  });

  it('survives garbage', () => {
    const garbage = { ...named('1', 14), timeSeries: [7], status: 'no' };
    assert.deepEqual(refusedSeries(failure([garbage]), batch)?.kind, 'partial');
    const odd = { ...summary(1), errors: 'x', successPointCount: {} };
    assert.equal(refusedSeries(failure([odd]), batch), undefined);
  });
});
