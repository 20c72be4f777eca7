import { randomFillSync } from 'node:crypto';

const idBytes = 8;
const pool = Buffer.alloc(idBytes * 512);
let used = pool.length;

/** 16 hexadecimal digits, not all zero. Random bytes are drawn for many at once. */
export function randomSpanId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const id = pool.toString('hex', used, used + idBytes);
  used += idBytes;
  return id === '0000000000000000' ? randomSpanId() : id;
}
