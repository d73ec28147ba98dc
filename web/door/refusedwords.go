package door

import "net/http"

// refusedWords say what a refusal means to a person, and what to do.
type refusedWords struct{ Title, Do string }

// refusals are the words of one language.
type refusals struct {
	by    map[int]refusedWords // by status
	other refusedWords

	desk, page, login string
}

var refusedOf = map[string]refusals{
	"nl": {
		by: map[int]refusedWords{
			http.StatusBadRequest:            {"Dit adres is niet te lezen", "Kijk of het adres klopt en heel is, of begin opnieuw."},
			http.StatusUnauthorized:          {"Log eerst in", "Deze pagina is er alleen voor wie is ingelogd."},
			http.StatusForbidden:             {"Dit mag u hier niet", "Uw account heeft hier geen rechten voor. Er is niets veranderd. Vraag de beheerder van de servicedesk, of log in met een ander account."},
			http.StatusNotFound:              {"Hier is niets", "Het adres klopt niet, of wat hier stond is weg. Begin opnieuw en zoek het op."},
			http.StatusMethodNotAllowed:      {"Dit is geen pagina", "Dit adres hoort bij een knop. Ga terug naar de pagina met de knop en druk daarop. Er is niets veranderd."},
			http.StatusRequestEntityTooLarge: {"Dit is te groot", "Er is niets bewaard. Ga terug en verstuur minder tekst."},
			http.StatusMisdirectedRequest:    {"Deze servicedesk heet anders", "Open hem onder de naam die uw beheerder gaf. Bent u dat zelf: hieronder staat wat u kunt instellen."},
			http.StatusTooManyRequests:       {"Even wachten", "Er kwamen te veel verzoeken achter elkaar. Wacht een minuut en probeer het opnieuw."},
			http.StatusInternalServerError:   {"Er ging bij ons iets mis", "Kijk eerst of gelukt is wat u deed, en probeer het dan nog eens. Gebeurt het weer, geef de beheerder dan de regel hieronder."},
		},
		other: refusedWords{"Dit ging niet", "Probeer het zo opnieuw. Gaat het weer niet, geef de beheerder dan de regel hieronder."},
		desk:  "Naar het bord", page: "Naar de statuspagina", login: "Met een ander account inloggen",
	},
	"en": {
		by: map[int]refusedWords{
			http.StatusBadRequest:            {"This address cannot be read", "See whether the address is right and whole, or start again."},
			http.StatusUnauthorized:          {"Log in first", "This page is for people who are logged in."},
			http.StatusForbidden:             {"You may not do this here", "Your account has no right to this. Nothing was changed. Ask the administrator of the service desk, or log in with another account."},
			http.StatusNotFound:              {"There is nothing here", "The address is not right, or what was here is gone. Start again and search for it."},
			http.StatusMethodNotAllowed:      {"This is not a page", "This address belongs to a button. Go back to the page with the button and press it. Nothing was changed."},
			http.StatusRequestEntityTooLarge: {"This is too large", "Nothing was kept. Go back and send less text."},
			http.StatusMisdirectedRequest:    {"This service desk has another name", "Open it by the name that your administrator gave. If that is you: what to set stands below."},
			http.StatusTooManyRequests:       {"Wait a moment", "Too many requests came at once. Wait a minute and try again."},
			http.StatusInternalServerError:   {"Something went wrong on our side", "See first whether what you did was done, then try again. If it happens once more, give the administrator the line below."},
		},
		other: refusedWords{"This did not work", "Try again in a moment. If it fails again, give the administrator the line below."},
		desk:  "To the board", page: "To the status page", login: "Log in with another account",
	},
}
