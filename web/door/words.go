package door

// loginWords are the texts of the log-in page.
type loginWords struct {
	Title, Name, Password, Enter, Token, TokenHint, TokenEnter, Link, LinkEnter, In, Out, Wrong, Later string

	Issuer, Again, Or                               string // log-in at an issuer
	Unreachable, Broken, Denied, Taken, NoRole, Ask string
	ReaderTitle, ProxyOut, Ended, EndAt             string
}

var loginText = map[string]loginWords{
	"nl": {
		Title: "Inloggen", Name: "Naam", Password: "Wachtwoord", Enter: "Inloggen",
		Token:     "Met het beheerderstoken",
		TokenHint: "Het token staat op de server in het bestand admin-token, in de map data_dir.", TokenEnter: "Inloggen met token",
		Link: "Met deze link logt u één keer in als beheerder.", LinkEnter: "Inloggen als beheerder",
		In: "U bent ingelogd als", Out: "Uitloggen",
		Wrong:  "Dat klopt niet. Controleer wat u invulde, of vraag een nieuwe link.",
		Later:  "Te veel pogingen. Wacht even en probeer het dan opnieuw.",
		Issuer: "Inloggen met het account van uw organisatie", Again: "Opnieuw inloggen", Or: "Of met een account van deze servicedesk:",
		Unreachable: "De inlogdienst van uw organisatie antwoordt niet. Probeer het over een paar minuten opnieuw. Is het dringend, log dan in met een account van deze servicedesk of vraag de beheerder.",
		Broken:      "Het inloggen is niet gelukt. Begin opnieuw. Lukt het weer niet, meld het dan aan de beheerder van de servicedesk: in het logboek staat waarom.",
		Denied:      "De inlogdienst heeft u niet toegelaten, of u brak het inloggen af.",
		Taken:       "Uw naam is hier al van een account van de servicedesk zelf. Vraag de beheerder dat account weg te halen of anders te noemen.",
		NoRole:      "U bent ingelogd, maar u heeft hier nog geen toegang.",
		Ask:         "Vraag de beheerder van de servicedesk om een van deze groepen, of laat een groep van u toevoegen aan de instelling die als laatste staat. Log daarna opnieuw in.",
		ReaderTitle: "Inloggen voor de statuspagina",
		ProxyOut:    "De webserver van uw organisatie heeft u ingelogd. Uitloggen doet u daar, of sluit uw browser.",
		Ended:       "U bent hier uitgelogd. Bij de inlogdienst van uw organisatie bent u dat nog niet: wie deze browser gebruikt, komt zonder wachtwoord weer binnen.",
		EndAt:       "Ook daar uitloggen",
	},
	"en": {
		Title: "Log in", Name: "Name", Password: "Password", Enter: "Log in",
		Token:     "With the admin token",
		TokenHint: "The token is on the server, in the file admin-token of data_dir.", TokenEnter: "Log in with the token",
		Link: "This link logs you in as administrator, once.", LinkEnter: "Log in as administrator",
		In: "You are logged in as", Out: "Log out",
		Wrong:  "That is not right. Check what you entered, or ask for a new link.",
		Later:  "Too many attempts. Wait a moment and try again.",
		Issuer: "Log in with the account of your organisation", Again: "Log in again", Or: "Or with an account of this service desk:",
		Unreachable: "The log-in service of your organisation does not answer. Try again in a few minutes. If it is urgent, log in with an account of this service desk, or ask the administrator.",
		Broken:      "Logging in did not work. Begin again. If it fails again, tell the administrator of the service desk: the log says why.",
		Denied:      "The log-in service did not let you in, or you broke it off.",
		Taken:       "Your name is that of an account of the service desk itself. Ask the administrator to remove that account or to rename it.",
		NoRole:      "You are logged in, but you have no access here yet.",
		Ask:         "Ask the administrator of the service desk for one of these groups, or to add a group of yours to the setting that stands last. Then log in again.",
		ReaderTitle: "Log in for the status page",
		ProxyOut:    "The web server of your organisation logged you in. Log out there, or close your browser.",
		Ended:       "You are logged out here. At the log-in service of your organisation you are not yet: whoever uses this browser comes in again without a password.",
		EndAt:       "Log out there too",
	},
}
