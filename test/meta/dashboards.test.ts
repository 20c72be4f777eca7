import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'dashboards');

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly refId: string; readonly expr: string }[];
}

describe('dashboards', () => {
  it('are what their source says', () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/dashboards.mjs', '--check'], {
      cwd: root,
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
  });

  for (const name of readdirSync(folder).filter((file) => file.endsWith('.json'))) {
    const { uid, panels } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { uid: string; panels: Panel[] };

    it(`${name} has panels that do not overlap, with ids and queries of their own`, () => {
      assert.equal(`${uid.replace('fairlead-', '')}.json`, name);
      assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
      const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
        Array.from({ length: w * h }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`),
      );
      assert.equal(new Set(cells).size, cells.length);
      assert.ok(cells.every((cell) => Number(cell.split(' ')[0]) < 24));
      for (const { type, title, targets = [] } of panels) {
        assert.equal(targets.length > 0, type !== 'row', title);
        assert.equal(new Set(targets.map(({ refId }) => refId)).size, targets.length, title);
        for (const { expr } of targets) assert.doesNotMatch(expr, /vector\(|\$rate\b|\s\s/, title);
      }
    });
  }
});
