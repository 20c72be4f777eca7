# One rule for each thing that can come of a query.
package outcomes

open = true

closed = false

letters["a"]

letters["b"]

name = "alice"

only_for_alice {
	input.subject.user = "alice"
}

conflict = 1 {
	input.action.service
}

conflict = 2 {
	input.action.namespace
}

division = 1 / 0

loud {
	sprintf("%s!", [input.subject.user], text)
	text = "alice!"
}

limit {
	input.action.properties.count = 9007199254740993
}

address {
	net.cidr_contains("10.0.0.0/8", input.action.properties.address)
}

in_group {
	input.subject.groups = ["admins"]
}

bare {
	input = {"action": {}, "subject": {}}
}

zero_byte {
	input.action.path = "/a\u0000b"
}

replaced {
	input.subject.user = "a\ufffd"
}

odd_names {
	input.subject.properties["__proto__"] = "x"
	input.subject.properties.constructor = "y"
}

natives {
	input.action.properties.flag = true
	input.action.properties.ratio = 0.5
	input.action.properties.elapsed = 1500000000
	input.action.properties.labels.version = "v1"
	input.action.properties.time = "2026-01-02T03:04:05.000006Z"
}

today {
	time.date(time.now_ns(), parts)
	parts = [2026, 1, 1]
}
