import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Duration, Timestamp } from 'fairlead/sdk';
import { logentry } from 'fairlead/templates';
import { sampleInstance } from 'fairlead/testing';
import type { LogInfo } from '../../../src/adapters/stackdriver/config.js';
import { defineLog, encodeEntry } from '../../../src/adapters/stackdriver/log-entry.js';
import type { Body } from './google.js';

const metadata = { projectId: 'p', location: 'here', clusterName: 'c' };
const info: LogInfo = { labelNames: [], payloadTemplate: '', httpMapping: undefined, sinkInfo: undefined };

function encode(options: Partial<LogInfo>, values: Parameters<typeof sampleInstance<typeof logentry>>[1] = {}) {
  const errors: string[] = [];
  const text = encodeEntry(sampleInstance(logentry, values), defineLog({ ...info, ...options }), {
    now: 1_500,
    insertId: 'id',
    metadata,
    cutShort: (error) => void errors.push(error),
  });
  return { entry: JSON.parse(text) as Body, errors };
}

describe('encodeEntry()', () => {
  it('writes an entry at the time of the report', () => {
    const { entry } = encode(
      { labelNames: ['text'], payloadTemplate: '{{.text}} took {{.elapsed}}' },
      { monitoredResourceType: '', severity: 'warning', name: 'a b/c.logentry.default' },
    );
    assert.deepEqual(entry, {
      logName: 'projects/p/logs/a%20b%2Fc.logentry.default',
      resource: { type: 'global', labels: { project_id: 'p' } },
      timestamp: '1970-01-01T00:00:01.5Z',
      severity: 'WARNING',
      insertId: 'id',
      labels: { text: 'text' },
      textPayload: 'text took 250ms',
    });
  });

  it('writes labels as Mixer did: texts, addresses as text, all else as Go prints it', () => {
    const variables = {
      address: Uint8Array.of(10, 0, 0, 7),
      time: new Timestamp(1_503_309_840, 0),
      year0: new Timestamp(-62_167_219_200, 0),
      latency: Duration.fromMillis(61_000),
      labels: new Map([['k', 'v']]),
      big: 2n ** 60n,
      ratio: 1e21,
      nan: NaN,
      flag: false,
      bad: 'a\ud800b',
      long: 'x'.repeat(2 ** 20),
    };
    const { entry } = encode({ labelNames: [...Object.keys(variables), 'missing'] }, { variables });
    assert.deepEqual(entry['labels'], {
      address: '10.0.0.7',
      time: '2017-08-21 10:04:00 +0000 UTC',
      year0: '0000-01-01 00:00:00 +0000 UTC',
      latency: '1m1s',
      labels: 'stringmap[k:v]',
      big: '1152921504606846976',
      ratio: '1e+21',
      nan: 'NaN',
      flag: 'false',
      bad: 'ab',
      long: 'x'.repeat(8192),
    });
  });

  it('is about the resource that the instance names', () => {
    const { entry } = encode(
      {},
      { monitoredResourceType: 'k8s_container', monitoredResourceDimensions: { location: '' } },
    );
    assert.deepEqual(entry['resource'], { type: 'k8s_container', labels: { location: 'here' } });
  });

  it('has the payload as far as it could be made', () => {
    const { entry, errors } = encode({ payloadTemplate: 'so far {{lt .text .flag}} more' });
    assert.equal(entry['textPayload'], 'so far ');
    assert.equal(errors.length, 1);
    const long = encode({ payloadTemplate: '{{.text}}' }, { variables: { text: 'x'.repeat(2 ** 20) } });
    assert.ok((long.entry['textPayload'] as string).length <= 32_768);
    assert.equal(long.errors.length, 1);
  });
});
