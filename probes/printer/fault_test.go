package printer

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"headstart/probes/printer/ipp"

	"headstart/probes/snmp/device"
)

// healthy is a printer with nothing to tell.
const healthy = `1.3.6.1.2.1.25.3.2.1.2.1|6|1.3.6.1.2.1.25.3.1.5
1.3.6.1.2.1.25.3.2.1.5.1|2|2
1.3.6.1.2.1.25.3.5.1.1.1|2|3
1.3.6.1.2.1.25.3.5.1.2.1|4x|0000
1.3.6.1.2.1.43.8.2.1.9.1.1|2|550
1.3.6.1.2.1.43.8.2.1.10.1.1|2|300
1.3.6.1.2.1.43.8.2.1.13.1.1|4|Tray 1
1.3.6.1.2.1.43.11.1.1.5.1.1|2|3
1.3.6.1.2.1.43.11.1.1.6.1.1|4|Black Toner
1.3.6.1.2.1.43.11.1.1.8.1.1|2|100
1.3.6.1.2.1.43.11.1.1.9.1.1|2|55`

// Rows that change it.
const (
	isDown    = "1.3.6.1.2.1.25.3.2.1.5.1|2|5"
	isWarning = "1.3.6.1.2.1.25.3.2.1.5.1|2|3"
)

func errorState(bytes string) string { return "1.3.6.1.2.1.25.3.5.1.2.1|4x|" + bytes }

func printerStatus(n int) string { return fmt.Sprintf("1.3.6.1.2.1.25.3.5.1.1.1|2|%d", n) }

// alertRow is a row of prtAlertTable; severity 3 is critical, 4 a warning.
func alertRow(row, code, severity int, text string) []string {
	const table = "1.3.6.1.2.1.43.18.1.1."
	return []string{
		fmt.Sprintf(table+"2.1.%d|2|%d", row, severity), fmt.Sprintf(table+"4.1.%d|2|5", row),
		fmt.Sprintf(table+"7.1.%d|2|%d", row, code), fmt.Sprintf(table+"8.1.%d|4|%s", row, text),
	}
}

