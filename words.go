package headstart

import (
	"bytes"
	"slices"
	"strings"
	"time"
)

// Words says a decision in lang, nl or en. Only facts are stored and hashed, so
// that a better wording changes no replay. A word in braces is a fact's name;
// {subject} is the decision's subject. Moments are told in zone.
func (d *Decision) Words(lang string, zone *time.Location) string {
	if t, ok := apartWords[d.Rule+" "+d.Outcome]; ok {
		text := t[0]
		if lang == "en" {
			text = t[1]
		}
		said, _ := d.fill(text, lang, zone)
		return said
	}
	t, ok := decisionWords[d.Rule+" "+d.Outcome]
	if !ok {
		t, ok = promiseWords[d.Rule+" "+d.Outcome]
	}
	if !ok {
		t, ok = dutyWords[d.Rule+" "+d.Outcome]
	}
	if !ok {
		t, ok = reportWords[d.Rule+" "+d.Outcome]
	}
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
	return strings.TrimSpace(d.put(text, lang, zone)) + d.because(lang)
}

// because is the reason a person gave, as a sentence of its own.
func (d *Decision) because(lang string) string {
	why := d.Fact("because")
	switch {
	case why == "":
		return ""
	case lang == "en":
		return " Reason: " + why
	default:
		return " Reden: " + why
	}
}

// put puts facts into a text in one pass: a timeline has tens of thousands of
// decisions. A name that is no fact stays as it stands, but what is told only when it
// is known goes with what leads to it.
func (d *Decision) put(text, lang string, zone *time.Location) string {
	out := make([]byte, 0, 2*len(text))
	for {
		before, rest, open := strings.Cut(text, "{")
		name, after, closed := strings.Cut(rest, "}")
		out = append(out, before...)
		if !open || !closed {
			return string(append(out, text[len(before):]...))
		}
		text = after
		said, known := d.named(name, lang, zone)
		switch {
		case name == "title" && said == "" && bytes.HasSuffix(out, []byte(": ")): // opened by hand without one
			out = append(out[:len(out)-len(": ")], '.')
		case slices.Contains(optionalFacts, name) && said == "" && bytes.HasSuffix(out, []byte(" ")):
			out = out[:len(out)-len(" ")]
		case known:
			out = append(out, said...)
		default:
			out = append(append(append(out, '{'), name...), '}')
		}
	}
}

// optionalFacts go with the space before them where a decision has none.
var optionalFacts = []string{"owner", "support_group", "channel"}

// named is what stands for a name in braces; known: something does.
func (d *Decision) named(name, lang string, zone *time.Location) (said string, known bool) {
	switch name {
	case "subject":
		return d.Subject, true
	case "by":
		return d.By, true
	}
	for _, f := range d.Facts {
		if f.Name == name {
			return d.value(f, lang, zone), true
		}
	}
	return "", false
}

