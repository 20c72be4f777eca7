/** Counters and gauges of the TCP chains with one prefix. The names are Envoy's, so that its dashboards find them. */
export class TcpStats {
  downstream_cx_total = 0;
  downstream_cx_active = 0;
  /** No cluster of the name. */
  downstream_cx_no_route = 0;
  downstream_cx_rx_bytes_total = 0;
  downstream_cx_tx_bytes_total = 0;
  idle_timeout = 0;

  toMap(): ReadonlyMap<string, number> {
    return new Map(Object.entries(this) as [string, number][]);
  }
}
