/** One sample line of the text format, labels unescaped, in the order of the line. */
export interface Sample {
  readonly name: string;
  readonly labels: readonly (readonly [string, string])[];
  readonly value: number;
}

/** What a scrape says: samples, and HELP and TYPE by metric name. An independent reading of the format 0.0.4. */
export interface Scrape {
  readonly samples: readonly Sample[];
  readonly help: ReadonlyMap<string, string>;
  readonly type: ReadonlyMap<string, string>;
}

/** Reads the Prometheus text format character by character and throws at whatever it does not allow. */
export function parseText(text: string): Scrape {
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line is not ended');
  const scrape = { samples: [] as Sample[], help: new Map<string, string>(), type: new Map<string, string>() };
  for (const line of text.split('\n').slice(0, -1)) {
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/s.exec(line);
    if (comment === null) scrape.samples.push(parseSample(line));
    else if (comment[1] === 'TYPE') scrape.type.set(comment[2]!, comment[3]!);
    else
      scrape.help.set(
        comment[2]!,
        comment[3]!.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c)),
      );
  }
  return scrape;
}

function parseSample(line: string): Sample {
  const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(line)?.[0];
  if (name === undefined) throw new Error(`no metric name: ${line.slice(0, 80)}`);
  const labels: [string, string][] = [];
  let at = name.length;
  if (line[at] === '{') {
    at++;
    while (line[at] !== '}') {
      const label = /^,?([a-zA-Z_][a-zA-Z0-9_]*)="/.exec(line.slice(at, at + 200));
      if (label === null) throw new Error(`no label at ${at}: ${line.slice(at, at + 80)}`);
      at += label[0].length;
      let value = '';
      for (; line[at] !== '"'; at++) {
        if (at >= line.length) throw new Error('label value is not ended');
        if (line[at] !== '\\') value += line.charAt(at);
        else value += line[++at] === 'n' ? '\n' : line.charAt(at);
      }
      at++;
      labels.push([label[1]!, value]);
    }
    at++;
  }
  const number = line.slice(at);
  if (!/^ (?:[+-]?Inf|NaN|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/.test(number)) throw new Error(`no value: ${number}`);
  return { name, labels, value: Number(number.trim().replace('Inf', 'Infinity')) };
}
