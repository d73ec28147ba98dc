package door

// loginWords are the texts of the log-in page.
type loginWords struct {
	Title, Name, Password, Enter, Token, TokenHint, TokenEnter, Link, LinkEnter, In, Out, Wrong, Later string
}

var loginText = map[string]loginWords{
	"nl": {
		Title: "Inloggen", Name: "Naam", Password: "Wachtwoord", Enter: "Inloggen",
		Token:     "Met het beheerderstoken",
		TokenHint: "Het token staat op de server in het bestand admin-token, in de map data_dir.", TokenEnter: "Inloggen met token",
		Link: "Met deze link logt u één keer in als beheerder.", LinkEnter: "Inloggen als beheerder",
		In: "U bent ingelogd als", Out: "Uitloggen",
		Wrong: "Dat klopt niet. Controleer wat u invulde, of vraag een nieuwe link.",
		Later: "Te veel pogingen. Wacht even en probeer het dan opnieuw.",
	},
	"en": {
		Title: "Log in", Name: "Name", Password: "Password", Enter: "Log in",
		Token:     "With the admin token",
		TokenHint: "The token is on the server, in the file admin-token of data_dir.", TokenEnter: "Log in with the token",
		Link: "This link logs you in as administrator, once.", LinkEnter: "Log in as administrator",
		In: "You are logged in as", Out: "Log out",
		Wrong: "That is not right. Check what you entered, or ask for a new link.",
		Later: "Too many attempts. Wait a moment and try again.",
	},
}
