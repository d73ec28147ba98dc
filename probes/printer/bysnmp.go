package printer

import (
	"regexp"

	"headstart/probes/printer/mib"
)

// Values of the MIBs that matter here.
const (
	deviceDown     = 5 // hrDeviceStatus
	printerOther   = 1 // hrPrinterStatus; also that of a printer asleep
	printerWarmup  = 5
	coverOpen      = 3 // prtCoverStatus
	interlockOpen  = 5
	severeCritical = 3 // prtAlertSeverityLevel
)

// bits are the meanings of hrPrinterDetectedErrorState, by bit.
var bits = map[int]meaning{
	0: {condition: trayLow}, 1: {condition: paperEmpty, weight: ifDown},
	2: {condition: tonerLow}, 3: {condition: tonerEmpty, weight: ifDown},
	4: {condition: doorOpen, weight: ifDown}, 5: {condition: jam, weight: ifDown},
	6: {condition: offline, weight: ifDown}, 7: {condition: service, weight: ifDown},
	8: {condition: partMissing, weight: ifDown}, 9: {condition: partMissing, weight: ifDown}, 10: {condition: partMissing, weight: ifDown},
	11: {condition: outputFull}, 12: {condition: outputFull, weight: ifDown},
	13: {condition: trayEmpty}, 14: {condition: maintenance},
}

// bitNames say what is missing where the condition alone does not.
var bitNames = map[int]string{8: "input tray", 9: "output tray", 10: "cartridge"}

// codes are the meanings of prtAlertCode. A condition that is empty is none: what
// comes and goes in the life of a printer.
var codes = map[int]meaning{
	3: {doorOpen, ifDown, byItself}, 5: {doorOpen, ifDown, byItself}, 501: {doorOpen, ifDown, byItself},
	8:   {jam, ifDown, byItself},
	9:   {partMissing, ifDown, ifDown},
	10:  {partWorn, never, never},
	11:  {partWorn, ifDown, ifDown},
	12:  {tonerLow, never, never},
	22:  {offline, ifDown, ifDown},
	23:  {asleep, never, never},
	24:  {asleep, never, never},
	29:  {service, ifDown, ifDown},
	30:  {service, byItself, byItself},
	33:  {service, ifDown, ifDown},
	801: {partMissing, ifDown, ifDown}, 901: {partMissing, ifDown, ifDown}, 1115: {partMissing, ifDown, ifDown},
	807: {trayLow, never, never},
	902: {outputFull, never, never}, 903: {outputFull, ifDown, ifDown},
	1002: {partWorn, ifDown, ifDown}, 1003: {partWorn, ifDown, ifDown}, 1004: {partWorn, ifDown, ifDown},
	1005: {asleep, never, never},
	1101: {tonerEmpty, ifDown, byItself}, 1102: {tonerEmpty, ifDown, byItself}, 1103: {tonerEmpty, ifDown, byItself},
	1104: {tonerLow, never, never}, 1105: {tonerLow, never, never}, 1106: {tonerLow, never, never},
	1107: {wasteAlmostFull, never, never}, 1108: {wasteAlmostFull, never, never},
	1109: {wasteFull, ifDown, byItself}, 1110: {wasteFull, ifDown, byItself},
	1111: {partWorn, never, never},
	1112: {partWorn, ifDown, ifDown}, 1114: {partWorn, ifDown, ifDown},
	1113: {partWorn, never, never},
}

// silentCodes are those of the life of every printer: configuration, power, media
// that were changed, interpreters.
func silentCode(code int) bool {
	switch {
	case code == 4, code == 6, code == 7, code == 19, code == 20, code == 25, code == 27, code == 809, code == 810:
		return true
	}
	return code >= 502 && code <= 507 || code >= 802 && code <= 806 || code >= 1501 && code <= 1506
}

// fromSNMP reads what a printer said over SNMP.
func fromSNMP(a mib.Answer) reading {
	r := reading{source: "SNMP", down: a.DeviceStatus == deviceDown, pages: max(a.Pages, 0)}
	for bit := range 15 {
		if a.Errors.Has(bit) {
			r.add(bits[bit].condition, bits[bit].weight, bitNames[bit])
		}
	}
	for _, cover := range a.Covers {
		if cover == coverOpen || cover == interlockOpen {
			r.add(doorOpen, ifDown, "")
		}
	}
	for _, alert := range a.Alerts {
		r.alert(alert.Code, alert.Severity == severeCritical, clean(alert.Text))
	}
	r.sleep(a)
	for _, t := range a.Trays {
		r.trays = append(r.trays, tray{name: clean(t.Name), most: t.Max, level: t.Level})
	}
	for _, s := range a.Supplies {
		r.supply = append(r.supply, newSupply(clean(s.Name), s.Type, s.Unit, s.Max, s.Level))
	}
	return r
}

// alert reads a row of the alert table, of SNMP or IPP.
func (r *reading) alert(code int, critical bool, text string) {
	m, known := codes[code]
	switch {
	case silentCode(code), code == 0: // an empty row
		return
	case code == 808 && critical:
		m = meaning{paperEmpty, byItself, byItself}
	case code == 808:
		m = meaning{condition: trayEmpty}
	case !known:
		m = byText(text)
	}
	w := m.weight
	if critical {
		w = m.critical
	}
	r.add(m.condition, w, text)
}

// words of alerts whose code says nothing, in the languages printers are set to
// here. Only what is plain counts; all else needs somebody to look.
var plainWords = []struct {
	words *regexp.Regexp
	meaning
}{
	{sleeping, meaning{condition: asleep}},
	{regexp.MustCompile(`(?i)\b(paper jam|jammed|papierstoring|papier ?vastgelopen|papierstau|bourrage)`), meaning{jam, ifDown, byItself}},
	{regexp.MustCompile(`(?i)\b(door|cover|klep|deur|klappe|abdeckung|capot)\b.*\b(open|offen|ouvert)`), meaning{doorOpen, ifDown, byItself}},
}

// sleeping is what displays show of a printer that saves power.
var sleeping = regexp.MustCompile(`(?i)\b(sleep|energiesparen|slaapstand|energiespaarstand|ruhestand|ruhezustand|veille|power ?save)`)

// byText reads an alert by its words: its code is not in the table.
func byText(text string) meaning {
	for _, p := range plainWords {
		if p.words.MatchString(text) {
			return p.meaning
		}
	}
	return meaning{service, never, byItself}
}

// sleep notes that the printer rests; never of one that reports an error, for which
// it uses the same status.
func (r *reading) sleep(a mib.Answer) {
	rests := a.PrinterStatus == printerOther || a.PrinterStatus == printerWarmup
	for _, line := range a.Console {
		rests = rests || sleeping.MatchString(line)
	}
	if rests && !r.down && len(r.signs) == 0 {
		r.add(asleep, never, "")
	}
}
