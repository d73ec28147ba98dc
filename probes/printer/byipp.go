package printer

import (
	"slices"
	"strings"

	"headstart/probes/printer/ipp"
)

// overIPP is the source of a reading over IPP.
const overIPP = "IPP"

// stateStopped of printer-state.
const stateStopped = 5

// keywords are the meanings of printer-state-reasons, without their endings. The
// reason says why; whether the printer prints, its state says.
var keywords = map[string]meaning{
	"media-jam": {condition: jam, weight: ifDown},
	"door-open": {condition: doorOpen, weight: ifDown}, "cover-open": {condition: doorOpen, weight: ifDown},
	"interlock-open": {condition: doorOpen, weight: ifDown},
	"media-needed":   {condition: paperEmpty, weight: ifDown},
	"media-low":      {condition: trayLow},
	"toner-empty":    {condition: tonerEmpty, weight: ifDown}, "marker-supply-empty": {condition: tonerEmpty, weight: ifDown},
	"toner-low": {condition: tonerLow}, "marker-supply-low": {condition: tonerLow},
	"marker-waste-full":        {condition: wasteFull, weight: ifDown},
	"marker-waste-almost-full": {condition: wasteAlmostFull},
	"input-tray-missing":       {condition: partMissing, weight: ifDown}, "output-tray-missing": {condition: partMissing, weight: ifDown},
	"marker-supply-missing":   {condition: partMissing, weight: ifDown},
	"output-area-almost-full": {condition: outputFull}, "output-area-full": {condition: outputFull, weight: ifDown},
	"fuser-over-temp": {condition: partWorn, weight: ifDown}, "opc-life-over": {condition: partWorn, weight: ifDown},
	"developer-empty": {condition: partWorn, weight: ifDown},
	"offline":         {condition: offline, weight: ifDown}, "shutdown": {condition: offline, weight: ifDown},
	"connecting-to-device": {condition: offline, weight: ifDown}, "timed-out": {condition: offline, weight: ifDown},
	"paused": {condition: stopped, weight: ifDown}, "moving-to-paused": {condition: stopped, weight: ifDown},
	"stopped-partly": {condition: stopped, weight: ifDown},
}

// missing says what, where the condition alone does not.
var missing = map[string]string{
	"input-tray-missing": "input tray", "output-tray-missing": "output tray", "marker-supply-missing": "cartridge",
}

// fromIPP reads what a printer said over IPP.
func fromIPP(a ipp.Answer) reading {
	r := reading{source: overIPP, down: a.State == stateStopped, queued: max(a.Queued, 0)}
	for _, reason := range a.Reasons {
		r.reason(withoutEnding(reason), a)
	}
	if a.Refuses {
		r.add(stopped, byItself, "takes no jobs")
	}
	for _, alert := range a.Alerts {
		if code, known := alertNames[strings.ToLower(alert.Code)]; known {
			r.alert(code, alert.Critical, clean(alert.Text))
		} else if alert.Critical {
			r.add(service, byItself, clean(orElse(alert.Text, alert.Code)))
		}
	}
	for _, t := range a.Trays {
		r.trays = append(r.trays, tray{name: clean(t.Name), most: t.Max, level: t.Level})
	}
	for _, s := range a.Supplies {
		r.supply = append(r.supply, newSupply(clean(s.Name), supplyNames[strings.ToLower(strings.ReplaceAll(s.Type, "-", ""))], 0, s.Max, s.Level))
	}
	return r
}

// reason reads one keyword of printer-state-reasons. Those not in the table are left
// to the state: makers invent their own.
func (r *reading) reason(keyword string, a ipp.Answer) {
	if keyword == "media-empty" {
		// A tray is empty; only the state tells whether another one serves.
		if r.down {
			r.add(paperEmpty, ifDown, "")
		} else {
			r.add(trayEmpty, never, "")
		}
		return
	}
	m, known := keywords[keyword]
	if !known {
		return
	}
	detail := missing[keyword]
	if m.condition == stopped {
		detail = keyword
		if message := clean(a.Message); message != "" && !slices.Contains(a.Reasons, message) {
			detail += ": " + message
		}
	}
	r.add(m.condition, m.weight, detail)
}

// withoutEnding leaves out what says how bad a reason is: makers disagree on it.
func withoutEnding(reason string) string {
	for _, ending := range []string{"-report", "-warning", "-error"} {
		if short, ok := strings.CutSuffix(reason, ending); ok {
			return short
		}
	}
	return reason
}

// alertNames are the codes of prtAlertCode by the names IPP gives them (PWG 5100.9).
var alertNames = map[string]int{
	"coveropen": 3, "coverclosed": 4, "interlockopen": 5, "interlockclosed": 6, "configurationchange": 7, "jam": 8,
	"subunitmissing": 9, "subunitlifealmostover": 10, "subunitlifeover": 11, "subunitalmostempty": 12,
	"subunitturnedon": 19, "subunitturnedoff": 20, "subunitoffline": 22, "subunitpowersaver": 23, "subunitwarmingup": 24,
	"subunitadded": 25, "subunitresourceadded": 27, "subunitrecoverablefailure": 29, "subunitunrecoverablefailure": 30,
	"subunitmotorfailure": 33, "dooropen": 501, "doorclosed": 502, "powerup": 503, "powerdown": 504, "printernmsreset": 505,
	"printermanualreset": 506, "printerreadytoprint": 507, "inputmediatraymissing": 801, "inputmediasizechange": 802,
	"inputmediaweightchange": 803, "inputmediatypechange": 804, "inputmediacolorchange": 805, "inputmediaformpartschange": 806,
	"inputmediasupplylow": 807, "inputmediasupplyempty": 808, "inputmediachangerequest": 809, "inputmanualinputrequest": 810,
	"outputmediatraymissing": 901, "outputmediatrayalmostfull": 902, "outputmediatrayfull": 903,
	"markerfuserovertemperature": 1002, "markerfusertimingfailure": 1003, "markerfuserthermistorfailure": 1004,
	"markeradjustingprintquality": 1005, "markertonerempty": 1101, "markerinkempty": 1102, "markerprintribbonempty": 1103,
	"markertoneralmostempty": 1104, "markerinkalmostempty": 1105, "markerprintribbonalmostempty": 1106,
	"markerwastetonerreceptaclealmostfull": 1107, "markerwasteinkreceptaclealmostfull": 1108,
	"markerwastetonerreceptaclefull": 1109, "markerwasteinkreceptaclefull": 1110, "markeropclifealmostover": 1111,
	"markeropclifeover": 1112, "markerdeveloperalmostempty": 1113, "markerdeveloperempty": 1114,
	"markertonercartridgemissing": 1115,
}

// supplyNames are the types of supplies by the names IPP gives them.
var supplyNames = map[string]int{
	"toner": 3, "wastetoner": 4, "ink": 5, "inkcartridge": 6, "inkribbon": 7, "wasteink": 8, "opc": 9, "developer": 10,
	"fuseroil": 11, "solidwax": 12, "ribbonwax": 13, "wastewax": 14, "fuser": 15, "coronawire": 16, "fuseroilwick": 17,
	"cleanerunit": 18, "fusercleaningpad": 19, "transferunit": 20, "tonercartridge": 21, "fuseroiler": 22, "wastewater": 24,
}