// Each row of the table of conditions, as a printer tells it over SNMP: with its
// bit, with its bit while it has stopped, and with its alert codes.
func TestFaultsOverSNMP(t *testing.T) {
	for name, c := range map[string]struct {
		rows []string
		want []string
	}{
		"nothing":                          {nil, nil},
		"warning, and nothing behind it":   {[]string{isWarning}, nil},
		"jam and no paper, stopped":        {[]string{errorState("4400"), isDown}, []string{"jam incident", "paper-empty incident"}},
		"jam and no paper, warning":        {[]string{errorState("4400"), isWarning}, []string{"jam report", "paper-empty report"}},
		"low paper, stopped for no reason": {[]string{errorState("80"), isDown}, []string{"stopped incident", "tray-low report"}},
		"no toner, prints on":              {[]string{errorState("10")}, []string{"toner-empty report"}},
		"no toner, stopped":                {[]string{errorState("10"), isDown}, []string{"toner-empty incident"}},
		"low toner, the lowest is named":   {[]string{errorState("20")}, []string{"toner-low report Black Toner 55 %"}},
		"low toner, by level":              {[]string{errorState("20"), "1.3.6.1.2.1.43.11.1.1.9.1.1|2|4"}, []string{"toner-low report Black Toner 4 %"}},
		"toner with an impossible level":   {[]string{"1.3.6.1.2.1.43.11.1.1.9.1.1|2|-100"}, nil},
		"toner above its maximum":          {[]string{"1.3.6.1.2.1.43.11.1.1.9.1.1|2|150"}, nil},
		"door open, prints on":             {[]string{errorState("08")}, []string{"door-open report"}},
		"door open, stopped":               {[]string{errorState("08"), isDown}, []string{"door-open incident"}},
		"cover open by its own table":      {[]string{"1.3.6.1.2.1.43.6.1.1.3.1.1|2|3", isDown}, []string{"door-open incident"}},
		"offline, says ready":              {[]string{errorState("02")}, []string{"offline report"}},
		"offline, stopped":                 {[]string{errorState("02"), isDown}, []string{"offline incident"}},
		"service requested":                {[]string{errorState("01")}, []string{"service report"}},
		"service requested, stopped":       {[]string{errorState("01"), isDown}, []string{"service incident"}},
		"tray and cartridge missing":       {[]string{errorState("00A0")}, []string{"part-missing report input tray, cartridge"}},
		"output tray missing, stopped":     {[]string{errorState("0040"), isDown}, []string{"part-missing incident output tray"}},
		"output full":                      {[]string{errorState("0018")}, []string{"output-full none"}},
		"output full, stopped":             {[]string{errorState("0008"), isDown}, []string{"output-full incident"}},
		"one tray empty by its bit":        {[]string{errorState("0004")}, []string{"tray-empty report"}},
		"one tray empty by its level":      {[]string{"1.3.6.1.2.1.43.8.2.1.10.1.1|2|0"}, []string{"tray-empty report Tray 1: 0/550"}},
		"maintenance overdue":              {[]string{errorState("0002")}, []string{"maintenance report"}},
		"stopped, nobody knows why":        {[]string{isDown}, []string{"stopped incident"}},
		"asleep":                           {[]string{printerStatus(1)}, []string{"asleep none"}},
		"warming up":                       {[]string{printerStatus(5)}, []string{"asleep none"}},
		"asleep by its display":            {[]string{"1.3.6.1.2.1.43.16.5.1.2.1.1|4|Energiesparen..."}, []string{"asleep none"}},
		"a display that says nothing":      {[]string{"1.3.6.1.2.1.43.16.5.1.2.1.1|4x|52656164790000"}, nil},
		"other is no sleep with an error":  {[]string{printerStatus(1), errorState("04"), isDown}, []string{"jam incident"}},
		"an error state in one blank":      {[]string{errorState("20")}, []string{"toner-low report Black Toner 55 %"}},
		"a status of the wrong type":       {[]string{"1.3.6.1.2.1.25.3.2.1.5.1|4|down"}, nil},

		"alert: jam, critical":             {alertRow(1, 8, 3, "Paper Jam in Tray 2"), []string{"jam incident Paper Jam in Tray 2"}},
		"alert: jam, a warning":            {alertRow(1, 8, 4, ""), []string{"jam report"}},
		"alert: cover open, critical":      {alertRow(1, 3, 3, ""), []string{"door-open incident"}},
		"alert: door open, a warning":      {alertRow(1, 501, 4, ""), []string{"door-open report"}},
		"alert: interlock, critical":       {alertRow(1, 5, 3, ""), []string{"door-open incident"}},
		"alert: no paper, critical":        {alertRow(1, 808, 3, ""), []string{"paper-empty incident"}},
		"alert: a tray empty":              {alertRow(1, 808, 4, "Load Tray 2"), []string{"tray-empty report Load Tray 2"}},
		"alert: paper low":                 {alertRow(1, 807, 4, ""), []string{"tray-low report"}},
		"alert: toner empty, critical":     {alertRow(1, 1101, 3, "Black"), []string{"toner-empty incident Black"}},
		"alert: ink empty, a warning":      {alertRow(1, 1102, 4, ""), []string{"toner-empty report"}},
		"alert: ribbon empty, critical":    {alertRow(1, 1103, 3, ""), []string{"toner-empty incident"}},
		"alert: toner low":                 {alertRow(1, 1104, 4, ""), []string{"toner-low report Black Toner 55 %"}},
		"alert: low, called critical":      {alertRow(1, 1106, 3, ""), []string{"toner-low report Black Toner 55 %"}},
		"alert: waste full, critical":      {alertRow(1, 1109, 3, ""), []string{"waste-full incident"}},
		"alert: waste full, a warning":     {alertRow(1, 1110, 4, ""), []string{"waste-full report"}},
		"alert: waste almost full":         {alertRow(1, 1107, 4, ""), []string{"waste-almost-full report"}},
		"alert: tray missing, critical":    {alertRow(1, 801, 3, ""), []string{"part-missing report"}},
		"alert: cartridge missing, stops":  {append(alertRow(1, 1115, 3, ""), isDown), []string{"part-missing incident"}},
		"alert: output full, critical":     {alertRow(1, 903, 3, ""), []string{"output-full none"}},
		"alert: fuser too hot, prints":     {alertRow(1, 1002, 3, ""), []string{"part-worn report"}},
		"alert: drum over, stopped":        {append(alertRow(1, 1112, 4, "Drum"), isDown), []string{"part-worn incident Drum"}},
		"alert: developer over":            {alertRow(1, 1114, 4, ""), []string{"part-worn report"}},
		"alert: life over":                 {alertRow(1, 11, 3, ""), []string{"part-worn report"}},
		"alert: can recover":               {alertRow(1, 29, 4, ""), []string{"service report"}},
		"alert: cannot recover":            {alertRow(1, 30, 4, "Error 59.F0"), []string{"service incident Error 59.F0"}},
		"alert: motor, stopped":            {append(alertRow(1, 33, 4, ""), isDown), []string{"service incident"}},
		"alert: offline, says ready":       {alertRow(1, 22, 3, ""), []string{"offline report"}},
		"alert: power saver":               {alertRow(1, 23, 4, ""), []string{"asleep none"}},
		"alert: calibrating":               {alertRow(1, 1005, 3, ""), []string{"asleep none"}},
		"alert: unknown code, critical":    {alertRow(1, 4711, 3, "Fehler 0x12"), []string{"service incident Fehler 0x12"}},
		"alert: unknown code, a warning":   {alertRow(1, 4711, 4, "Order kit"), []string{"service report Order kit"}},
		"alert: words of an unknown code":  {alertRow(1, -1, 3, "Papierstoring in lade 2"), []string{"jam incident Papierstoring in lade 2"}},
		"alert: sleeps by an unknown code": {alertRow(1, 1, 4, "Slaapstand aan"), []string{"asleep none Slaapstand aan"}},
		"alert: an empty row":              {alertRow(1, 0, 0, ""), nil},
		"alert: control characters":        {alertRow(1, 8, 3, "Jam\x00\x1b[31m\tA"), []string{"jam incident Jam [31m A"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := device.Serve(t, strings.NewReader(healthy))
			d.Set(t, c.rows...)
			if diff := cmp.Diff(c.want, lines(ask(t, overSNMP(d.Address)).Conditions)); diff != "" {
				t.Errorf("conditions (-want +got):\n%s", diff)
			}
		})
	}
}

