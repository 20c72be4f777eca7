import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

/** A folder of its own for the tests of the suite that calls this; gone at its end. */
export function tempFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-test-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
