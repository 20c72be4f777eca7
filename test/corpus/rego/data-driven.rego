# The same question, with the table in data: bundles bring one, configurations may bring theirs.
package mixerauthz

default allow = false

allow {
	rule = data.table[_]
	rule.users[_] = input.subject.user
	rule.verbs[_] = input.action.method
}