// decisionWords maps "RULE outcome", or an outcome alone, to Dutch and English.
// Packages correlate and incidents list theirs here, so that timeline, API and
// `explain` say the same.
var decisionWords = map[string][2]string{
	"opened": {"{subject} faalt en niets erboven faalt: eigen storing.", "{subject} fails and nothing above it does: an incident of its own."},

	// incidents
	"P-13 raised":              {"Prioriteit van {from} naar {to}: gevolg {impact}, urgentie {urgency}.", "Priority from {from} to {to}: impact {impact}, urgency {urgency}."},
	"P-13 lowered":             {"Prioriteit van {from} naar {to}: gevolg {impact}, urgentie {urgency}.", "Priority from {from} to {to}: impact {impact}, urgency {urgency}."},
	"A-24 drafted":             {"Bericht voor {subject} wacht op een mens: {why}.", "Message for {subject} waits for a person: {why}."},
	"A-24 unscheduled":         {"Gepland bericht voor {subject} ({at}) gaat niet uit: {why}.", "The message for {subject} planned for {at} does not go out: {why}."},
	"H-01 scheduled":           {"{by} plant een bericht voor {subject} om {at} ({phase}).", "{by} schedules a message for {subject} at {at} ({phase})."},
	"H-01 draft_edited":        {"{by} past het concept voor {subject} aan ({phase}).", "{by} changes the draft for {subject} ({phase})."},
	"A-24 discarded":           {"Bericht voor {subject} vervallen: {why}.", "Message for {subject} dropped: {why}."},
	"published":                {"Bericht voor {subject} geplaatst ({phase}): {title}", "Message for {subject} published ({phase}): {title}"},
	"A-23 folded":              {"Bericht voor {subject} gaat verder in dat van de samengevoegde storing.", "Message for {subject} goes on in that of the merged incident."},
	"A-23 unfolded":            {"Bericht voor {subject} staat weer op zichzelf.", "Message for {subject} stands for itself again."},
	"A-23 handed_on":           {"Bericht voor {subject} gaat verder bij {into}.", "Message for {subject} goes on with {into}."},
	"A-30 left":                {"Uit het bericht van {from} voor {subject} gehaald: vertrouwelijk.", "Taken out of the message of {from} for {subject}: confidential."},
	"A-24 no_audience":         {"Niemand is ingelicht: dit raakt geen dienst of plek die een publiek heeft. Een mens kan er een noemen.", "Nobody was told: this hits no service or place that has an audience. A person can name one."},
	"A-25 offered":             {"{drafts} berichten op rij gingen ongewijzigd uit en geen is ingetrokken: aangeboden om ze vanzelf te laten uitgaan.", "{drafts} messages in a row went out unchanged and none was withdrawn: offered to let them go by themselves."},
	"A-26 digest":              {"De derde kleine storing van vandaag voor {subject}: wacht op het overzicht van {until}.", "The third minor disruption of today for {subject}: waits for the digest of {until}."},
	"A-26 digest_sent":         {"In het overzicht voor {subject} verstuurd.", "Sent in the digest for {subject}."},
	"A-26 digest_ended":        {"In het overzicht voor {subject} verteld dat het voorbij is.", "Told in the digest for {subject} that it is over."},
	"A-25 held":                {"Verzenden naar {subject} wacht tot na de stille uren: {until}.", "Sending to {subject} waits until quiet hours end: {until}."},
	"push_waits":               {"Verzenden naar {subject} wacht op een mens: {why}.", "Sending to {subject} waits for a person: {why}."},
	"pushed":                   {"Bericht verstuurd naar {subject} ({phase}; mensen: {people}).", "Message sent to {subject} ({phase}; people: {people})."},
	"A-27 closing_drafted":     {"Afsluitend bericht voor {subject} wacht op een mens: {why}.", "Closing message for {subject} waits for a person: {why}."},
	"A-11 restored":            {"De opslag is teruggezet naar een oudere kopie ({subject}). Er gaat niets naar gebruikers tot iemand dat vrijgeeft; nieuwe storingen tellen vanaf {numbers_from}.", "The store was put back to an older copy ({subject}). Nothing goes to users until somebody releases it; new incidents count from {numbers_from}."},
	"A-30 hushed":              {"{by} zet berichten over deze storing stil tot {until}.", "{by} holds all messages of this incident until {until}."},
	"A-30 hushed_all":          {"{by} zet alle berichten stil tot {until}.", "{by} holds all messages until {until}."},
	"O-16 paged":               {"Beheerders gewaarschuwd via {subject} ({reason}; signalen: {alerts}).", "Operators paged through {subject} ({reason}; alerts: {alerts})."},
	"W-33 ticket_told":         {"In melding {subject} gezet: {what} ({stage}).", "Written into ticket {subject}: {what} ({stage})."},
	"W-33 ticket_taken_back":   {"Melding {subject} losgemaakt; wat erin stond is teruggenomen.", "Ticket {subject} was unlinked; what stood in it is taken back."},
	"W-33 ticket_made":         {"Ticket aangemaakt in {subject} ({what}).", "Ticket made in {subject} ({what})."},
	"W-11 reply_dropped":       {"Antwoord aan de melder van {subject} niet verstuurd: ouder dan 15 minuten na een onderbreking.", "Reply to the user of {subject} not sent: older than 15 minutes after a stop."},
	"D-05 blind":               {"Niemand keek gedurende {seconds} seconden sinds {since}: termijnen zijn opgeschoven.", "Nobody was looking for {seconds} seconds since {since}: deadlines were moved."},
	"H-35 forget":              {"{by} liet meldingen vergeten.", "{by} had tickets forgotten."},
	"H-35 reject-alias":        {"{by} wees een voorgestelde alias af.", "{by} rejected a proposed alias."},
	"H-35 export":              {"{by} schreef het logboek uit zoals het is.", "{by} exported the log as it is."},
	"H-01 covered":             {"{by}: het bericht van {into} voor {subject} gaat ook hierover.", "{by}: the message of {into} for {subject} speaks for this too."},
	"H-01 covers":              {"{by}: het bericht voor {subject} gaat ook over {with}.", "{by}: the message for {subject} speaks for {with} too."},
	"H-01 uncovered":           {"{by} haalt dit uit het bericht van {from} voor {subject}.", "{by} takes this out of the message of {from} for {subject}."},
	"H-01 uncovers":            {"{by} haalt {with} uit het bericht voor {subject}.", "{by} takes {with} out of the message for {subject}."},
	"H-01 acked":               {"{by} pakt dit op.", "{by} takes this on."},
	"H-01 assigned":            {"{by} geeft dit aan {owner} {support_group}.", "{by} gives this to {owner} {support_group}."},
	"H-01 noted":               {"{by}: {text}", "{by}: {text}"},
	"H-01 eta_set":             {"{by} verwacht herstel om {eta}.", "{by} expects it to work at {eta}."},
	"H-01 opened_by_hand":      {"{by} opent deze storing: {title}", "{by} opens this incident: {title}"},
	"H-01 page_state":          {"{by} zet statuspagina {subject} met de hand op {state}, tot {until}.", "{by} sets status page {subject} by hand to {state}, until {until}."},
	"H-01 page_state_released": {"{by} laat statuspagina {subject} weer volgen wat er loopt.", "{by} lets status page {subject} follow what goes on again."},
	"H-01 merged_by_hand":      {"{by} voegt samen met {into}.", "{by} merges this into {into}."},
	"H-01 split_by_hand":       {"{by} splitst af: {assets}.", "{by} splits off: {assets}."},
	"H-01 pinned":              {"{by} zet de oorzaak vast.", "{by} pins the cause."},
	"H-01 resolved_by_hand":    {"{by} noemt dit opgelost.", "{by} calls this resolved."},
	"H-01 reopened_by_hand":    {"{by} opent dit opnieuw.", "{by} reopens this."},
	"H-01 linked":              {"{by} koppelt melding {ticket}.", "{by} links ticket {ticket}."},
	"H-01 unlinked":            {"{by} ontkoppelt melding {ticket}.", "{by} unlinks ticket {ticket}."},
	"H-01 link_confirmed":      {"{by} bevestigt de koppeling met melding {ticket}.", "{by} confirms the link with ticket {ticket}."},
	"H-01 link_rejected":       {"{by} wijst de koppeling met melding {ticket} af.", "{by} rejects the link with ticket {ticket}."},
	"H-01 confirmed":           {"Nog iemand heeft hier last van {channel}.", "One more person has this {channel}."},
	"H-01 caller_taken_back":   {"{by} neemt een beller terug: verkeerd geteld.", "{by} takes a caller back: counted by mistake."},
	"H-01 lead_left_out":       {"{by} telt de voorsprong niet mee: {text}", "{by} leaves the head start out of the figures: {text}"},
	"H-01 lead_counted":        {"{by} telt de voorsprong weer mee.", "{by} counts the head start again."},
	"L-32 lead":                {"Voorsprong {lead}: eerste bericht {announced}, eerste melding {reported}.", "Head start {lead}: first message {announced}, first ticket {reported}."},
	"L-32 users_first":         {"Een gebruiker was {lead} eerder: eerste melding {reported}, eerste bericht {announced}.", "A user was {lead} earlier: first ticket {reported}, first message {announced}."},
	"H-01 made_confidential":   {"{by} maakt deze storing vertrouwelijk.", "{by} makes this incident confidential."},
	"H-01 made_public":         {"{by} heft de vertrouwelijkheid op.", "{by} makes this incident public again."},
	"H-01 draft_discarded":     {"{by} gooit het concept voor {subject} weg.", "{by} discards the draft for {subject}."},
	"H-01 message_sent_again":  {"{by} verstuurt het opgegeven bericht via {subject} opnieuw.", "{by} sends the message that was given up by {subject} again."},
	"H-01 message_dismissed":   {"{by} laat het opgegeven bericht via {subject} zitten.", "{by} leaves the message that was given up by {subject}."},
	"H-01 known_made":          {"{by} maakt bekende fout {known}.", "{by} makes known error {known}."},
	"H-01 known_used":          {"{by}: dit was bekende fout {known}.", "{by}: this was known error {known}."},
	"H-01 known_helped":        {"{by}: bekende fout {known} hielp.", "{by}: known error {known} helped."},
	"H-01 known_failed":        {"{by}: bekende fout {known} hielp niet.", "{by}: known error {known} did not help."},
	"H-01 edit_known":          {"{by} wijzigt bekende fout {known}.", "{by} changes known error {known}."},
	"H-01 retire_known":        {"{by} zet bekende fout {known} buiten gebruik, of weer in gebruik.", "{by} retires known error {known}, or takes it back into use."},
	"H-02 refused":             {"Geweigerd: {do} door {by}: {why}.", "Refused: {do} by {by}: {why}."},

	// correlate
	"C-01 configured":   {"Configuratie {subject} overgenomen.", "Configuration {subject} taken over."},
	"C-01 delisted":     {"{asset} staat niet meer in de catalogus: {subject} telt niet meer mee. Dat is niet opgelost.", "{asset} is no longer in the catalog: {subject} no longer counts. That does not mean fixed."},
	"C-01 refused":      {"Configuratie {subject} niet overgenomen: {why}.", "Configuration {subject} not taken over: {why}."},
	"C-08 suspected":    {"{silent} van de {of} achter {subject} zwijgen sinds {since}, en {subject} zelf is sindsdien niet gehoord: vermoedelijke oorzaak.", "{silent} of the {of} things behind {subject} have been silent since {since}, and {subject} itself was not heard since: suspected cause."},
	"C-08 recurred":     {"{silent} van de {of} achter {subject} zwijgen sinds {since}, later dan de heropentijd: nieuwe storing met {subject} als vermoedelijke oorzaak.", "{silent} of the {of} things behind {subject} have been silent since {since}, later than the reopen time: a new incident with {subject} as suspected cause."},
	"C-08 reopened":     {"{silent} van de {of} achter {subject} zwijgen weer sinds {since}: dezelfde storing, {subject} weer vermoedelijke oorzaak.", "{silent} of the {of} things behind {subject} are silent again since {since}: the same incident, {subject} suspected again."},
	"C-08 again":        {"{silent} van de {of} achter {subject} zwijgen weer sinds {since}: {subject} is weer vermoedelijke oorzaak.", "{silent} of the {of} things behind {subject} are silent again since {since}: {subject} is suspected again."},
	"C-08 late":         {"{silent} van de {of} achter {subject} zwijgen sinds {since}, en {subject} zelf is sindsdien niet gehoord: dat verklaart deze storing.", "{silent} of the {of} things behind {subject} have been silent since {since}, and {subject} itself was not heard since: that explains this incident."},
	"C-08 confirmed":    {"{subject} bevestigt het vermoeden, {after} nadat het eerste apparaat erachter zweeg.", "{subject} confirms the suspicion, {after} after the first thing behind it fell silent."},
	"C-08 observed":     {"{subject} is nu zelf gemeld: geen vermoeden meer, {age} na het openen.", "{subject} is reported itself now: no suspicion any more, {age} after opening."},
	"C-08 dropped":      {"{subject} antwoordt en is niet de oorzaak; {remain} andere krijgen {recover} en worden dan apart beoordeeld.", "{subject} answers and is not the cause; {remain} others get {recover} and are then judged by themselves."},
	"C-08 explained":    {"Het vermoeden tegen {subject} vervalt: {cause} verklaart ook dat.", "The suspicion of {subject} is dropped: {cause} explains that too."},
	"C-08 ended":        {"Niets achter {subject} faalt meer: het vermoeden vervalt.", "Nothing behind {subject} fails any more: the suspicion ends."},
	"D-02 alert":        {"{subject}: nog een signaal.", "{subject}: a further alert."},
	"D-02 alerts":       {"{subject}: nog {more} signalen.", "{subject}: {more} further alerts."},
	"D-02 and_more":     {"Nog meer signalen worden hier niet meer genoemd; ze tellen wel mee.", "Further alerts are not named here any more; they still count."},
	"D-02 heard_again":  {"{subject}: het signaal is er weer; het was niet weg geweest.", "{subject}: its alert is heard again; it had not been away."},
	"D-02 expired":      {"{subject}: het signaal wordt niet meer gemeld. Niet meer gemeld is niet opgelost.", "{subject}: its alert is no longer reported. That does not mean fixed."},
	"D-02 unlisted":     {"Signaal {subject}: geen enkele Alertmanager noemt het nog. Dat is niet hetzelfde als opgelost.", "Alert {subject}: no Alertmanager lists it any more. That does not mean fixed."},
	"D-02 stale":        {"Signaal {subject} kwam te laat: het was al voorbij.", "Alert {subject} came too late: it was over already."},
	"D-02 tombstone":    {"Signaal {subject} eindigde zonder dat het begin gezien is.", "Alert {subject} ended; its start was never seen."},
	"D-14 blind":        {"Bewaking ziet niets: bron {source} gaf voor het laatst een teken van leven om {since}. Wat zij meldde blijft staan.", "Monitoring source blind: {source} last gave a sign of life at {since}. What it reported stays as it is."},
	"D-15 cut_off":      {"De meetpost op {subject} gaf voor het laatst een teken van leven om {since}: de locatie is afgesneden of de meetpost staat uit. Wat alleen die zag is nu onbekend.", "The site agent on {subject} last gave a sign of life at {since}: the site is cut off, or the agent is off. What only it looked at is unknown now."},
	"D-16 isolated":     {"Onze controles zien niets: {prober} is sinds {since} zelf afgesneden ({reason}). Wat het ziet telt niet mee.", "Our checks see nothing: {prober} has been cut off itself since {since} ({reason}). What it sees does not count."},
	"D-16 waits":        {"{subject} faalt sinds {failed}, maar wie dat zag is zelf afgesneden: wachten tot het weer kijkt.", "{subject} has failed since {failed}, but the prober that saw it is cut off itself: waiting until it looks again."},
	"E-21 matched":      {"Melding {subject}: kandidaat {candidate}, score {score}, {band}.", "Ticket {subject}: candidate {candidate}, score {score}, {band}."},
	"E-22 learned":      {"De herkenning van meldingen is bijgeleerd: versie {subject}, {weights} gewichten, {words} woorden.", "The matcher has learned: version {subject}, {weights} weights, {words} words."},
	"E-22 refused":      {"Geleerde versie {subject} niet overgenomen: {why}.", "Learned version {subject} not taken over: {why}."},
	"E-21 reported":     {"Melding {subject} is van {reported}.", "Ticket {subject} is of {reported}."},
	"E-23 linked":       {"Melding {subject} vanzelf gekoppeld, score {score}.", "Ticket {subject} linked by itself, score {score}."},
	"E-23 ended":        {"Melding {subject} niet meer vanzelf gekoppeld: iets anders past beter, of niets meer.", "Ticket {subject} no longer linked by itself: something else fits better, or nothing any more."},
	"E-24 on":           {"Meldingen worden vanaf nu vanzelf gekoppeld vanaf score {score}: van {reviewed} bekeken koppelingen klopten er {right}.", "Tickets are linked by themselves from now on from score {score}: of {reviewed} reviewed links {right} were right."},
	"E-24 off":          {"Meldingen worden niet meer vanzelf gekoppeld: van {reviewed} bekeken koppelingen klopten er {right}. Het blijven voorstellen.", "Tickets are no longer linked by themselves: of {reviewed} reviewed links {right} were right. They stay suggestions."},
	"E-24 offered":      {"Meldingen kunnen vanzelf gekoppeld worden vanaf score {score}: van {reviewed} bekeken koppelingen klopten er {right}. Zet tickets.matching.mode op auto.", "Tickets can be linked by themselves from score {score}: of {reviewed} reviewed links {right} were right. Set tickets.matching.mode to auto."},
	"E-21 unmatched":    {"Melding {subject}: geen kandidaat meer.", "Ticket {subject}: no candidate any more."},
	"G-09 opened":       {"{assets} van de {of} op {where} vallen binnen {gap} uit, en niets in de catalogus verklaart het: samen een storing (nodig: {need}).", "{assets} of {of} at {where} fail within {gap} and nothing in the catalog explains it: one incident together (needed: {need})."},
	"G-09 grouped":      {"{subject}: samen een storing zonder bekende oorzaak (was {was}; nodig: {need} van de {of}).", "{subject}: one incident together without a known cause (was {was}; needed: {need} of {of})."},
	"G-09 joined":       {"{subject} valt uit zoals de andere op {where}: dezelfde storing ({assets} van de {of}).", "{subject} fails like the others at {where}: the same incident ({assets} of {of})."},
	"G-09 alike":        {"Samengevoegd: {subject} viel uit zoals de andere ({cause}).", "Merged: {subject} failed like the others ({cause})."},
	"H-20 opened":       {"{by} heeft deze storing geopend.", "{by} opened this incident."},
	"H-20 merged":       {"{by} heeft dit samengevoegd met de storing door {cause}.", "{by} merged this into the incident caused by {cause}."},
	"H-20 split":        {"{by} heeft {assets} afgesplitst.", "{by} split off {assets}."},
	"H-20 split_off":    {"{by} heeft {subject} tot eigen storing gemaakt.", "{by} made {subject} an incident of its own."},
	"H-20 resolved":     {"{by} heeft de storing opgelost verklaard; {failing} faalden nog.", "{by} declared the incident resolved; {failing} still failed."},
	"H-20 reopened":     {"{by} heeft de storing heropend.", "{by} reopened the incident."},
	"H-20 pinned":       {"{by} heeft oorzaak en omvang vastgezet.", "{by} pinned cause and extent."},
	"H-20 unpinned":     {"{by} heeft oorzaak en omvang losgelaten.", "{by} released cause and extent."},
	"H-20 cause":        {"{by} noemt {subject} de oorzaak; dat was {was}.", "{by} names {subject} the cause; it was {was}."},
	"H-21 linked":       {"{by} heeft melding {subject} gekoppeld.", "{by} linked ticket {subject}."},
	"H-21 rejected":     {"{by} heeft melding {subject} losgemaakt.", "{by} took ticket {subject} off."},
	"L-12 merged":       {"Samengevoegd: {cause} verklaart ook {subject}.", "Merged: {cause} explains {subject} too."},
	"L-12 joint":        {"Samengevoegd: {cause} en {subject} sluiten samen af wat erachter hangt.", "Merged: {cause} and {subject} together cut off what is behind them."},
	"L-12 cause":        {"Vermoedelijke oorzaak is nu {subject} (was {was}), {age} na het openen.", "Probable cause is now {subject} (was {was}), {age} after opening."},
	"Q-01 skewed":       {"De klok van {subject} wijkt {offset} af, of hij levert zo laat. Zijn tijden tellen alleen als kenmerk.", "The clock of {subject} is off by {offset}, or it delivers that late. Its times serve as identity only."},
	"Q-02 contradicted": {"{subject} bleef antwoorden terwijl {parent}, waar het volgens de catalogus aan hangt, uit lag sinds {since}: klopt de catalogus?", "{subject} went on answering while {parent}, which it hangs on by the catalog, was down since {since}: is the catalog right?"},
	"P-13 impact":       {"Omvang gewijzigd (diensten: {services}, locaties: {locations}, mensen: {people}).", "Impact changed (services: {services}, locations: {locations}, people: {people})."},
	"P-16 unplaced":     {"{subject} staat niet in de catalogus en wordt daarom meteen een storing.", "{subject} is not in the catalog and is therefore an incident at once."},
	"P-16 at_once":      {"{subject} hoort bij page_at_once en wordt meteen een storing.", "{subject} matches page_at_once and is an incident at once."},
	"P-17 silenced":     {"Alles wat faalt is gedempt ({by}: {comment}); niemand wordt gewaarschuwd.", "Everything that fails is silenced ({by}: {comment}); nobody is paged."},
	"P-17 alert_heard":  {"{subject}: een signaal ervan is niet meer gedempt.", "{subject}: one of its alerts is silenced no more."},
	"P-17 heard":        {"Niet alles wat faalt is meer gedempt.", "No longer is everything that fails silenced."},
	"R-01 failing":      {"{subject} faalt weer.", "{subject} fails again."},
	"R-02 cleared":      {"{subject} is hersteld.", "{subject} is back."},
	"R-03 holding":      {"Alles is hersteld; {hold} afwachten of het zo blijft.", "All is back; waiting {hold} to see it stays so."},
	"R-04 recovering":   {"Oorzaak {subject} is hersteld; {remain} andere krijgen {recover} om te volgen.", "The cause {subject} is back; {remain} others get {recover} to follow."},
	"R-05 returned":     {"Toch nog niet over.", "Not over after all."},
	"R-06 resolved":     {"Alles is {hold} goed gebleven: opgelost.", "All stayed well for {hold}: resolved."},
	"R-07 reopened":     {"{subject} faalt weer binnen {reopen}: dezelfde storing.", "{subject} fails again within {reopen}: the same incident."},
	"R-07 worsened":     {"{subject} faalde nog toen de storing werd gesloten, en er valt nu meer uit.", "{subject} still failed when the incident was ended, and more fails now."},
	"R-08 split":        {"{remain} volgden niet binnen {recover} en worden apart beoordeeld.", "{remain} did not follow within {recover} and are judged by themselves."},
	"R-09 closed":       {"Gesloten.", "Closed."},
	"R-10 recurred":     {"{subject} faalt opnieuw, later dan de heropentijd: nieuwe storing.", "{subject} fails again, later than the reopen time: a new incident."},
	"S-05 asked":        {"{subject} wordt nu gevraagd: {why}.", "Asking {subject} now: {why}."},
	"S-05 uninhibited":  {"{subject}: niets dempte dit signaal binnen {settle}; het telt nu mee voor waarschuwingen.", "{subject}: nothing inhibited this alert within {settle}; from now on it pages."},
	"S-05 blip":         {"{subject} was binnen de wachttijd hersteld: geen storing.", "{subject} was back before it settled: no incident."},
	"T-07 joined":       {"{subject} hangt achter {cause}, uitgevallen sinds {since}, en heeft sindsdien niet geantwoord.", "{subject} is behind {cause}, down since {since}, and has not answered since."},
	"T-07 joint":        {"{subject} valt samen uit met {cause}: samen de oorzaak.", "{subject} fails together with {cause}: jointly the cause."},
	"T-07 late":         {"{subject} blijkt uitgevallen en verklaart deze storing van {age} oud.", "{subject} turns out to be down and explains this incident, {age} old."},
	"T-07 silent":       {"{subject} hangt achter {cause}, vermoedelijk uitgevallen sinds {since}, en heeft sindsdien niet geantwoord.", "{subject} is behind {cause}, probably down since {since}, and has not answered since."},
	"T-07 manual":       {"{subject} hoort bij de storing die iemand over {cause} opende.", "{subject} belongs to the incident a person opened about {cause}."},
	"T-07 claimed":      {"{subject} hangt achter {cause} en gaat daarheen; het hoorde bij {was}.", "{subject} is behind {cause} and goes there; it belonged to {was}."},
	"U-10 entered":      {"{causes} losse oorzaken binnen {within} (grens {limit}): wat nu nog los uitvalt komt hier bijeen.", "{causes} separate causes within {within} (limit {limit}): what fails by itself from here on is collected here."},
	"U-10 joined":       {"{subject} valt uit zonder bekende oorzaak, tijdens een vloed van {causes} losse oorzaken.", "{subject} fails without a known cause, in a storm of {causes} separate causes."},
	"U-10 reopened":     {"De vloed is niet voorbij: {subject} valt uit.", "The storm is not over: {subject} fails."},
	"U-10 ended":        {"Rustig: {for} lang minder dan {calm} losse oorzaken per {per}. De vloed telde er {causes}; er komt niets meer bij.", "Calm: fewer than {calm} separate causes per {per} for {for}. The storm had {causes}; nothing joins any more."},
	"T-07 cause":        {"Oorzaak is nu {subject} samen (was {was}).", "The cause is now {subject} together (was {was})."},

	"K-11 opened":    {"{reports} meldingen van {reporters} mensen in {window} minuten over {what} (verwacht: {expected}): gebruikers melden het, de bewaking ziet niets.", "{reports} reports by {reporters} people in {window} minutes about {what} (expected: {expected}): users report it, monitoring sees nothing."},
	"K-11 joined":    {"{reports} meldingen van {reporters} mensen in {window} minuten over {what} (verwacht: {expected}): gebruikers merken deze storing.", "{reports} reports by {reporters} people in {window} minutes about {what} (expected: {expected}): users notice this incident."},
	"K-12 opened":    {"{devices} mensen op het eigen netwerk melden binnen {window} minuten: {what}. De bewaking ziet niets. Dit is een vermoeden: kijk ernaar; vanzelf gaat er geen bericht uit.", "{devices} people on our own network say so within {window} minutes: {what}. Monitoring sees nothing. This is a suspicion: have a look; no message goes out by itself."},
	"K-11 gap":       {"Gat in de bewaking: {reports} meldingen over {service} sinds {since}, en geen controle die het ziet.", "Gap in monitoring: {reports} reports about {service} since {since}, and no check that sees it."},
	"K-11 seen":      {"Samengevoegd: {subject} is wat gebruikers al meldden.", "Merged: {subject} is what users had reported."},
	"K-11 met":       {"De bewaking ziet het nu ook: {cause}. Gebruikers meldden het sinds {since}; voorsprong {lead} seconden.", "Monitoring sees it now: {cause}. Users had reported it since {since}; head start {lead} seconds."},
	"K-11 cause":     {"De bewaking ziet het nu: {subject} (was {was}).", "Monitoring sees it now: {subject} (was {was})."},
	"K-11 suggested": {"{reports} meldingen van {people} mensen in {window} minuten over {subject}. Er is nog te weinig geleerd om te weten of dat veel is: kijk ernaar.", "{reports} reports by {people} people in {window} minutes about {subject}. Too little was learned yet to know whether that is many: have a look."},

	// correlate: what is unstable, planned work, closed periods
	"F-04 steady":          {"{subject} is {quiet} rustig gebleven; het laatste telt: {last}.", "{subject} was quiet for {quiet}; what was seen last holds: {last}."},
	"F-04 unstable":        {"{subject} gaat op en neer ({changes} keer binnen {within}): instabiel, tot het {quiet} rustig is.", "{subject} comes and goes ({changes} changes within {within}): unstable, until quiet for {quiet}."},
	"M-06 closed":          {"{subject} is uit in een gesloten periode ({period}, tot {until}): geen storing.", "{subject} is off in a closed period ({period}, until {until}): no incident."},
	"M-06 ignored":         {"Onderhoud {subject} eindigt ({ends}) niet na zijn begin ({starts}) en telt niet.", "Maintenance {subject} does not end ({ends}) after its start ({starts}) and does not count."},
	"M-06 lapsed":          {"{window} is voorbij en niemand meldt {subject} nog: er wordt niets geopend.", "{window} is over and nobody reports {subject} any more: nothing is opened."},
	"M-06 left_broken":     {"Onderhoud {window} is voorbij en {subject} faalt nog: uitgelopen onderhoud, van wie is niet bekend.", "Maintenance {window} is over and {subject} still fails: maintenance overrun; whose it is nobody said."},
	"M-06 overrun":         {"Onderhoud {window} van {owner} is voorbij en {subject} faalt nog: uitgelopen onderhoud.", "Maintenance {window} of {owner} is over and {subject} still fails: maintenance overrun."},
	"M-06 paused":          {"Alles wat faalt valt binnen onderhoud {window}: berichten wachten tot {until}.", "All that fails is inside maintenance {window}: messages wait until {until}."},
	"M-06 proposed":        {"Dit valt binnen {window} (tot {until}), een voorstel dat niemand heeft goedgekeurd; het onderdrukt niets.", "This falls inside {window} (until {until}), a proposal nobody approved; it suppresses nothing."},
	"M-06 recovered":       {"{subject} was hersteld binnen {window}: er is niets geopend.", "{subject} was back within {window}: nothing was opened."},
	"M-06 released":        {"{window} is voorbij; {subject} wordt opnieuw beoordeeld.", "{window} is over; {subject} is judged again."},
	"M-06 resumed":         {"Niet alles wat faalt valt nog binnen onderhoud: berichten gaan weer uit.", "No longer is all that fails inside maintenance: messages go out again."},
	"M-07 closed":          {"Bericht over werk {work} voor {subject} eindigt zonder woord: {why}.", "Message about work {work} for {subject} ends without a word: {why}."},
	"M-07 discarded":       {"Bericht over werk {work} voor {subject} vervallen: {why}.", "Message about work {work} for {subject} dropped: {why}."},
	"M-07 draft_discarded": {"{by} wil dit over werk {work} niet zeggen aan {subject}.", "{by} does not want to say this about work {work} to {subject}."},
	"M-07 drafted":         {"Bericht over werk {work} voor {subject} wacht op een mens: {why}.", "Message about work {work} for {subject} waits for a person: {why}."},
	"M-07 promise_kept":    {"Belofte over werk {work} aan {subject} gehouden.", "Promise about work {work} to {subject} kept."},
	"M-07 promise_missed":  {"Belofte over werk {work} aan {subject} gemist: {promised}.", "Promise about work {work} to {subject} missed: {promised}."},
	"M-07 push_skipped":    {"Herinnering aan werk {work} voor {subject} overgeslagen: {why}.", "Reminder of work {work} for {subject} skipped: {why}."},
	"M-07 taken_over":      {"Gepland werk {work} is voorbij; het bericht voor {subject} gaat verder als dat van deze storing.", "Planned work {work} is over; the message for {subject} goes on as that of this incident."},
	"M-06 suppressed":      {"{subject} faalt binnen onderhoud {window} en opent niets tot {until}.", "{subject} fails inside maintenance {window} and opens nothing until {until}."},

	// correlate: how a group ends, and comes back
	"R-11 problem_candidate":  {"{subject} was {count} keer de oorzaak binnen {days} dagen: kandidaat voor een probleemonderzoek.", "{subject} was the cause {count} times within {days} days: a candidate for a problem record."},
	"R-12 stale":              {"Al {silent} niets meer gehoord over wat faalt ({failing}). Dat betekent niet dat het werkt: navragen.", "Nothing heard for {silent} of what fails ({failing}). That does not mean it works: ask."},
	"L-12 refused":            {"Niet samengevoegd met {with}: met de hand gesplitst door {who} om {since}.", "Not merged with {with}: split by hand by {who} at {since}."},
	"H-20 split_done":         {"Afsplitsen is klaar: {members} gingen mee met {subject}.", "The split is done: {members} went with {subject}."},
	"R-12 heard":              {"Er is weer iets van gehoord.", "Something was heard of it again."},
	"R-13 no_longer_reported": {"Gesloten: wat nog faalde wordt niet meer gemeld. Dat is niet bewezen opgelost.", "Closed: what still failed is no longer reported. Nobody proved that it works."},
	"R-13 no_longer_heard":    {"Gesloten: er is niets meer van gehoord. Dat is niet bewezen opgelost.", "Closed: nothing was heard of it any more. Nobody proved that it works."},
	"D-02 no_longer_reported": {"{subject}: {minutes} minuten niet meer gemeld terwijl {sources} leeft; telt niet meer mee. Niet bewezen hersteld.", "{subject}: not reported for {minutes} minutes while {sources} is alive; it counts no more. Not proved to work."},
}
