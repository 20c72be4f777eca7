/** Counters and gauges of one listener. The names are Envoy's, so that its dashboards find them. */
export class ListenerStats {
  downstream_cx_total = 0;
  downstream_cx_active = 0;
  downstream_cx_destroy = 0;
  /** Closed at once, for there were too many. */
  downstream_cx_overflow = 0;
  /** Said too little in time to be understood. */
  downstream_pre_cx_timeout = 0;
  /** Said what is not understood, or ended before it had said enough. */
  downstream_listener_filter_error = 0;
  no_filter_chain_match = 0;
  accept_error = 0;
  'ssl.handshake' = 0;
  'ssl.connection_error' = 0;
  'ssl.fail_verify_no_cert' = 0;
  'ssl.fail_verify_error' = 0;
  'ssl.fail_verify_san' = 0;
  'ssl.fail_verify_cert_hash' = 0;

  toMap(): ReadonlyMap<string, number> {
    return new Map(Object.entries(this) as [string, number][]);
  }
}
