import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileTime } from '../../../../src/proxy/observe/access-log/start-time.js';

const millis = Date.UTC(2024, 1, 5, 13, 4, 9, 78);

describe('the time of a line', () => {
  const rows: Readonly<Record<string, string>> = {
    '': '2024-02-05T13:04:09.078Z',
    '%Y-%m-%dT%H:%M:%E3SZ': '2024-02-05T13:04:09.078Z',
    '%F %T.%f': '2024-02-05 13:04:09.078000000',
    '%s.%3f': '1707138249.078',
    '%1f|%6f|%9f': '0|078000|078000000',
    '%d/%b/%Y:%H:%M:%S %z': '05/Feb/2024:13:04:09 +0000',
    '%A %a %B %e %y %j': 'Monday Mon February  5 24 036',
    '%I %p %Z 100%%': '01 PM UTC 100%',
    'no operators': 'no operators',
  };
  for (const [format, want] of Object.entries(rows)) {
    it(`is written by '${format}'`, () => assert.equal(compileTime(format)(millis), want));
  }

  it('is refused for letters that mean nothing', () => {
    for (const format of ['%Q', '%0f', '%', 'a %']) assert.throws(() => compileTime(format), /does not know/, format);
  });
});
