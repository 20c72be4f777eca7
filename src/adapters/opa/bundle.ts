import { gunzip } from 'node:zlib';
import { PolicyError, textOf } from './policy-error.js';

/** A compiled policy: its module, and the documents that came with it as JSON text. */
export interface CompiledPolicy {
  readonly wasm: Uint8Array;
  readonly data: Uint8Array | undefined;
}

const maxUnpackedBytes = 256 * 1024 * 1024;
const block = 512;
const wasmMagic = Buffer.from('\0asm', 'latin1');
const gzipMagic = Buffer.of(0x1f, 0x8b);

/**
 * Reads a compiled policy: a wasm module, zipped or not, or a bundle with `policy.wasm` and perhaps `data.json`, as
 * `opa build -t wasm` writes it.
 *
 * @throws PolicyError when the bytes are neither.
 */
export async function readCompiled(bytes: Uint8Array): Promise<CompiledPolicy> {
  if (startsWith(bytes, wasmMagic)) return { wasm: bytes, data: undefined };
  if (!startsWith(bytes, gzipMagic)) throw new PolicyError('neither a wasm module nor a bundle (.tar.gz)');
  const unpacked = await unpack(bytes);
  if (startsWith(unpacked, wasmMagic)) return { wasm: unpacked, data: undefined };
  const files = filesOf(unpacked);
  const wasm = files.get('policy.wasm');
  if (wasm === undefined || !startsWith(wasm, wasmMagic)) {
    throw new PolicyError('the bundle has no policy.wasm: build it with "opa build -t wasm"');
  }
  return { wasm, data: files.get('data.json') };
}

function startsWith(bytes: Uint8Array, magic: Uint8Array): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}

function unpack(bytes: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    gunzip(bytes, { maxOutputLength: maxUnpackedBytes }, (error, unpacked) => {
      if (error === null) resolve(unpacked);
      else reject(new PolicyError(`the bundle cannot be unpacked: ${textOf(error)}`, { cause: error }));
    });
  });
}

/** The plain files of a tar archive by name, without a leading `/` or `./`. */
function filesOf(tar: Buffer): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (let at = 0; at + block <= tar.length;) {
    const header = tar.subarray(at, at + block);
    const name = field(header, 0, 100).replace(/^\.?\/+/, '');
    if (name === '') break;
    const size = Number.parseInt(field(header, 124, 12).trim(), 8);
    const start = at + block;
    if (!Number.isSafeInteger(size) || size < 0 || start + size > tar.length) {
      throw new PolicyError('the bundle is damaged');
    }
    // '0' and NUL are files; names too long for the header come as entries of other kinds, and are none of ours.
    const kind = field(header, 156, 1);
    if (kind === '0' || kind === '') files.set(name, tar.subarray(start, start + size));
    at = start + Math.ceil(size / block) * block;
  }
  return files;
}

function field(header: Buffer, start: number, length: number): string {
  const text = header.subarray(start, start + length).toString('latin1');
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}