// What comes and goes in the life of a printer is never anything, however critical
// the printer calls it.
func TestLifeIsNoFault(t *testing.T) {
	codes := []int{4, 6, 7, 19, 20, 25, 27, 809, 810}
	for _, span := range [][2]int{{502, 507}, {802, 806}, {1501, 1506}} {
		for code := span[0]; code <= span[1]; code++ {
			codes = append(codes, code)
		}
	}
	d := device.Serve(t, strings.NewReader(healthy))
	for i, code := range codes {
		d.Set(t, alertRow(i+1, code, 3, "")...)
	}
	if f := ask(t, overSNMP(d.Address)); len(f.Conditions) != 0 || f.Reason != "ready" {
		t.Errorf("%v, %s", f.Conditions, f.Reason)
	}
}

// Faults set on real recordings: bits alone leave a printer at "warning", and no
// incident; only with the status down they are one.
func TestFaultsOnRecordings(t *testing.T) {
	for name, file := range recordings(t) {
		if name != "ricoh_mpc3002" && name != "invented-laser" {
			continue
		}
		d := device.Record(t, file)
		d.Set(t, errorState("4400"))
		if f := ask(t, overSNMP(d.Address)); f.Verdict != "warn" {
			t.Errorf("%s: bits alone are %s, want warn", name, f.Verdict)
		}
		d.Set(t, isDown)
		f := ask(t, overSNMP(d.Address))
		if got := lines(f.Conditions); f.Verdict != "down" || got[0] != "jam incident" || got[1] != "paper-empty incident" {
			t.Errorf("%s: stopped is %s, %v", name, f.Verdict, got)
		}
	}
}

