# Needs a function that nobody lends a policy here.
package missing

allow {
	http.send({"method": "get", "url": "http://127.0.0.1/"}, answer)
	answer.status_code = 200
}
