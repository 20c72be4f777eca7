import type { Socket } from 'node:net';

// Beyond that much copying costs more than another write.
const mostCopied = 16 * 1024;

// Written when all that has come in this turn of the event loop has been looked at. One after the other: each write that
// stands alone wakes the other side, which costs more than all else that is done for a request.
let awaited: Output[] = [];

function flushAll(): void {
  const outputs = awaited;
  awaited = [];
  for (const output of outputs) output.flushLate();
}

/** Gathers what is written to a connection in one turn of the event loop, so that a head goes out with its body. */
export class Output {
  readonly #socket: Socket;
  #pieces: (string | Buffer)[] = [];
  #size = 0;
  #isAwaited = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Bytes, or a text of an octet each. False when the other side is slower: then the socket's `drain` comes. */
  add(piece: string | Buffer): boolean {
    this.#pieces.push(piece);
    this.#size += piece.length;
    if (this.#size >= mostCopied) return this.flush();
    this.#await();
    return !this.#socket.writableNeedDrain;
  }

  /** Writes what has been gathered. */
  flush(): boolean {
    const pieces = this.#pieces;
    const socket = this.#socket;
    if (pieces.length === 0) return !socket.writableNeedDrain;
    this.#pieces = [];
    const size = this.#size;
    this.#size = 0;
    if (pieces.length === 1) return write(socket, pieces[0]!);
    if (size < mostCopied) return socket.write(join(pieces, size));
    socket.cork();
    let isFree = true;
    for (const piece of pieces) isFree = write(socket, piece);
    socket.uncork();
    return isFree;
  }

  #await(): void {
    if (this.#isAwaited) return;
    this.#isAwaited = true;
    if (awaited.push(this) === 1) setImmediate(flushAll);
  }

  /** At the end of the turn. */
  flushLate(): void {
    this.#isAwaited = false;
    if (this.#socket.writable) this.flush();
  }
}

function write(socket: Socket, piece: string | Buffer): boolean {
  return typeof piece === 'string' ? socket.write(piece, 'latin1') : socket.write(piece);
}

function join(pieces: readonly (string | Buffer)[], size: number): Buffer {
  const all = Buffer.allocUnsafe(size);
  let at = 0;
  for (const piece of pieces) {
    if (typeof piece === 'string') at += all.write(piece, at, 'latin1');
    else {
      all.set(piece, at);
      at += piece.length;
    }
  }
  return all;
}
