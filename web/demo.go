package web

import "net/http"

// Demo are the doors for demonstration: one-click sign-in and the mails. Only `tribuna dev` has them, on loopback and
// on its own database.
type Demo struct {
	Accounts []DemoAccount
	Mails    http.Handler // shows what the mail catcher caught, under /dev/mails
}

// DemoAccount is somebody to sign in as.
type DemoAccount struct {
	Email, Name, Organisation string
	Role                      string // one of models.RoleNames
}
