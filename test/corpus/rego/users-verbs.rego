# Who may call which method: a table of users and verbs.
package mixerauthz

policy = [
	{"users": ["bucket-admins"], "verbs": ["storage.buckets.create", "storage.buckets.get"]},
	{"users": ["bucket-users"], "verbs": ["storage.buckets.list"]},
]

default allow = false

allow {
	rule = policy[_]
	rule.users[_] = input.subject.user
	rule.verbs[_] = input.action.method
}
