import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bundled = fileURLToPath(new URL('../../../examples/config/shop', import.meta.url));
const bundledLogPath = '/tmp/fairlead-shop-access.log';

/** A copy of the shop's configuration that the user may change while the demo runs. */
export interface ShopFolder {
  /** The folder of the demo: configuration and access log. */
  readonly root: string;
  readonly config: string;
  readonly accessLog: string;
  remove(): Promise<void>;
}

/** Copies the bundled configuration into a folder of its own, with an access log of its own. */
export async function createShopFolder(): Promise<ShopFolder> {
  const root = await mkdtemp(join(tmpdir(), 'fairlead-demo-'));
  const accessLog = join(root, 'access.log');
  for (const name of await readdir(bundled)) {
    const text = await readFile(join(bundled, name), 'utf8');
    await writeFile(join(root, name), text.replaceAll(bundledLogPath, accessLog));
  }
  return { root, config: root, accessLog, remove: () => rm(root, { recursive: true, force: true }) };
}
