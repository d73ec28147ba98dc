package headstart

// Subscriber is somebody who asked on a status page to be mailed about outages.
type Subscriber struct {
	Key      string // names them without saying the address
	Address  string // where mail goes
	Language string // nl or en

	Unsubscribe string // address of the page that ends it; a POST to it does so at once
	Page        string // address of the status page they chose

	// First is the number of the update they got first of this announcement, which
	// later ones answer; zero: none yet.
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
