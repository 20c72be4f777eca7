import type { Socket } from 'node:net';
import type { Verdict } from './verdict.js';

/** What was found at the beginning of a connection, and how many bytes of it are used up. */
export interface Peeked {
  readonly used: number;
}

export interface Peek {
  /** How many bytes have come. */
  readonly seen: number;
  /** Ends it: so many bytes are used up, the others go back, and `done` is not called. */
  stop(used: number): void;
}

/**
 * Shows an inspector the first bytes of a connection, more and more of them. All but those used up go back into the
 * socket before `done` is called, in the same turn: once a socket has told of its end, it takes nothing back.
 */
export function peek<T extends Peeked>(
  socket: Socket,
  inspect: (bytes: Buffer) => Verdict<T>,
  done: (verdict: Exclude<Verdict<T>, { kind: 'more' }>) => void,
): Peek {
  let bytes: Buffer = Buffer.alloc(0);
  let late: Buffer[] = [];
  let seen = 0;
  let atLeast = 1;
  const onReadable = (): void => {
    for (let chunk = read(socket); chunk !== null; chunk = read(socket)) {
      late.push(chunk);
      seen += chunk.length;
    }
    if (seen < atLeast || late.length === 0) return;
    bytes = seen === late[0]!.length ? late[0]! : Buffer.concat([bytes, ...late], seen);
    late = [];
    const verdict = inspect(bytes);
    if (verdict.kind === 'more') {
      atLeast = verdict.atLeast;
      return;
    }
    settle(verdict.kind === 'found' ? verdict.value.used : 0);
    done(verdict);
  };
  const onEnd = (): void => {
    settle(0);
    done({ kind: 'bad', reason: 'ended too soon' });
  };
  const settle = (used: number): void => {
    socket.off('readable', onReadable).off('end', onEnd).off('close', onEnd);
    const rest = (late.length === 0 ? bytes : Buffer.concat([bytes, ...late])).subarray(used);
    if (rest.length > 0 && !socket.readableEnded && !socket.destroyed) socket.unshift(rest);
  };
  socket.on('readable', onReadable).on('end', onEnd).on('close', onEnd);
  return {
    get seen() {
      return seen;
    },
    stop: settle,
  };
}

function read(socket: Socket): Buffer | null {
  return socket.read() as Buffer | null;
}
