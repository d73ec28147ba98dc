package headstart

import "strings"

// Words says a decision in lang, nl or en. Only facts are stored and hashed, so
// that a better wording changes no replay. A word in braces is a fact's name;
// {subject} is the decision's subject.
func (d *Decision) Words(lang string) string {
	t, ok := decisionWords[d.Rule+" "+d.Outcome]
	if !ok {
		t = decisionWords[d.Outcome]
	}
	text := t[0]
	if lang == "en" {
		text = t[1]
	}
	if text == "" {
		text = d.Outcome + " {subject}"
		for _, f := range d.Facts {
			text += "; " + f.Name + " " + f.Value
		}
	}
	pairs := []string{"{subject}", d.Subject, "{by}", d.By}
	for _, f := range d.Facts {
		pairs = append(pairs, "{"+f.Name+"}", f.Value)
	}
	return strings.TrimSpace(strings.NewReplacer(pairs...).Replace(text))
}

// decisionWords maps "RULE outcome", or an outcome alone, to Dutch and English.
// Packages correlate and incidents list theirs here, so that timeline, API and
// `explain` say the same.
var decisionWords = map[string][2]string{
	"opened": {"{subject} faalt en niets erboven faalt: eigen storing.", "{subject} fails and nothing above it does: an incident of its own."},

	// incidents
	"P-13 raised":            {"Prioriteit van {from} naar {to}: gevolg {impact}, urgentie {urgency}.", "Priority from {from} to {to}: impact {impact}, urgency {urgency}."},
	"P-13 lowered":           {"Prioriteit van {from} naar {to}: gevolg {impact}, urgentie {urgency}.", "Priority from {from} to {to}: impact {impact}, urgency {urgency}."},
	"A-24 drafted":           {"Bericht voor {subject} wacht op een mens: {why}.", "Message for {subject} waits for a person: {why}."},
	"A-24 discarded":         {"Bericht voor {subject} vervallen: {why}.", "Message for {subject} dropped: {why}."},
	"published":              {"Bericht voor {subject} geplaatst ({phase}): {title}", "Message for {subject} published ({phase}): {title}"},
	"A-23 folded":            {"Bericht voor {subject} gaat verder in dat van de samengevoegde storing.", "Message for {subject} goes on in that of the merged incident."},
	"A-25 held":              {"Verzenden naar {subject} wacht tot na de stille uren: {until}.", "Sending to {subject} waits until quiet hours end: {until}."},
	"push_waits":             {"Verzenden naar {subject} wacht op een mens: {why}.", "Sending to {subject} waits for a person: {why}."},
	"pushed":                 {"Bericht verstuurd naar {subject} ({phase}), ongeveer {people} mensen.", "Message sent to {subject} ({phase}), about {people} people."},
	"A-27 closing_drafted":   {"Afsluitend bericht voor {subject} wacht op een mens: {why}.", "Closing message for {subject} waits for a person: {why}."},
	"A-28 promise_kept":      {"Belofte aan {subject} gehouden: bericht zonder nieuws geplaatst.", "Promise to {subject} kept: a message without news was published."},
	"A-28 promise_missed":    {"Belofte aan {subject} gemist: bericht van {promised} is niet geplaatst.", "Promise to {subject} missed: the message of {promised} was not published."},
	"A-30 hushed":            {"{by} zet berichten over deze storing stil tot {until}.", "{by} holds all messages of this incident until {until}."},
	"A-30 hushed_all":        {"{by} zet alle berichten stil tot {until}.", "{by} holds all messages until {until}."},
	"O-16 paged":             {"Beheerders gewaarschuwd via {subject} ({reason}, {alerts} signalen).", "Operators paged through {subject} ({reason}, {alerts} alerts)."},
	"D-05 blind":             {"Niemand keek gedurende {seconds} seconden sinds {since}: termijnen zijn opgeschoven.", "Nobody was looking for {seconds} seconds since {since}: deadlines were moved."},
	"H-01 acked":             {"{by} pakt dit op.", "{by} takes this on."},
	"H-01 assigned":          {"{by} geeft dit aan {owner} {support_group}.", "{by} gives this to {owner} {support_group}."},
	"H-01 noted":             {"{by}: {text}", "{by}: {text}"},
	"H-01 eta_set":           {"{by} verwacht herstel om {eta}.", "{by} expects it to work at {eta}."},
	"H-01 opened_by_hand":    {"{by} opent deze storing: {title}", "{by} opens this incident: {title}"},
	"H-01 merged_by_hand":    {"{by} voegt samen met {into}.", "{by} merges this into {into}."},
	"H-01 split_by_hand":     {"{by} splitst af: {assets}.", "{by} splits off: {assets}."},
	"H-01 pinned":            {"{by} zet de oorzaak vast.", "{by} pins the cause."},
	"H-01 resolved_by_hand":  {"{by} noemt dit opgelost.", "{by} calls this resolved."},
	"H-01 reopened_by_hand":  {"{by} opent dit opnieuw.", "{by} reopens this."},
	"H-01 linked":            {"{by} koppelt melding {ticket}.", "{by} links ticket {ticket}."},
	"H-01 unlinked":          {"{by} ontkoppelt melding {ticket}.", "{by} unlinks ticket {ticket}."},
	"H-01 link_confirmed":    {"{by} bevestigt de koppeling met melding {ticket}.", "{by} confirms the link with ticket {ticket}."},
	"H-01 link_rejected":     {"{by} wijst de koppeling met melding {ticket} af.", "{by} rejects the link with ticket {ticket}."},
	"H-01 confirmed":         {"Nog iemand heeft hier last van {channel}.", "One more person has this {channel}."},
	"H-01 made_confidential": {"{by} maakt deze storing vertrouwelijk.", "{by} makes this incident confidential."},
	"H-01 made_public":       {"{by} heft de vertrouwelijkheid op.", "{by} makes this incident public again."},
	"H-01 draft_discarded":   {"{by} gooit het concept voor {subject} weg.", "{by} discards the draft for {subject}."},
	"H-02 refused":           {"Geweigerd: {do} door {by}: {why}.", "Refused: {do} by {by}: {why}."},
}
