import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import stdio from '../../../src/adapters/stdio/index.js';
import { adapterSuite } from '../../../src/testing/index.js';

const folder = mkdtempSync(join(tmpdir(), 'fairlead-stdio-'));
after(() => rmSync(folder, { recursive: true }));

adapterSuite({
  test,
  adapter: stdio,
  configs: {
    good: [
      `{log_stream: FILE, output_path: '${folder}/a.log'}`,
      `{log_stream: ROTATED_FILE, output_path: '${folder}/new/b.log', output_as_json: false}`,
      'logStream: STDERR',
      'severity_levels: {x: 2}',
    ],
    bad: [
      { params: 'output_path: /tmp/x', path: 'outputPath' },
      { params: '{log_stream: STDERR, output_path: /tmp/x}', path: 'outputPath' },
      { params: 'log_stream: FILE', path: 'outputPath' },
      { params: 'log_stream: 3', path: 'outputPath' },
      { params: 'max_megabytes_before_rotation: -1', path: 'maxMegabytesBeforeRotation' },
      { params: 'max_days_before_rotation: -1', path: 'maxDaysBeforeRotation' },
      { params: 'max_rotated_files: -1', path: 'maxRotatedFiles' },
    ],
  },
  readme: new URL('../../../src/adapters/stdio/README.md', import.meta.url),
});
