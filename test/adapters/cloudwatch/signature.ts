import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Whom a signature is for. */
export interface Scope {
  readonly service: string;
  readonly region: string;
  readonly secret: string;
}

const form =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;
const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** What is wrong with the Signature Version 4 of a request, computed anew. */
export function checkSignature(request: IncomingMessage, body: Buffer, scope: Scope): string[] {
  const { headers } = request;
  const match = form.exec(headers.authorization ?? '');
  if (match === null) return [`no signature: ${headers.authorization}`];
  const [, , day = '', region, service, signed = '', signature] = match;
  const time = String(headers['x-amz-date']);
  const problems: string[] = [];
  if (region !== scope.region || service !== scope.service) problems.push(`signed for ${region} and ${service}`);
  if (request.method !== 'POST' || request.url !== '/') problems.push(`${request.method} ${request.url}`);
  const iso = time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  if (!(Math.abs(Date.parse(iso) - Date.now()) < 300_000) || !time.startsWith(day)) problems.push(`signed at ${time}`);
  if (headers['x-amz-content-sha256'] !== sha256(body)) problems.push('the hash is not of the body');
  const names = signed.split(';');
  for (const name of ['host', 'x-amz-date', 'x-amz-target', 'content-type']) {
    if (!names.includes(name)) problems.push(`${name} is not signed`);
  }
  const lines = names.map((name) => `${name}:${String(headers[name]).trim().replace(/ +/g, ' ')}\n`).join('');
  const canonical = ['POST', '/', '', lines, signed, sha256(body)].join('\n');
  const text = ['AWS4-HMAC-SHA256', time, `${day}/${region}/${service}/aws4_request`, sha256(canonical)].join('\n');
  const parts = [day, scope.region, scope.service, 'aws4_request'];
  const key = parts.reduce<string | Buffer>(hmac, `AWS4${scope.secret}`);
  if (hmac(key, text).toString('hex') !== signature) problems.push('the signature does not match');
  return problems;
}
