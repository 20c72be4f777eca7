import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parsePapertrailUrl, parseReceiver } from '../../../src/adapters/solarwinds/receiver.js';

describe('parsePapertrailUrl()', () => {
  const cases: readonly (readonly [text: string, port: number | undefined])[] = [
    ['logs5.papertrailapp.com:12345', 12_345],
    ['syslog://logs5.papertrailapp.com:514/', 514],
    ['logs5.papertrailapp.com:99', undefined],
    ['logs5.papertrailapp.com:70000', undefined],
    ['logs.papertrailapp.com:12345', undefined],
    ['', undefined],
  ];
  for (const [text, port] of cases) {
    it(`finds ${port === undefined ? 'nothing' : 'the destination'} in "${text}"`, () => {
      const want = port === undefined ? undefined : { host: 'logs5.papertrailapp.com', port };
      assert.deepEqual(parsePapertrailUrl(text), want);
    });
  }
});

describe('parseReceiver()', () => {
  const cases: readonly (readonly [text: string, host: string | undefined])[] = [
    ['syslog.example.com:514', 'syslog.example.com'],
    ['127.0.0.1:514', '127.0.0.1'],
    ['[::1]:514', '::1'],
    ['::1:514', undefined],
    [':514', undefined],
    ['a:0', undefined],
    ['a b:514', undefined],
  ];
  for (const [text, host] of cases) {
    it(`reads ${host ?? 'nothing'} from "${text}"`, () => {
      assert.deepEqual(parseReceiver(text), host === undefined ? undefined : { host, port: 514 });
    });
  }
});
