import { checkGatewayNames } from './checks/gateway-name.js';
import { checkDuration, checkPercent, checkPort, checkWholePercent } from './checks/number.js';
import { at, forEach, forEntries } from './checks/path.js';
import { checkHeaderName, checkHeaderNames, checkLabels, checkMatch, checkMethod } from './checks/text.js';
import { checkDestination, checkWeighted } from './destination.js';
import type { CorsPolicy, Fault, HeaderOperations, HttpDestination, HttpMatch, HttpRoute } from './http-route.js';
import { checkRedirect, checkRetries, checkRewrite } from './http-action-checks.js';
import type { Findings } from './kind.js';

/** Finds what is wrong with a rule for HTTP requests. */
export function checkHttpRoute(findings: Findings, path: string, rule: HttpRoute): void {
  checkAction(findings, path, rule);
  forEach(`${path}.match`, rule.match, (where, match) => checkHttpMatch(findings, where, match));
  checkWeighted(findings, `${path}.route`, rule.route);
  checkAllHeaders(findings, path, rule);
  forEntries(`${path}.appendHeaders`, rule.appendHeaders, (where, name) => checkHeaderName(findings, where, name));
  forEach(`${path}.route`, rule.route, (where, to) => checkAllHeaders(findings, where, to));
  checkDuration(findings, `${path}.timeout`, rule.timeout);
  if (rule.retries !== undefined) checkRetries(findings, `${path}.retries`, rule.retries);
  if (rule.fault !== undefined) checkFault(findings, `${path}.fault`, rule.fault);
  if (rule.corsPolicy !== undefined) checkCors(findings, `${path}.corsPolicy`, rule.corsPolicy);
  if (rule.mirror !== undefined) checkDestination(findings, `${path}.mirror`, rule.mirror);
  if (rule.mirrorPercent !== undefined) checkWholePercent(findings, `${path}.mirrorPercent`, rule.mirrorPercent);
}

/** A rule redirects or routes; what it does with the request it routes goes with routing only (mesh.md 2.1.1). */
function checkAction(findings: Findings, path: string, rule: HttpRoute): void {
  const { redirect, rewrite, fault, route } = rule;
  if (redirect === undefined) {
    if (route.length === 0) findings.invalid(path, 'must have a route or a redirect');
    if (rewrite !== undefined) checkRewrite(findings, `${path}.rewrite`, rewrite);
    return;
  }
  checkRedirect(findings, `${path}.redirect`, redirect);
  if (route.length > 0) findings.invalid(`${path}.route`, 'route and redirect exclude each other');
  if (rewrite !== undefined) findings.invalid(`${path}.rewrite`, 'rewrite and redirect exclude each other');
  if (fault !== undefined) findings.invalid(`${path}.fault`, 'fault and redirect exclude each other');
}

function checkHttpMatch(findings: Findings, path: string, match: HttpMatch): void {
  for (const field of ['uri', 'scheme', 'method', 'authority'] as const) {
    checkMatch(findings, at(path, field), match[field]);
  }
  forEntries(`${path}.headers`, match.headers, (where, name, value) => {
    checkHeaderName(findings, where, name);
    checkMatch(findings, where, value);
  });
  forEntries(`${path}.queryParams`, match.queryParams, (where, _name, value) => {
    checkMatch(findings, where, value);
    if (value.prefix !== undefined) findings.warn(`${where}.prefix`, 'has no effect here: use exact or regex');
  });
  if (match.port !== undefined) checkPort(findings, `${path}.port`, match.port);
  checkLabels(findings, `${path}.sourceLabels`, match.sourceLabels);
  checkGatewayNames(findings, `${path}.gateways`, match.gateways);
}

function checkAllHeaders(findings: Findings, path: string, owner: HttpRoute | HttpDestination): void {
  const check = (where: string, name: string): void => checkHeaderName(findings, where, name);
  checkOperations(findings, `${path}.headers.request`, owner.headers.request);
  checkOperations(findings, `${path}.headers.response`, owner.headers.response);
  forEntries(`${path}.appendRequestHeaders`, owner.appendRequestHeaders, check);
  forEntries(`${path}.appendResponseHeaders`, owner.appendResponseHeaders, check);
  checkHeaderNames(findings, `${path}.removeRequestHeaders`, owner.removeRequestHeaders);
  checkHeaderNames(findings, `${path}.removeResponseHeaders`, owner.removeResponseHeaders);
}

function checkOperations(findings: Findings, path: string, operations: HeaderOperations): void {
  forEntries(`${path}.set`, operations.set, (where, name) => checkHeaderName(findings, where, name));
  forEntries(`${path}.add`, operations.add, (where, name) => checkHeaderName(findings, where, name));
  checkHeaderNames(findings, `${path}.remove`, operations.remove);
}

function checkFault(findings: Findings, path: string, { delay, abort }: Fault): void {
  if (delay === undefined && abort === undefined) findings.invalid(path, 'must have a delay or an abort');
  if (delay !== undefined) {
    const where = `${path}.delay`;
    checkShare(findings, where, delay);
    checkDuration(findings, `${where}.fixedDelay`, delay.fixedDelay);
    if (delay.exponentialDelay !== undefined) findings.value(`${where}.exponentialDelay`, 'is not supported');
    else if (delay.fixedDelay === undefined) findings.invalid(`${where}.fixedDelay`, 'must be set');
  }
  if (abort !== undefined) checkAbort(findings, `${path}.abort`, abort);
}

function checkAbort(findings: Findings, path: string, abort: NonNullable<Fault['abort']>): void {
  const { httpStatus, grpcStatus, http2Error } = abort;
  checkShare(findings, path, abort);
  if (grpcStatus !== undefined) findings.value(`${path}.grpcStatus`, 'is not supported: use httpStatus');
  else if (http2Error !== undefined) findings.value(`${path}.http2Error`, 'is not supported: use httpStatus');
  else if (httpStatus === undefined) findings.invalid(`${path}.httpStatus`, 'must be set');
  else if (httpStatus < 200 || httpStatus > 600) {
    findings.value(`${path}.httpStatus`, `must be from 200 to 600, not ${httpStatus}`);
  }
}

function checkShare(findings: Findings, path: string, given: NonNullable<Fault['abort'] | Fault['delay']>): void {
  if (given.percent !== undefined) checkWholePercent(findings, `${path}.percent`, given.percent);
  if (given.percentage !== undefined) checkPercent(findings, `${path}.percentage.value`, given.percentage.value);
}

function checkCors(findings: Findings, path: string, cors: CorsPolicy): void {
  forEach(`${path}.allowMethods`, cors.allowMethods, (where, method) => checkMethod(findings, where, method));
  checkHeaderNames(findings, `${path}.allowHeaders`, cors.allowHeaders);
  checkHeaderNames(findings, `${path}.exposeHeaders`, cors.exposeHeaders);
  checkDuration(findings, `${path}.maxAge`, cors.maxAge);
  if (cors.maxAge !== undefined && cors.maxAge.nanos !== 0) {
    findings.value(`${path}.maxAge`, `must be whole seconds, not ${cors.maxAge.toString()}`);
  }
}
