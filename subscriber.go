package headstart

import "errors"

// Wish is what somebody wants to be mailed about: a status page, or a part of it.
type Wish struct {
	Page      string   `json:"page"`                // its id
	Language  string   `json:"language"`            // nl or en
	Services  []string `json:"services,omitempty"`  // empty: all of the page
	Locations []string `json:"locations,omitempty"` // empty: all of the page
}

// What may stand in the way of somebody who wants to subscribe, or not any more.
var (
	ErrNoAddress = errors.New("no address that mail can be sent to")
	ErrNoWish    = errors.New("the page offers no such service, location or language")
	ErrTooMany   = errors.New("too many requests for now")
	ErrLinkOver  = errors.New("the link is of no use any more")
)

// Subscriber is somebody who asked on a status page to be mailed about outages.
type Subscriber struct {
	Key      string // names them without saying the address
	Address  string // where mail goes
	Language string // nl or en

	Unsubscribe string // address of the page that ends it; a POST to it does so at once
	Page        string // address of the status page they chose; empty: mails cannot lead there

	// Heard: they got an update of this announcement before, First the first time;
	// later mails answer that one.
	Heard bool
	First int
}

// Letter is one mail to one person that is no announcement, such as the question
// whether they want any.
type Letter struct {
	To       string // address
	Language string // nl or en
	ID       string // of its Message-ID, without the host
	Text     Text   // Title, Subject and Lines
	Link     string // address of the page that acts
	LinkText string // what the link says
}
