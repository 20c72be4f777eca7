const reasons: ReadonlyMap<string, string> = new Map([
  ['EADDRINUSE', 'something else listens there; end it or choose another address'],
  ['EACCES', 'permission denied; ports below 1024 and folders of others need more rights'],
  ['EADDRNOTAVAIL', 'this machine does not have that address'],
  ['ENOTFOUND', 'the host name does not resolve'],
  ['ENOENT', 'the folder of the socket is missing'],
]);

/** Why a socket could not be opened and what to do, with Node's code of the failure. */
export function listenFailure(error: Error): string {
  // grpc-js wraps what the sockets said into text of its own.
  const code = /\bE[A-Z]{4,}\b/.exec(error.message)?.[0];
  const reason = code === undefined ? undefined : reasons.get(code);
  return code === undefined || reason === undefined ? error.message : `${reason} (${code})`;
}
