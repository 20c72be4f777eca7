import { type Infer, s } from '../../util/schema.js';
import { forEach, forEntries } from './checks/path.js';
import type { Findings } from './kind.js';

const distribute = s.message({
  from: s.string('', 'region/zone/subzone; parts may be left out at the end, or be a star.'),
  to: s.map(s.int32(), new Map(), 'Shares in percent by locality.'),
});
const failover = s.message({ from: s.string('', 'A region.'), to: s.string('', 'A region.') });

/** How traffic keeps to localities (mesh.md 2.8). */
export const localityLbSetting = s.message({ distribute: s.list(distribute), failover: s.list(failover) });
export type LocalityLbSetting = Infer<typeof localityLbSetting>;

/** Finds what is wrong with the settings for localities. */
export function checkLocalityLb(findings: Findings, path: string, setting: LocalityLbSetting): void {
  if (setting.distribute.length > 0 && setting.failover.length > 0) {
    findings.invalid(`${path}.failover`, 'failover and distribute exclude each other');
  }
  checkOverlaps(
    findings,
    setting.distribute.map(({ from }, index) => [`${path}.distribute[${index}].from`, from]),
  );
  forEach(`${path}.distribute`, setting.distribute, (where, one) => {
    let total = 0;
    const localities: [string, string][] = [];
    forEntries(`${where}.to`, one.to, (at, locality, weight) => {
      if (weight < 1 || weight > 100) findings.value(at, `must be from 1 to 100, not ${weight}`);
      total += weight;
      localities.push([at, locality]);
    });
    if (total !== 100) findings.invalid(`${where}.to`, `the weights must total 100, not ${total}`);
    checkOverlaps(findings, localities);
  });
  forEach(`${path}.failover`, setting.failover, (where, { from, to }) => {
    for (const [field, region] of Object.entries({ from, to })) {
      if (region === '') findings.invalid(`${where}.${field}`, 'must be set');
      else if (/[*/]/.test(region))
        findings.value(`${where}.${field}`, `must be a region, not ${JSON.stringify(region)}`);
    }
    if (from === to) findings.invalid(`${where}.to`, 'must be another region than from');
  });
}

/** Wants localities none of which is within another one. */
function checkOverlaps(findings: Findings, localities: readonly (readonly [path: string, locality: string])[]): void {
  for (const [index, [path, locality]] of localities.entries()) {
    if (!/^[^/*]+(?:\/[^/*]+){0,2}(?:\/\*)?$|^\*$/.test(locality) || locality.split('/').length > 3) {
      findings.value(
        path,
        `must be region/zone/subzone, with a star at most as the last part, not ${JSON.stringify(locality)}`,
      );
      continue;
    }
    const former = localities.slice(0, index).find(([, other]) => overlap(other, locality));
    if (former !== undefined)
      findings.invalid(path, `${JSON.stringify(locality)} overlaps with ${JSON.stringify(former[1])}`);
  }
}

function overlap(a: string, b: string): boolean {
  const left = a.split('/');
  const right = b.split('/');
  const shared = Math.min(left.length, right.length);
  return left.slice(0, shared).every((part, at) => part === '*' || right[at] === '*' || part === right[at]);
}
