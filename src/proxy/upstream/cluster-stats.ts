/** Counters and gauges of one cluster. The names are Envoy's, so that its dashboards find them. */
export class ClusterStats {
  upstream_cx_total = 0;
  upstream_cx_active = 0;
  upstream_cx_http1_total = 0;
  upstream_cx_http2_total = 0;
  upstream_cx_connect_fail = 0;
  upstream_cx_connect_timeout = 0;
  upstream_cx_overflow = 0;
  upstream_cx_destroy = 0;
  upstream_cx_destroy_with_active_rq = 0;
  upstream_cx_max_requests = 0;
  upstream_cx_none_healthy = 0;
  upstream_cx_protocol_error = 0;
  upstream_cx_rx_bytes_total = 0;
  upstream_cx_tx_bytes_total = 0;
  upstream_rq_total = 0;
  upstream_rq_active = 0;
  upstream_rq_cancelled = 0;
  upstream_rq_completed = 0;
  upstream_rq_1xx = 0;
  upstream_rq_2xx = 0;
  upstream_rq_3xx = 0;
  upstream_rq_4xx = 0;
  upstream_rq_5xx = 0;
  upstream_rq_rx_reset = 0;
  upstream_rq_pending_total = 0;
  upstream_rq_pending_active = 0;
  upstream_rq_pending_overflow = 0;
  upstream_rq_pending_failure_eject = 0;
  upstream_rq_retry = 0;
  upstream_rq_retry_overflow = 0;
  upstream_rq_retry_success = 0;
  upstream_rq_retry_limit_exceeded = 0;
  upstream_rq_retry_backoff_exponential = 0;
  upstream_rq_timeout = 0;
  upstream_rq_per_try_timeout = 0;
  lb_healthy_panic = 0;
  membership_change = 0;
  membership_total = 0;
  membership_healthy = 0;
  update_attempt = 0;
  update_success = 0;
  update_failure = 0;
  update_empty = 0;
  'outlier_detection.ejections_active' = 0;
  'outlier_detection.ejections_enforced_total' = 0;
  'outlier_detection.ejections_enforced_consecutive_gateway_failure' = 0;
  'outlier_detection.ejections_detected_consecutive_gateway_failure' = 0;
  'outlier_detection.ejections_overflow' = 0;
  'health_check.attempt' = 0;
  'health_check.success' = 0;
  'health_check.failure' = 0;
  'health_check.network_failure' = 0;
  'health_check.healthy' = 0;
  'circuit_breakers.default.cx_open' = 0;
  'circuit_breakers.default.rq_open' = 0;
  'circuit_breakers.default.rq_pending_open' = 0;
  'circuit_breakers.default.rq_retry_open' = 0;

  /** How often each status was answered; names are made when they are asked for. */
  readonly #codes = new Map<number, number>();

  /** Counts an answer by its status and the class of that. */
  countResponse(status: number): void {
    this.upstream_rq_completed++;
    this.#codes.set(status, (this.#codes.get(status) ?? 0) + 1);
    if (status < 200) this.upstream_rq_1xx++;
    else if (status < 300) this.upstream_rq_2xx++;
    else if (status < 400) this.upstream_rq_3xx++;
    else if (status < 500) this.upstream_rq_4xx++;
    else this.upstream_rq_5xx++;
  }

  toMap(): ReadonlyMap<string, number> {
    const codes = [...this.#codes].map(([status, count]): [string, number] => [`upstream_rq_${status}`, count]);
    return new Map([...(Object.entries(this) as [string, number][]), ...codes]);
  }
}
