import { compareDiagnostics } from '../../util/diagnostics.js';
import { type FileResult, mergeFiles } from '../merge.js';
import type { LoadResult } from '../parse.js';
import { FileTable } from './file-table.js';
import { unreadable, walk } from './walk.js';

/**
 * Reads files and folders once, in the given order, as one configuration. What is missing or broken is a diagnostic
 * (FILE_UNREADABLE, YAML_SYNTAX, ...); diagnostics are sorted by place.
 */
export async function loadPaths(
  paths: readonly string[],
  options: { readonly defaultNamespace: string },
): Promise<LoadResult> {
  const files: FileResult[] = [];
  const seen = new Set<string>();
  for (const path of paths) {
    const found = await walk(path);
    const fresh = found.files.filter((file) => !seen.has(file.stamp));
    for (const file of fresh) seen.add(file.stamp);
    files.push(...(await new FileTable(options.defaultNamespace).update({ ...found, files: fresh }, true)));
    const missing =
      found.present || found.problems.length > 0 ? [] : [unreadable(path, 'there is no such file or folder')];
    files.push({ resources: [], diagnostics: [...found.problems, ...missing] });
  }
  const { resources, diagnostics } = mergeFiles(files);
  return { resources, diagnostics: diagnostics.toSorted(compareDiagnostics) };
}
