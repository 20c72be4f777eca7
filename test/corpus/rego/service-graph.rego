package service_graph

calls = {
	"front": {"details", "reviews"},
	"reviews": {"ratings"},
}

connected {
	calls[input.action.properties.source][_] = input.action.properties.target
}