// Each row of the table of conditions, as IPP tells it: the state says whether it
// prints, the reason says only why.
func TestFaultsOverIPP(t *testing.T) {
	const idle, busy, stopped = 3, 4, 5
	for name, c := range map[string]struct {
		answer ipp.Answer
		want   []string
	}{
		"idle":                            {ipp.Answer{State: idle, Reasons: []string{"none"}}, nil},
		"stopped, no reason":              {ipp.Answer{State: stopped, Reasons: []string{"none"}}, []string{"stopped incident"}},
		"stopped, a reason of its maker":  {ipp.Answer{State: stopped, Reasons: []string{"com.example-odd-error"}}, []string{"stopped incident"}},
		"paused":                          {ipp.Answer{State: stopped, Reasons: []string{"paused"}, Message: "papierstoring"}, []string{"stopped incident paused: papierstoring"}},
		"about to pause":                  {ipp.Answer{State: busy, Reasons: []string{"moving-to-paused"}}, []string{"stopped report moving-to-paused"}},
		"partly stopped, prints on":       {ipp.Answer{State: idle, Reasons: []string{"stopped-partly"}}, []string{"stopped report stopped-partly"}},
		"takes no jobs":                   {ipp.Answer{State: idle, Refuses: true}, []string{"stopped incident takes no jobs"}},
		"jam, stopped":                    {ipp.Answer{State: stopped, Reasons: []string{"media-jam-error"}}, []string{"jam incident"}},
		"jam in a job that goes on":       {ipp.Answer{State: busy, Reasons: []string{"media-jam-warning"}}, []string{"jam report"}},
		"door, cover, interlock, stopped": {ipp.Answer{State: stopped, Reasons: []string{"door-open", "cover-open-error", "interlock-open"}}, []string{"door-open incident"}},
		"paper needed, stopped":           {ipp.Answer{State: stopped, Reasons: []string{"media-needed"}}, []string{"paper-empty incident"}},
		"no paper, stopped":               {ipp.Answer{State: stopped, Reasons: []string{"media-empty-error", "toner-low-warning"}}, []string{"paper-empty incident", "toner-low report"}},
		"one tray empty":                  {ipp.Answer{State: idle, Reasons: []string{"media-empty-report"}}, []string{"tray-empty report"}},
		"low paper":                       {ipp.Answer{State: idle, Reasons: []string{"media-low"}}, []string{"tray-low report"}},
		"no toner, prints on":             {ipp.Answer{State: idle, Reasons: []string{"toner-empty-report"}}, []string{"toner-empty report"}},
		"no ink, stopped":                 {ipp.Answer{State: stopped, Reasons: []string{"marker-supply-empty"}}, []string{"toner-empty incident"}},
		"low ink":                         {ipp.Answer{State: idle, Reasons: []string{"marker-supply-low-warning"}}, []string{"toner-low report"}},
		"waste full, stopped":             {ipp.Answer{State: stopped, Reasons: []string{"marker-waste-full"}}, []string{"waste-full incident"}},
		"waste full, prints on":           {ipp.Answer{State: idle, Reasons: []string{"marker-waste-full-warning"}}, []string{"waste-full report"}},
		"waste almost full":               {ipp.Answer{State: idle, Reasons: []string{"marker-waste-almost-full-report"}}, []string{"waste-almost-full report"}},
		"trays missing":                   {ipp.Answer{State: idle, Reasons: []string{"input-tray-missing", "output-tray-missing"}}, []string{"part-missing report input tray, output tray"}},
		"cartridge missing, stopped":      {ipp.Answer{State: stopped, Reasons: []string{"marker-supply-missing"}}, []string{"part-missing incident cartridge"}},
		"output full, stopped":            {ipp.Answer{State: stopped, Reasons: []string{"output-area-full"}}, []string{"output-full incident"}},
		"output almost full":              {ipp.Answer{State: idle, Reasons: []string{"output-area-almost-full"}}, []string{"output-full none"}},
		"fuser, drum, developer, stopped": {ipp.Answer{State: stopped, Reasons: []string{"fuser-over-temp", "opc-life-over", "developer-empty"}}, []string{"part-worn incident"}},
		"drum over, prints on":            {ipp.Answer{State: idle, Reasons: []string{"opc-life-over-report"}}, []string{"part-worn report"}},
		"offline, stopped":                {ipp.Answer{State: stopped, Reasons: []string{"offline"}}, []string{"offline incident"}},
		"connecting, prints on":           {ipp.Answer{State: busy, Reasons: []string{"connecting-to-device", "timed-out", "shutdown"}}, []string{"offline report"}},
		"low by level":                    {ipp.Answer{State: idle, Supplies: []ipp.Supply{{Name: "Black", Type: "toner", Max: 100, Level: 4}}}, []string{"toner-low report Black 4 %"}},
		"waste is no toner":               {ipp.Answer{State: idle, Supplies: []ipp.Supply{{Name: "Box", Type: "waste-toner", Max: 100, Level: 4}}}, nil},
		"a tray empty by level":           {ipp.Answer{State: idle, Trays: []ipp.Tray{{Name: "main", Max: 250, Level: 0}, {Name: "by-pass-manual", Max: 50, Level: 0}}}, []string{"tray-empty report main: 0/250"}},
		"alert, critical":                 {ipp.Answer{State: busy, Alerts: []ipp.Alert{{Code: "jam", Critical: true, Text: "Tray 2"}}}, []string{"jam incident Tray 2"}},
		"alert nobody knows, critical":    {ipp.Answer{State: busy, Alerts: []ipp.Alert{{Code: "smoke", Critical: true}}}, []string{"service incident smoke"}},
		"alert nobody knows":              {ipp.Answer{State: busy, Alerts: []ipp.Alert{{Code: "smoke"}}}, nil},
		"alert of its life":               {ipp.Answer{State: busy, Alerts: []ipp.Alert{{Code: "printerReadyToPrint", Critical: true}}}, nil},
	} {
		p := &Printer{}
		f := p.heard([]reading{fromIPP(c.answer)}, start)
		if diff := cmp.Diff(c.want, lines(f.Conditions)); diff != "" {
			t.Errorf("%s: conditions (-want +got):\n%s", name, diff)
		}
	}
}

// Both protocols count; only on being offline IPP has the last word.
func TestBothProtocols(t *testing.T) {
	idle := reading{source: overIPP}
	off := reading{source: "SNMP", down: true, signs: []sign{{offline, ifDown, ""}}}
	jammed := reading{source: "SNMP", down: true, signs: []sign{{jam, ifDown, "Tray 2"}}}
	paused := reading{source: overIPP, down: true, signs: []sign{{stopped, ifDown, "paused"}}}
	for name, c := range map[string]struct {
		readings []reading
		want     []string
	}{
		"offline by SNMP, ready by IPP": {[]reading{idle, off}, []string{"offline report"}},
		"offline by SNMP, no IPP":       {[]reading{off}, []string{"offline incident"}},
		"jam by SNMP, ready by IPP":     {[]reading{idle, jammed}, []string{"jam incident Tray 2"}},
		"paused queue, sound printer":   {[]reading{{source: "SNMP"}, paused}, []string{"stopped incident paused"}},
	} {
		p := &Printer{}
		if diff := cmp.Diff(c.want, lines(p.heard(c.readings, start).Conditions)); diff != "" {
			t.Errorf("%s: conditions (-want +got):\n%s", name, diff)
		}
	}
}
