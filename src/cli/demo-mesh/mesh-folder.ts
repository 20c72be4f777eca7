import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { portOrAnother } from '../demo/free-port.js';
import { type Workload, workloads } from './workloads.js';

const bundled = fileURLToPath(new URL('../../../examples/config/mesh', import.meta.url));

/** A copy of the mesh's configuration that the user may change while the demo runs. */
export interface MeshFolder {
  readonly path: string;
  /** With the ports that are free. */
  readonly workloads: readonly Workload[];
  remove(): Promise<void>;
}

/** Copies the bundled configuration into a folder of its own, with free ports in place of those that are taken. */
export async function createMeshFolder(): Promise<MeshFolder> {
  const placed: Workload[] = [];
  for (const one of workloads) placed.push({ ...one, port: await portOrAnother(one.port) });
  const ports = new Map(workloads.map(({ port }, at) => [String(port), String(placed[at]?.port ?? port)]));
  const path = await mkdtemp(join(tmpdir(), 'fairlead-mesh-'));
  for (const name of await readdir(bundled)) {
    const text = await readFile(join(bundled, name), 'utf8');
    await writeFile(
      join(path, name),
      text.replaceAll(/\b908\d\b/g, (port) => ports.get(port) ?? port),
    );
  }
  return { path, workloads: placed, remove: () => rm(path, { recursive: true, force: true }) };
}
