package headstart

// whyWords maps "RULE outcome" to Dutch and English, the fullest text first: the
// first of which all facts are there is said.
var whyWords = map[string][][2]string{
	// topology
	"T-07 opened": {
		{"Het zou bij een andere storing horen als {above} vóór {at} was uitgevallen.", "It would belong to another incident if {above} had been down before {at}."},
		{"In de catalogus staat niets boven {asset}: alleen een regel in depends_on of een mens had het ergens bij gezet.", "Nothing in the catalog stands above {asset}: only a line in depends_on, or a person, would have joined it to another incident."},
	},
	"T-07 joined": {
		{"Het zou apart staan als {asset} na {since} had geantwoord, of als de wachttijd vóór die tijd voorbij was geweest (marge {margin}).", "It would stand alone if {asset} had answered after {since}, or if its settle had ended before that (margin {margin})."},
		{"Het zou apart staan als {asset} had geantwoord nadat {cause} uitviel.", "It would stand alone if {asset} had answered after {cause} went down."},
	},
	"T-07 silent": {
		{"Het zou apart staan als {asset} of {cause} na {since} had geantwoord (marge {margin}).", "It would stand alone if {asset} or {cause} had answered after {since} (margin {margin})."},
	},
	"T-07 joint": {
		{"Het zou een eigen storing zijn als een van {cause} nog werkte: dan was er nog een weg omhoog.", "It would be an incident of its own if one of {cause} still worked: there would be a way up."},
	},
	"T-07 cause": {
		{"De oorzaak zou {was} gebleven zijn als een van {subject} nog werkte.", "The cause would have stayed {was} if one of {subject} still worked."},
	},
	"T-07 late": {
		{"Het zou een eigen storing zijn als deze ouder was dan {late_cause} (marge {margin}).", "It would be an incident of its own if this one had been older than {late_cause} (margin {margin})."},
		{"Het zou een eigen storing zijn als {asset} na het begin hiervan had geantwoord.", "It would be an incident of its own if {asset} had answered after this one began."},
	},
	"T-07 manual": {
		{"Zonder de storing die iemand over {cause} opende zou het een eigen storing zijn.", "Without the incident a person opened about {cause} it would be one of its own."},
	},
	"L-12 merged": {
		{"Ze zouden apart gebleven zijn als {subject} ouder was dan {late_cause} (marge {margin}), of als iemand een van beide had vastgezet of gesplitst.", "They would have stayed apart if {subject} had been older than {late_cause} (margin {margin}), or if a person had pinned or split one of them."},
		{"Ze zouden apart gebleven zijn als iemand een van beide had vastgezet of gesplitst.", "They would have stayed apart if a person had pinned or split one of them."},
	},
	"L-12 joint": {
		{"Ze zouden apart gebleven zijn als een van {cause}, {subject} nog werkte.", "They would have stayed apart if one of {cause}, {subject} still worked."},
	},
	"L-12 cause": {
		{"De oorzaak zou {was} gebleven zijn als iemand die had vastgezet, of als de storing ouder was dan {late_cause} (marge {margin}).", "The cause would have stayed {was} if a person had pinned it, or if the incident had been older than {late_cause} (margin {margin})."},
		{"De oorzaak zou {was} gebleven zijn als iemand die had vastgezet.", "The cause would have stayed {was} if a person had pinned it."},
	},

	// tickets
	"E-22 learned": {
		{"Er zou niets zijn bijgeleerd zonder oordelen van mensen over koppelingen.", "Nothing would have been learned without people's verdicts on links."},
	},
	"E-22 refused": {
		{"Het zou zijn overgenomen met een positieve versie en gewichten die een bijleerronde kan geven.", "It would have been taken over with a positive version and weights that a refit can give."},
	},
	"E-23 linked": {
		{"Het zou een voorstel zijn gebleven onder de vereiste score, of als mensen zulke koppelingen vaker hadden verworpen.", "It would have stayed a suggestion below the score that is asked, or if people had rejected such links more often."},
	},
	"E-23 ended": {
		{"Het zou gekoppeld zijn gebleven zolang niets beter paste, of als iemand de koppeling had bevestigd.", "It would have stayed linked while nothing fitted better, or if a person had confirmed the link."},
	},
	"E-24 on": {
		{"Het zouden voorstellen zijn gebleven met tickets.matching.mode op suggest, of met meer verworpen koppelingen.", "They would have stayed suggestions with tickets.matching.mode at suggest, or with more links rejected."},
	},
	"E-24 off": {
		{"Er zou nog vanzelf gekoppeld worden als mensen minder koppelingen hadden verworpen.", "Tickets would still be linked by themselves if people had rejected fewer links."},
	},
	"E-24 offered": {
		{"Het zou niet zijn aangeboden met meer verworpen, of minder bekeken koppelingen.", "It would not have been offered with more links rejected, or fewer reviewed."},
	},

	// suspicion
	"C-08 suspected": {
		{"Er zou geen vermoeden zijn als {asset} na {since} had geantwoord, of als het laatste van de {silent} meer dan {margin} later was uitgevallen.", "There would be no suspicion if {asset} had answered after {since}, or if the last of the {silent} had fallen silent more than {margin} later."},
	},
	"C-08 confirmed": {
		{"Het zou een eigen storing zijn als {asset} niet verdacht was.", "It would be an incident of its own if {asset} had not been suspected."},
	},
	"C-08 dropped": {
		{"Het vermoeden zou zijn gebleven als {asset} na {since} niet had geantwoord.", "The suspicion would have stayed if {asset} had not answered after {since}."},
	},
	"C-08 ended": {
		{"Het vermoeden zou zijn gebleven zolang er iets achter {asset} faalde.", "The suspicion would have stayed as long as anything behind {asset} failed."},
	},

	// liveness and settle
	"D-02 expired": {
		{"Het zou hersteld heten als de bron dat zei of onze eigen controle het goed vond, en nog levend als het signaal vóór {at} was herhaald.", "It would count as back if its source said so or a probe of ours found it well, and as alive if the alert had been repeated before {at}."},
	},
	"D-02 stale": {
		{"Het zou meetellen als het na {ended} was begonnen of nog een einde in de toekomst had.", "It would count if it had begun after {ended}, or had an end that is still to come."},
	},
	"D-02 unlisted": {
		{"Het zou nog leven als een van de Alertmanagers het noemde.", "It would be alive if one of the Alertmanagers listed it."},
	},
	"D-14 blind": {
		{"Zonder {margin} stilte van de bron zou dit er niet zijn: één signaal van haar watchdog had volstaan.", "Without {margin} of silence of the source this would not be here: one alert of its watchdog would have sufficed."},
	},
	"D-15 cut_off": {
		{"Het zou bij een oorzaak horen als iets waar de meetpost achter hangt ook faalde ({above}).", "It would belong to a cause if something the agent hangs behind failed too ({above})."},
	},
	"D-16 isolated": {
		{"Had de gateway of één van de andere ankers geantwoord, dan had elke controle voor zich gesproken.", "Had the gateway or one of the other anchors answered, each check would have spoken for itself."},
	},
	"D-16 waits": {
		{"Het was beoordeeld als een signaal van een ander hetzelfde zei.", "It would have been judged if an alert of somebody else said the same."},
	},
	"S-05 blip": {
		{"Het zou een storing zijn geworden als het tot {until} had gefaald (marge {margin}).", "It would have become an incident if it had failed until {until} (margin {margin})."},
		{"Het zou beoordeeld zijn als het nog had gefaald toen {prober} weer keek.", "It would have been judged if it had still failed when {prober} looked again."},
	},
	"S-05 uninhibited": {
		{"Niemand zou hierom gewaarschuwd zijn als binnen {settle} iets was gekomen dat het volgens inhibit_rules dempt.", "Nobody would have been paged for it if something that inhibit_rules let mute it had come within {settle}."},
	},
	"P-16 unplaced": {
		{"Het zou de wachttijd krijgen en bij andere kunnen horen als een regel onder alerts.map of een label er een ding uit de catalogus van maakte; zie headstart config test-mapping.", "It would settle and could belong with others if a rule of alerts.map or a label named an asset of the catalog; see headstart config test-mapping."},
	},
	"P-16 at_once": {
		{"Het zou eerst de wachttijd krijgen als het niet onder alerts.page_at_once viel.", "It would settle first if it did not match alerts.page_at_once."},
	},
	"P-17 silenced": {
		{"Er zou gewaarschuwd worden als één ding dat faalt niet gedempt was.", "Operators would be paged if one thing that fails were not silenced."},
	},

	// life
	"R-03 holding": {
		{"Om {until} geldt het als opgelost, tenzij er vóór die tijd iets opnieuw faalt.", "At {until} it counts as resolved, unless something fails again before."},
	},
	"R-04 recovering": {
		{"Wat om {until} niet is gevolgd wordt apart beoordeeld; faalt {asset} eerder weer, dan blijft alles bij elkaar.", "What has not followed by {until} is judged by itself; if {asset} fails again before, all stays together."},
	},
	"R-05 returned": {
		{"Nog {margin} langer goed, en het was opgelost of gesplitst.", "{margin} longer without a failure, and it would have been resolved or split."},
		{"Als ook het laatste was gevolgd of goed gebleven, was dit opgelost of gesplitst.", "If the last of it had followed or stayed well too, this would have been resolved or split."},
	},
	"R-06 resolved": {
		{"Het zou nog open zijn als er vóór {at} iets opnieuw had gefaald.", "It would still be open if anything had failed again before {at}."},
	},
	"R-07 reopened": {
		{"Na {until} zou het een nieuwe storing zijn geweest (marge {margin}).", "After {until} it would have been a new incident (margin {margin})."},
	},
	"R-07 worsened": {
		{"Zonder wat er nu bij kwam zou de storing gesloten zijn gebleven.", "Without what fails in addition now the incident would have stayed closed."},
	},
	"R-08 split": {
		{"Wat vóór {at} had geantwoord zou bij deze storing zijn gebleven.", "What had answered before {at} would have stayed with this incident."},
	},
	"R-09 closed": {
		{"Faalt dezelfde oorzaak later, dan is dat een nieuwe storing die hierheen verwijst.", "If the same cause fails later, it is a new incident that points here."},
	},
	"R-10 recurred": {
		{"Vóór {until} zou het dezelfde storing zijn geweest (marge {margin}).", "Before {until} it would have been the same incident (margin {margin})."},
	},

	"L-12 refused": {
		{"Zonder dat {who} ze om {since} had gesplitst zouden ze één storing zijn.", "Had {who} not split them at {since}, they would be one incident."},
	},
	"T-07 claimed": {
		{"Het zou blijven waar het was als {asset} na het uitvallen van {cause} had geantwoord.", "It would have stayed where it was if {asset} had answered after {cause} went down."},
	},
	"C-08 observed": {
		{"Zonder eigen melding van {asset} zou de oorzaak een vermoeden zijn gebleven.", "Without a report of {asset} itself the cause would have stayed a suspicion."},
	},
	"C-08 again": {
		{"Er zou geen vermoeden zijn als {asset} na {since} had geantwoord, of als het laatste van de {silent} meer dan {margin} later was uitgevallen.", "There would be no suspicion if {asset} had answered after {since}, or if the last of the {silent} had fallen silent more than {margin} later."},
	},
	"C-08 late": {
		{"Er zou geen vermoeden zijn als {asset} na {since} had geantwoord, of als het laatste van de {silent} meer dan {margin} later was uitgevallen.", "There would be no suspicion if {asset} had answered after {since}, or if the last of the {silent} had fallen silent more than {margin} later."},
	},
	"C-08 reopened": {
		{"Er zou geen vermoeden zijn als {asset} na {since} had geantwoord.", "There would be no suspicion if {asset} had answered after {since}."},
	},
	"C-08 recurred": {
		{"Er zou geen vermoeden zijn als {asset} na {since} had geantwoord.", "There would be no suspicion if {asset} had answered after {since}."},
	},
	"C-08 explained": {
		{"Het vermoeden zou zijn gebleven als {cause} nog werkte.", "The suspicion would have stayed if {cause} still worked."},
	},
	"C-01 delisted": {
		{"In de catalogus gebleven zou {asset} nog meetellen.", "Had {asset} stayed in the catalog, it would still count."},
	},
	"D-02 no_longer_reported": {
		{"Het zou blijven meetellen als een levende bron het binnen {minutes} minuten weer had genoemd.", "It would still count if a living source had mentioned it again within {minutes} minutes."},
	},
	"F-04 unstable": {
		{"Met minder dan {changes} wisselingen binnen {within} zou elke als storing of herstel gelden.", "With fewer than {changes} changes within {within} each would count as a failure or a recovery."},
	},
	"F-04 steady": {
		{"Nog een wisseling binnen {quiet} en het gold nog als onrustig.", "One more change within {quiet}, and it would still count as unstable."},
	},
	"G-09 opened": {
		{"Ze zouden apart staan als er minder dan {need} binnen {gap} waren uitgevallen, of als iets in de catalogus ze verklaarde.", "They would stand apart if fewer than {need} had failed within {gap}, or if something in the catalog explained them."},
	},
	"G-09 grouped": {
		{"Ze zouden apart staan als er minder dan {need} binnen {gap} waren uitgevallen, of als iets in de catalogus ze verklaarde.", "They would stand apart if fewer than {need} had failed within {gap}, or if something in the catalog explained them."},
	},
	"G-09 joined": {
		{"Het zou apart staan als het meer dan {gap} na de rest was begonnen, of ergens anders.", "It would stand apart if it had begun more than {gap} after the rest, or in another place."},
	},
	"G-09 alike": {
		{"Ze zouden apart gebleven zijn op verschillende plaatsen of verder uit elkaar in de tijd.", "They would have stayed apart in different places, or further apart in time."},
	},
	"M-06 suppressed": {
		{"Zonder werk {window} zou dit een storing zijn; wat om {until} nog faalt wordt dat alsnog.", "Without planned work {window} this would be an incident; what still fails at {until} becomes one."},
	},
	"M-06 closed": {
		{"Op een open dag zou dit een storing zijn; wat om {until} nog faalt wordt opnieuw beoordeeld.", "On an open day this would be an incident; what still fails at {until} is judged again."},
	},
	"M-06 released": {
		{"Was het vóór {at} hersteld, dan bleef het daarbij.", "Had it been back before {at}, that would have been all."},
	},
	"M-06 recovered": {
		{"Had het aan het eind van het werk nog gefaald, dan was het een storing geworden.", "Had it still failed when the work was over, it would have become an incident."},
	},
	"M-06 lapsed": {
		{"Had een bron er na het werk nog van gesproken, dan was het opnieuw beoordeeld.", "Had a source spoken of it after the work, it would have been judged again."},
	},
	"M-06 overrun": {
		{"Hersteld voordat werk {window} voorbij was zou dit geen storing zijn.", "Back before planned work {window} was over, this would be no incident."},
	},
	"M-06 left_broken": {
		{"Hersteld voordat werk {window} voorbij was zou dit geen storing zijn.", "Back before planned work {window} was over, this would be no incident."},
	},
	"M-06 paused": {
		{"Zodra iets faalt dat niet onder werk {window} valt, gaan berichten door.", "As soon as something fails that planned work {window} does not cover, messages go on."},
	},
	"M-06 resumed": {
		{"Zolang gepland werk alles dekt wat faalt, wachten berichten.", "While planned work covers all that fails, messages wait."},
	},
	"M-06 proposed": {
		{"Was werk {window} goedgekeurd, dan had dit tot {until} gewacht.", "Had planned work {window} been approved, this would have waited until {until}."},
	},
	"M-06 ignored": {
		{"Een einde na het begin maakt er gepland werk van.", "With an end after its start it would be planned work."},
	},
	"R-11 problem_candidate": {
		{"Met minder dan {needed} keer in {days} dagen zou het dat niet zijn.", "With fewer than {needed} times in {days} days it would not be one."},
	},
	"R-12 stale": {
		{"Eén teken van leven van wat faalt, en dit gold niet als onzeker.", "One sign of life of what fails, and this would not count as uncertain."},
	},
	"R-12 heard": {
		{"Zonder dat teken van leven zou dit onzeker zijn gebleven.", "Without that sign of life this would have stayed uncertain."},
	},
	"R-13 no_longer_reported": {
		{"Had een levende bron er vóór {at} één weer genoemd, dan was dit open gebleven.", "Had a living source mentioned one of them again before {at}, this would have stayed open."},
	},
	"R-13 no_longer_heard": {
		{"Was er vóór {at} iets van gehoord, dan was dit open gebleven.", "Had anything been heard of it before {at}, this would have stayed open."},
	},
	"U-10 entered": {
		{"Met hooguit {limit} losse oorzaken binnen {within} zou elk een eigen storing zijn.", "With at most {limit} separate causes within {within} each would be an incident of its own."},
	},
	"U-10 joined": {
		{"Buiten de storm, of als er iets van {asset} afhangt, zou het een eigen storing zijn.", "Outside the storm, or if something hung on {asset}, it would be an incident of its own."},
	},
	"U-10 reopened": {
		{"Buiten de storm zou het een eigen storing zijn.", "Outside the storm it would be an incident of its own."},
	},
	"U-10 ended": {
		{"De storm was doorgegaan met {calm} losse oorzaken per {per}.", "The storm would have gone on with {calm} separate causes per {per}."},
	},
	"K-11 opened": {
		{"Met zoveel meldingen als verwacht ({expected}), of met een storing die dit dekt, zou dit er niet zijn.", "With as many reports as expected ({expected}), or with an incident that covers them, this would not be here."},
	},
	"K-12 opened": {
		{"Het was niet geopend met minder mensen, of met een storing die dit verklaart.", "It would not have been opened with fewer people, or with an incident that explains it."},
	},
	"K-11 joined": {
		{"Zonder storing die dit dekt zouden de meldingen een eigen storing zijn.", "Without an incident that covers them the reports would be one of their own."},
	},
	"K-11 gap": {
		{"Met een controle die het ziet was de bewaking eerder geweest.", "With a check that sees it monitoring would have been first."},
	},
	"K-11 seen": {
		{"Ze zouden apart gebleven zijn als de bewaking iets anders zag dan gebruikers melden.", "They would have stayed apart if monitoring saw something other than users report."},
	},
	"K-11 met": {
		{"Ze zouden apart gebleven zijn als {cause} iets anders raakte dan gebruikers melden.", "They would have stayed apart if {cause} hit something other than users report."},
	},
	"K-11 cause": {
		{"De oorzaak zou {was} gebleven zijn zonder wat de bewaking nu ziet.", "The cause would have stayed {was} without what monitoring sees now."},
	},
	"K-11 suggested": {
		{"Met meer geleerde dagen zou dit een storing zijn, of niets.", "With more days learned this would be an incident, or nothing."},
	},
	// people, incidents
	"H-20 merged":  {{"Geen regel haalt ze in deze storing weer uit elkaar; een mens kan splitsen.", "No rule takes them apart again in this episode; a person can split them."}},
	"H-20 split":   {{"Geen regel voegt ze in deze storing weer samen; een mens kan dat.", "No rule joins them again in this episode; a person can."}},
	"H-20 pinned":  {{"Geen regel verandert oorzaak of omvang tot iemand ze loslaat.", "No rule changes cause or extent until a person releases them."}},
	"P-13 raised":  {{"Het zou {from} zijn gebleven bij minder gevolg (locatie: 25 mensen of een hele locatie; organisatie: 250 mensen, twee locaties of een vitale dienst) of minder urgentie.", "It would have stayed {from} with less impact (location: 25 people or one whole location; organisation: 250 people, two locations or a vital service) or less urgency."}},
	"P-13 lowered": {{"Het zou {from} zijn gebleven als gevolg of urgentie binnen de wachttijd weer was gestegen.", "It would have stayed {from} if impact or urgency had risen again within the hold."}},
	"A-25 held":    {{"Buiten de stille uren zou het meteen verstuurd zijn.", "Outside quiet hours it would have been sent at once."}},
}
