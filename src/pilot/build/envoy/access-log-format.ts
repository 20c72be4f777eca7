/** Istio's line since 1.3 (mesh.md 3.3). */
export const defaultTextFormat =
  '[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% ' +
  '"%DYNAMIC_METADATA(istio.mixer:status)%" "%UPSTREAM_TRANSPORT_FAILURE_REASON%" %BYTES_RECEIVED% %BYTES_SENT% ' +
  '%DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%" "%REQ(USER-AGENT)%" ' +
  '"%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%" %UPSTREAM_CLUSTER% %UPSTREAM_LOCAL_ADDRESS% ' +
  '%DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS% %REQUESTED_SERVER_NAME% %ROUTE_NAME%\n';

/** The same as an object, by Istio's names. */
export const defaultJsonFormat: Readonly<Record<string, string>> = Object.freeze({
  start_time: '%START_TIME%',
  method: '%REQ(:METHOD)%',
  path: '%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%',
  protocol: '%PROTOCOL%',
  response_code: '%RESPONSE_CODE%',
  response_flags: '%RESPONSE_FLAGS%',
  istio_policy_status: '%DYNAMIC_METADATA(istio.mixer:status)%',
  upstream_transport_failure_reason: '%UPSTREAM_TRANSPORT_FAILURE_REASON%',
  bytes_received: '%BYTES_RECEIVED%',
  bytes_sent: '%BYTES_SENT%',
  duration: '%DURATION%',
  upstream_service_time: '%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%',
  x_forwarded_for: '%REQ(X-FORWARDED-FOR)%',
  user_agent: '%REQ(USER-AGENT)%',
  request_id: '%REQ(X-REQUEST-ID)%',
  authority: '%REQ(:AUTHORITY)%',
  upstream_host: '%UPSTREAM_HOST%',
  upstream_cluster: '%UPSTREAM_CLUSTER%',
  upstream_local_address: '%UPSTREAM_LOCAL_ADDRESS%',
  downstream_local_address: '%DOWNSTREAM_LOCAL_ADDRESS%',
  downstream_remote_address: '%DOWNSTREAM_REMOTE_ADDRESS%',
  requested_server_name: '%REQUESTED_SERVER_NAME%',
  route_name: '%ROUTE_NAME%',
});

/** Commands that stand alone. */
export const plainCommands = [
  ...['PROTOCOL', 'ROUTE_NAME', 'REQUESTED_SERVER_NAME', 'HOSTNAME', 'CONNECTION_ID'],
  ...['BYTES_RECEIVED', 'BYTES_SENT', 'DURATION', 'REQUEST_DURATION', 'RESPONSE_DURATION', 'RESPONSE_TX_DURATION'],
  ...['RESPONSE_CODE', 'RESPONSE_CODE_DETAILS', 'RESPONSE_FLAGS', 'CONNECTION_TERMINATION_DETAILS'],
  ...['UPSTREAM_HOST', 'UPSTREAM_CLUSTER', 'UPSTREAM_LOCAL_ADDRESS', 'UPSTREAM_TRANSPORT_FAILURE_REASON'],
  ...['DOWNSTREAM_LOCAL_ADDRESS', 'DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT', 'DOWNSTREAM_LOCAL_PORT'],
  ...['DOWNSTREAM_REMOTE_ADDRESS', 'DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT'],
  ...['DOWNSTREAM_DIRECT_REMOTE_ADDRESS', 'DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT'],
  ...['DOWNSTREAM_LOCAL_URI_SAN', 'DOWNSTREAM_PEER_URI_SAN', 'DOWNSTREAM_LOCAL_SUBJECT', 'DOWNSTREAM_PEER_SUBJECT'],
  ...['DOWNSTREAM_TLS_SESSION_ID', 'DOWNSTREAM_TLS_CIPHER', 'DOWNSTREAM_TLS_VERSION'],
  ...['DOWNSTREAM_PEER_FINGERPRINT_256', 'DOWNSTREAM_PEER_SERIAL', 'DOWNSTREAM_PEER_ISSUER', 'DOWNSTREAM_PEER_CERT'],
] as const;

/** Commands of one header or of another one in its place. */
const headerCommands = new Set(['REQ', 'RESP', 'TRAILER']);
const plain: ReadonlySet<string> = new Set(plainCommands);

/** What is wrong with a format: Envoy would refuse all of the listener for it. Undefined for nothing. */
export function findFormatMistake(format: string): string | undefined {
  const rest = format.replaceAll('%%', '').replaceAll(/%([A-Z_\d]+)(?:\(([^)]*)\))?(:\d{1,9})?%/g, (text, ...parts) => {
    const [name, argument, length] = parts as [string, string | undefined, string | undefined];
    return isSound(name, argument, length !== undefined) ? '' : text;
  });
  return /%[^%]*%?/.exec(rest)?.[0];
}

function isSound(name: string, argument: string | undefined, hasLength: boolean): boolean {
  if (headerCommands.has(name)) return argument !== undefined && /^[^?\s]+(?:\?[^?\s]+)?$/.test(argument);
  if (name === 'DYNAMIC_METADATA') return argument !== undefined && /^[^:\s]+(?::[^:\s]+)*$/.test(argument);
  if (hasLength) return false;
  if (name === 'START_TIME') return argument === undefined || /^[^\r\n]+$/.test(argument);
  return argument === undefined && plain.has(name);
}
