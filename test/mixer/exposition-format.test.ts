import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { preferredFormat } from '../../src/mixer/exposition-format.js';

const open = 'application/openmetrics-text';

describe('preferredFormat()', () => {
  for (const [accept, want] of [
    [undefined, 'text'],
    ['', 'text'],
    ['*/*', 'text'],
    ['text/html', 'text'],
    [open, 'openmetrics'],
    ['Application/OpenMetrics-Text; Version=1.0.0; charset=utf-8', 'openmetrics'],
    [`${open};version=0.0.1`, 'text'],
    [`${open};version=2.0.0, text/plain`, 'text'],
    [`${open};version=1.0.0;q=0`, 'text'],
    [`${open};q=nonsense`, 'text'],
    [`text/plain;version=0.0.4;q=0.5, ${open};q=0.5`, 'openmetrics'],
    [`${open};q=0.4, text/plain`, 'text'],
    [`${open};q=0.4, */*;q=0.6`, 'text'],
    // What Prometheus 2 and 3 send.
    [`${open};version=1.0.0,${open};version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1`, 'openmetrics'],
    [`${open};version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.3,*/*;q=0.2`, 'openmetrics'],
  ] as const) {
    it(`takes ${accept ?? 'nothing'} as ${want}`, () => assert.equal(preferredFormat(accept), want));
  }
});
