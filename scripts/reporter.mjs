// A short test reporter: failures in full, skips by name, and one closing line.
const indent = (text) => text.replace(/^/gm, '    ');

export default async function* reporter(source) {
  const start = process.hrtime.bigint();
  const counts = { passed: 0, failed: 0, skipped: 0 };
  // Why a file ended before its tests could say anything is in the last that it wrote.
  const lastWords = new Map();
  for await (const { type, data } of source) {
    if (type === 'test:stderr' || type === 'test:stdout') {
      if (process.env.FAIRLEAD_TEST_OUTPUT) yield data.message;
      if (type === 'test:stderr')
        lastWords.set(data.file, `${lastWords.get(data.file) ?? ''}${data.message}`.slice(-2000));
      continue;
    }
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const leaf = data.details?.type !== 'suite';
    if (data.skip !== undefined && data.skip !== false) {
      counts.skipped++;
      yield `  skipped: ${data.name}${typeof data.skip === 'string' && data.skip !== '' ? `: ${data.skip}` : ''}\n`;
    } else if (type === 'test:pass') {
      if (leaf) counts.passed++;
    } else if (data.details?.error?.failureType !== 'subtestsFailed') {
      counts.failed++;
      const error = data.details?.error;
      const cause = error?.cause ?? error;
      yield `  FAILED: ${data.name} (${data.file ?? ''}:${data.line ?? ''})\n${indent(String(cause?.stack ?? cause))}\n`;
      if (error?.exitCode != null || error?.signal != null)
        yield `    ended with ${error.exitCode ?? error.signal}\n${indent(lastWords.get(data.file) ?? '')}\n`;
    }
  }
  const seconds = Number((process.hrtime.bigint() - start) / 100_000_000n) / 10;
  yield `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`;
  yield `took ${seconds} s\n`;
}
