import { type Infer, s } from '../../util/schema.js';
import { checkHost, checkLabel } from './checks/host.js';
import { checkPort } from './checks/number.js';
import { portSelector } from './fields.js';
import type { Findings } from './kind.js';

/** Where traffic goes. */
export const destination = s.message({ host: s.string(), subset: s.string(), port: s.optional(portSelector) });
export type Destination = Infer<typeof destination>;

/** Wants a host, and a subset and a port that can be. */
export function checkDestination(findings: Findings, path: string, to: Destination): void {
  if (to.host === '') findings.invalid(`${path}.host`, 'must be set');
  else if (to.host === '*') findings.value(`${path}.host`, 'must be one host, not all');
  else checkHost(findings, `${path}.host`, to.host);
  if (to.subset !== '') checkLabel(findings, `${path}.subset`, to.subset);
  if (to.port !== undefined) checkPort(findings, `${path}.port.number`, to.port.number);
}

/** A destination with its share of the traffic. */
export interface Weighted {
  readonly destination: Destination;
  readonly weight: number;
}

/** Wants shares that total 100, if there are several destinations; one gets everything (mesh.md 2.1.4). */
export function checkWeighted(findings: Findings, path: string, routes: readonly Weighted[]): void {
  let total = 0;
  for (const [index, route] of routes.entries()) {
    const where = `${path}[${index}]`;
    checkDestination(findings, `${where}.destination`, route.destination);
    if (route.weight < 0 || route.weight > 100) {
      findings.value(`${where}.weight`, `must be from 0 to 100, not ${route.weight}`);
    }
    total += route.weight;
  }
  const [only] = routes;
  if (routes.length > 1 && total !== 100) findings.invalid(path, `the weights must total 100, not ${total}`);
  if (routes.length === 1 && only !== undefined && only.weight !== 0 && only.weight !== 100) {
    findings.warn(`${path}[0].weight`, 'has no effect: the only destination gets all');
  }
}
