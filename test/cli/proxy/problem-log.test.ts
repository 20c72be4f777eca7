import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createProblemLog } from '../../../src/cli/proxy/problem-log.js';
import type { Diagnostic } from '../../../src/util/diagnostics.js';

function logOf(): { lines: string[]; problems: ReturnType<typeof createProblemLog> } {
  const lines: string[] = [];
  const at = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  const log = { debugEnabled: false, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  return { lines, problems: createProblemLog(log) };
}

function found(severity: Diagnostic['severity'], message: string): Diagnostic {
  return { severity, code: 'CODE', message, file: 'a.yaml', line: 1, column: 2 };
}

describe('createProblemLog()', () => {
  it('tells by severity', () => {
    const { lines, problems } = logOf();
    problems.replace('model', [found('error', 'e'), found('warning', 'w'), found('info', 'i'), 'left out']);
    assert.deepEqual(
      lines.map((line) => line.replace(/ a\.yaml:1:2: \w+ CODE:/, '')),
      ['error e', 'warn w', 'info i', 'warn left out'],
    );
  });

  it('tells once what two find, and what stays', () => {
    const { lines, problems } = logOf();
    problems.replace('model', ['a']);
    problems.replace('mixer', ['a', 'b', 'b']);
    problems.replace('model', ['a', 'c']);
    assert.deepEqual(lines, ['warn a', 'warn b', 'warn c']);
  });

  it('tells again what had been mended', () => {
    const { lines, problems } = logOf();
    problems.replace('model', ['a']);
    problems.replace('model', []);
    problems.replace('model', ['a']);
    assert.deepEqual(lines, ['warn a', 'warn a']);
  });
});
