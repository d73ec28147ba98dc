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
	learnedWords

	features // how many there are
)

// kinds are the features with the names they have in a model event, and with the
// weights this version ships: what helpdesks know (matching.md section 4), fitted to
// five written organisations. Those that name a service are not told from the rest by
// it alone, since most people name none; a text that does and complains is nearly sure.
var kinds = [features]struct {
	name   string
	weight float64
	nl, en string // in words; empty: said with a name of the catalog, or not at all
}{
	bias:               {"bias", -2.25, "", ""},
	service:            {"service", 2, "", ""},
	serviceNamed:       {"service_named", -1.4, "", ""},
	dependant:          {"dependant", 1.45, "", ""},
	rival:              {"rival", -1.8, "", ""},
	noService:          {"no_service", .4, "", ""},
	deviceNamed:        {"device", 1.2, "", ""},
	placeInText:        {"place_in_text", 1.75, "", ""},
	otherInText:        {"other_place_in_text", -3.6, "", ""},
	placeOfCaller:      {"place_of_requester", 1.25, "", ""},
	otherOfCaller:      {"other_place_of_requester", -2.35, "", ""},
	everywhere:         {"everywhere", 1.25, "wordt overal gebruikt", "is used everywhere"},
	placeUnknown:       {"place_unknown", .7, "", ""},
	department:         {"department", .65, "", ""},
	otherDepartment:    {"other_department", -.7, "", ""},
	departmentUses:     {"department_uses", .05, "", ""},
	floorHere:          {"floor", .85, "noemt de verdieping", "names the floor"},
	otherFloor:         {"other_floor", -1.85, "noemt een andere verdieping", "names another floor"},
	networkHere:        {"network_here", -.1, "op deze locatie is het netwerk gestoord", "the network is disturbed at this location"},
	networkUnclear:     {"network_unclear", .4, "", ""},
	minutesEarly:       {"early", -.65, "kwam ruim voor de eerste meting", "came well before monitoring noticed"},
	hoursLate:          {"late", -1.05, "geregistreerd na het einde", "registered after the end"},
	similar:            {"similar", 1.5, "", ""},
	malfunctionService: {"malfunction_service", 1.8, "", ""},
	malfunction:        {"malfunction", 1.95, "meldt dat iets niet werkt", "says that something does not work"},
	several:            {"several", 1.2, "meer mensen hebben er last van", "several people have it"},
	still:              {"still", .9, "vraagt wanneer het weer werkt", "asks when it works again"},
	howto:              {"howto", -2.75, "vraagt hoe iets moet", "asks how to do something"},
	request:            {"request", -1.8, "is een aanvraag", "is a request"},
	password:           {"password", -2.5, "gaat over een wachtwoord", "is about a password"},
	onePerson:          {"one_person", -2.2, "alleen bij deze persoon", "only this person has it"},
	worksAgain:         {"works_again", -2.7, "meldt dat het weer werkt", "says that it works again"},
	supplies:           {"supplies", -2.15, "gaat over verbruiksmateriaal", "is about supplies"},
	question:           {"question", -.3, "een vraag, geen foutmelding", "a question, no fault reported"},
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
