import { type Infer, s } from '../../util/schema.js';
import { forEach, forEntries } from './checks/path.js';
import { checkMatch } from './checks/text.js';
import { stringMatch } from './fields.js';
import { type Findings, type Kind, mixerClient } from './kind.js';

const schema = s.message({
  rules: s.list(
    s.message({
      match: s.list(s.message({ clause: s.map(stringMatch) })),
      quotas: s.list(s.message({ quota: s.string(), charge: s.int64(1n) })),
    }),
  ),
});
export type QuotaSpec = Infer<typeof schema>;

/** What requests are charged to which quotas (mesh.md 1.12). */
export const quotaSpec: Kind<QuotaSpec> = { kind: 'QuotaSpec', ...mixerClient, schema, validate };

function validate({ rules }: QuotaSpec, findings: Findings): void {
  if (rules.length === 0) findings.invalid('rules', 'must have an entry');
  forEach('rules', rules, (path, { match, quotas }) => {
    forEach(`${path}.match`, match, (where, { clause }) => {
      if (clause.size === 0) findings.invalid(`${where}.clause`, 'must have an entry');
      forEntries(`${where}.clause`, clause, (at, _name, one) => checkMatch(findings, at, one));
    });
    if (quotas.length === 0) findings.invalid(`${path}.quotas`, 'must have an entry');
    forEach(`${path}.quotas`, quotas, (where, { quota, charge }) => {
      if (quota === '') findings.invalid(`${where}.quota`, 'must be set');
      if (charge < 1n) findings.value(`${where}.charge`, `must be 1 or more, not ${charge}`);
    });
  });
}
