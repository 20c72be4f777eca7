import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedMaterial } from '../shared-material.js';

/** Configuration that moves traffic of bookinfo. */
export interface NetworkingFolder {
  readonly name: string;
  /** Why its tests are skipped; false when they are not. */
  readonly skip: string | false;
  readonly files: readonly string[];
  read(file: string): string;
}

const own = folderOf('own cases', join(import.meta.dirname, '../../corpus/pilot/networking'), false);
const { path, skip } = sharedMaterial('istio-samples/samples/bookinfo/networking');
const samples = folderOf("Istio's samples", path, skip);

/** Cases of our own, and Istio's where they are at hand. */
export const networking = { own, samples } as const;

/** Whether a file divides traffic among versions. */
export function isWeighted(text: string): boolean {
  return /^ *weight:|, weight:/m.test(text);
}

function folderOf(name: string, folder: string, skip: string | false): NetworkingFolder {
  const files = skip === false ? readdirSync(folder).filter((file) => file.endsWith('.yaml')) : [];
  return { name, skip, files, read: (file) => `---\n${readFileSync(join(folder, file), 'utf8')}\n` };
}
