import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { parseLogLevels } from '../../src/cli/log-levels.js';

describe('parseLogLevels()', () => {
  const cases: [text: string, scope: string, level: string][] = [
    ['', 'default', 'info'],
    ['debug', 'default', 'debug'],
    ['default:warn', 'adapters', 'warn'],
    ['default:warn,adapters:debug', 'adapters', 'debug'],
    ['default:warn,adapters:debug', 'default', 'warn'],
    ['adapters:debug', 'default', 'info'],
    ['all:error,adapters:debug', 'adapters', 'error'],
    ['default:none', 'default', 'silent'],
  ];
  for (const [text, scope, level] of cases) {
    it(`gives ${scope} the level ${level} for '${text}'`, () => assert.equal(parseLogLevels(text)(scope), level));
  }
  for (const text of ['loud', 'default:loud', 'default:', 'a:b:c']) {
    it(`refuses '${text}'`, () => assert.throws(() => parseLogLevels(text), { code: 'USAGE' }));
  }
});
