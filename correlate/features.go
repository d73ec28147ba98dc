package correlate

// feature is one thing a score looks at; its value times its weight is one term.
type feature int

// The features of a ticket beside an incident (matching.md section 4). Those from
// malfunction on follow from the ticket alone.
const (
	bias feature = iota
	service
	serviceNamed
	dependant
	rival
	noService
	deviceNamed
	placeInText
	otherInText
	placeOfCaller
	otherOfCaller
	everywhere
	placeUnknown
	department
	otherDepartment
	departmentUses
	floorHere
	otherFloor
	networkHere
	networkUnclear
	minutesEarly
	hoursLate
	similar
	malfunctionService
	rivalWeak
	nameAlone
	noFault
	software
	oneOfMany

	malfunction
	several
	still
	howto
	request
	password
	onePerson
	worksAgain
	supplies
	question
	recent
	lasting
	content
	ownDevice
	aroundIt
	bulletin
	learnedWords

	features // how many there are
)

// kinds are the features with the names they have in a model event, and with the
// weights this version ships: what helpdesks know (matching.md section 4), fitted to
// five written organisations. Most people name no service; a text that names one and
// complains is nearly sure.
var kinds = [features]struct {
	name   string
	weight float64
	nl, en string // in words; empty: said with a name of the catalog, or not at all
}{
	bias:               {"bias", -1.7, "", ""},
	service:            {"service", 2.5, "", ""},
	serviceNamed:       {"service_named", -1.8, "", ""},
	dependant:          {"dependant", 1.35, "", ""},
	rival:              {"rival", -1.9, "", ""},
	noService:          {"no_service", -.45, "noemt geen dienst", "names no service"},
	deviceNamed:        {"device", 1.2, "", ""},
	placeInText:        {"place_in_text", 2.25, "", ""},
	otherInText:        {"other_place_in_text", -3.3, "", ""},
	placeOfCaller:      {"place_of_requester", 1.7, "", ""},
	otherOfCaller:      {"other_place_of_requester", -3.45, "", ""},
	everywhere:         {"everywhere", 1.25, "wordt overal gebruikt", "is used everywhere"},
	placeUnknown:       {"place_unknown", 1, "", ""},
	department:         {"department", .6, "", ""},
	otherDepartment:    {"other_department", -.95, "", ""},
	departmentUses:     {"department_uses", .2, "", ""},
	floorHere:          {"floor", .9, "noemt de verdieping", "names the floor"},
	otherFloor:         {"other_floor", -2.5, "noemt een andere verdieping", "names another floor"},
	networkHere:        {"network_here", 0, "op deze locatie is het netwerk gestoord", "the network is disturbed at this location"},
	networkUnclear:     {"network_unclear", .4, "", ""},
	minutesEarly:       {"early", -.55, "kwam ruim voor de eerste meting", "came well before monitoring noticed"},
	hoursLate:          {"late", -1.85, "geregistreerd na het einde", "registered after the end"},
	similar:            {"similar", 1.5, "", ""},
	malfunctionService: {"malfunction_service", .2, "", ""},
	rivalWeak:          {"rival_weak", -1.3, "", ""},
	nameAlone:          {"name_alone", .35, "noemt alleen de dienst", "names the service and no more"},
	noFault:            {"no_fault", -1.1, "meldt geen fout", "reports no fault"},
	software:           {"software", .7, "heeft last van een programma", "has trouble with a program"},
	oneOfMany:          {"one_of_many", -2, "", ""},
	malfunction:        {"malfunction", 2.3, "meldt dat iets niet werkt", "says that something does not work"},
	several:            {"several", 1.55, "meer mensen hebben er last van", "several people have it"},
	still:              {"still", 1.85, "vraagt wanneer het weer werkt", "asks when it works again"},
	howto:              {"howto", -3.05, "vraagt hoe iets moet", "asks how to do something"},
	request:            {"request", -2.25, "is een aanvraag", "is a request"},
	password:           {"password", -2.6, "gaat over een wachtwoord", "is about a password"},
	onePerson:          {"one_person", -1.5, "alleen bij deze persoon", "only this person has it"},
	worksAgain:         {"works_again", -2.35, "meldt dat het weer werkt", "says that it works again"},
	supplies:           {"supplies", -1.95, "gaat over verbruiksmateriaal", "is about supplies"},
	question:           {"question", -.25, "een vraag, geen foutmelding", "a question, no fault reported"},
	recent:             {"recent", 1.25, "is net begonnen", "has just begun"},
	lasting:            {"lasting", -2.45, "speelt al langer", "is older than this"},
	content:            {"content", -2.7, "gaat over wat er staat, niet over of het werkt", "is about what it says, not whether it works"},
	ownDevice:          {"own_device", -.4, "gaat over eigen apparatuur", "is about their own device"},
	aroundIt:           {"by_hand", .4, "er wordt omheen gewerkt", "people work around it"},
	bulletin:           {"bulletin", -1.75, "is geen melding", "is no report"},
	learnedWords:       {"words", 1, "", ""},
}

// vector is the values of all features for one ticket and one incident.
type vector [features]float64

// weights are what each feature counts for.
type weights [features]float64

func shipped() weights {
	var w weights
	for i := range kinds {
		w[i] = kinds[i].weight
	}
	return w
}

// sum adds the terms up; products are wrapped in float64, so that no fused
// multiply-add makes machines differ (ruling 10).
func (w *weights) sum(x *vector) float64 {
	return w.part(x, malfunction, features) + w.part(x, bias, malfunction)
}

// part adds up the terms of the features from one up to, but without, another.
func (w *weights) part(x *vector, from, to feature) float64 {
	sum := 0.0
	for i := from; i < to; i++ {
		if v := x[i]; v != 0 {
			sum += float64(w[i] * v)
		}
	}
	return sum
}

// named gives the values that are not zero by name, as a review keeps them.
func (x *vector) named() map[string]float64 {
	out := map[string]float64{}
	for i, v := range x {
		if v != 0 {
			out[kinds[i].name] = round(v)
		}
	}
	return out
}
