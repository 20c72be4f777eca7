import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto';

/** A certificate with its key, as PEM. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
  readonly name: string;
  readonly privateKey: KeyObject;
}

interface Wanted {
  readonly name: string;
  /** An authority when left out, signed by itself. */
  readonly issuer?: TestCertificate;
  readonly dns?: readonly string[];
  readonly uris?: readonly string[];
}

/** Makes a certificate for a few hours, without any program: what X.509 asks for, in DER. */
export function makeCertificate({ name, issuer, dns = [], uris = [] }: Wanted): TestCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const names = [...dns.map((text) => tagged(0x82, ascii(text))), ...uris.map((text) => tagged(0x86, ascii(text)))];
  const extensions = [
    extension([0x55, 0x1d, 0x13], sequence(...(issuer === undefined ? [tagged(0x01, Buffer.from([0xff]))] : []))),
    ...(names.length === 0 ? [] : [extension([0x55, 0x1d, 0x11], sequence(...names))]),
  ];
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    distinguishedName(issuer?.name ?? name),
    sequence(time(-3_600_000), time(86_400_000)),
    distinguishedName(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions)),
  );
  const signature = sign('sha256', body, issuer?.privateKey ?? privateKey);
  const der = sequence(body, ecdsaWithSha256, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const cert = new X509Certificate(der).toString();
  return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), name, privateKey };
}

/** SHA-256 of the public key as base64, and of the certificate as hex. */
export function pinsOf({ cert }: TestCertificate): { spki: string; hash: string } {
  const parsed = new X509Certificate(cert);
  const key = parsed.publicKey.export({ type: 'spki', format: 'der' });
  return {
    spki: createHash('sha256').update(key).digest('base64'),
    hash: createHash('sha256').update(parsed.raw).digest('hex'),
  };
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const head = length < 128 ? [tag, length] : [tag, 0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from(head), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes);
}

function ascii(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

function objectId(bytes: readonly number[]): Buffer {
  return tagged(0x06, Buffer.from(bytes));
}

function extension(id: readonly number[], content: Buffer): Buffer {
  return sequence(objectId(id), tagged(0x04, content));
}

function distinguishedName(commonName: string): Buffer {
  const attribute = sequence(objectId([0x55, 0x04, 0x03]), tagged(0x0c, Buffer.from(commonName)));
  return sequence(tagged(0x31, attribute));
}

/** UTCTime, so far from now. */
function time(millis: number): Buffer {
  const text = new Date(Date.now() + millis).toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return tagged(0x17, ascii(`${text}Z`));
}

const ecdsaWithSha256 = sequence(objectId([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]));
