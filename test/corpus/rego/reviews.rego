# Services call along the graph. A review is besides that only for its subject, who manages them, and the people of HR.
package mixerauthz

import data.org_chart
import data.service_graph
import input.action as action

default allow = false

allow {
	not is_review
	service_graph.connected
}

allow {
	is_review
	service_graph.connected
	org_chart.may_read
}

is_review {
	startswith(action.path, "/reviews/")
}
