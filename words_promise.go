package headstart

// promiseWords are decisionWords of what users were promised, when it should work again,
// and what they say of it afterwards.
var promiseWords = map[string][2]string{
	"A-28 promise_kept":     {"Belofte aan {subject} gehouden: het bericht kwam op tijd.", "Promise to {subject} kept: the message came in time."},
	"A-28 promise_missed":   {"Belofte aan {subject} gemist: bericht van {promised} is niet geplaatst.", "Promise to {subject} missed: the message of {promised} was not published."},
	"A-28 owner_warned":     {"Via {subject} herinnerd: gebruikers is iets beloofd om {promised}.", "Reminded through {subject}: users were promised something for {promised}."},
	"A-28 eta_missed":       {"Verwachte tijd {promised} is voorbij zonder nieuws aan {subject}: belofte gemist.", "Expected time {promised} passed without news to {subject}: promise missed."},
	"W-33 reopen_proposed":  {"{answers} mensen zeggen dat het nog niet werkt: voorstel om {subject} te melden dat het niet over is.", "{answers} people say that it does not work yet: proposed to tell {subject} that it is not over."},
	"H-01 still_fails":      {"{by}: bij een melder werkt het nog niet.", "{by}: it does not work yet for somebody who reported it."},
	"E-21 contacted":        {"Melding {subject}: de melder liet weer van zich horen.", "Ticket {subject}: its requester was heard again."},
	"A-28 eta_from_history": {"Eerdere storingen van deze soort ({cases}): 80 % was voorbij om {eta}.", "Earlier outages of this kind ({cases}): 80 % were over by {eta}."},
}
