package org_chart

import input.subject.user as user

manager = {"alice": "janet", "bob": "janet", "janet": "rosa"}

department = {"ken": "HR", "alice": "sales"}

subject = name {
	trim(input.action.path, "/", path)
	split(path, "/", parts)
	name = parts[1]
}

may_read {
	subject = user
}

may_read {
	manager[subject] = user
}

may_read {
	department[user] = "HR"
}
