package figures

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"headstart/spreadsheet"
)

// Bounds on a list of calls. Six years by the hour fit.
const (
	mostCallBytes    = 2 << 20
	mostCallRows     = 60_000
	mostCallColumns  = 64
	mostCallMistakes = 20
	mostCallsInRow   = 1_000_000
	longestWait      = 24 * 3600 // seconds
	longestRow       = 25 * 3600 // seconds: the day on which the clock goes back
)

// column is what the cells of a list of calls are about.
type column int

const (
	colDay column = iota
	colHour
	colTo
	colCalls
	colAnswered
	colAbandoned
	colWait
)

// callHeaders are the words that telephone systems write above a column, in small
// letters and digits alone.
var callHeaders = map[column][]string{
	colDay:       {"from", "van", "begin", "start", "startofinterval", "date", "datum", "day", "dag", "datetime", "datumtijd", "periode", "period"},
	colHour:      {"hour", "uur", "time", "tijd", "tijdstip", "tijdvak", "interval"},
	colTo:        {"to", "tot", "end", "einde", "eind", "until"},
	colCalls:     {"calls", "offered", "callsoffered", "offeredcalls", "totalcalls", "total", "gesprekken", "oproepen", "aangeboden", "aangebodengesprekken", "aantalgesprekken", "totaalgesprekken", "totaal", "telefoontjes", "inkomend"},
	colAnswered:  {"answered", "handled", "callsanswered", "answeredcalls", "beantwoord", "beantwoordegesprekken", "aangenomen", "opgenomen"},
	colAbandoned: {"abandoned", "lost", "missed", "callsabandoned", "abandonedcalls", "opgehangen", "verlaten", "gemist", "afgebroken", "afgehaakt", "verlorengesprekken"},
	colWait:      {"meanwait", "wait", "averagewait", "avgwait", "waittime", "averagewaittime", "avgwaittime", "meanwaittime", "asa", "averagespeedofanswer", "queuetime", "averagequeuetime", "wachttijd", "gemiddeldewachttijd", "gemwachttijd", "wachttijdgemiddeld", "gemiddeldetijdinwachtrij"},
}

// ReadCalls reads what a telephone system counted, by day or by hour, as CSV with a
// line of headers in Dutch or English: the day, perhaps the hour, calls, answered,
// abandoned and the mean wait. Times are local to zone. Nothing of a list with a
// mistake is returned: a total over half of it would be wrong.
func ReadCalls(data []byte, zone *time.Location) ([]Calls, []Mistake) {
	if len(data) > mostCallBytes {
		return nil, []Mistake{{"list", fmt.Sprintf("it is larger than %d MiB; split it by year", mostCallBytes>>20)}}
	}
	text, err := spreadsheet.Text(data)
	if err != nil {
		return nil, []Mistake{{"list", err.Error()}}
	}
	r := &callReader{zone: zone, csv: spreadsheet.NewReader(text)}
	r.csv.TrimLeadingSpace = true
	r.read()
	if len(r.wrong) > 0 {
		return nil, r.wrong
	}
	return r.calls, nil
}

type callReader struct {
	zone    *time.Location
	csv     *csv.Reader
	columns map[column]int
	calls   []Calls
	wrong   []Mistake
}

func (r *callReader) add(line int, format string, args ...any) {
	if len(r.wrong) < mostCallMistakes {
		r.wrong = append(r.wrong, Mistake{fmt.Sprintf("line %d", line), fmt.Sprintf(format, args...)})
	}
}

func (r *callReader) read() {
	line, cells, err := r.next()
	if errors.Is(err, io.EOF) {
		r.wrong = append(r.wrong, Mistake{"list", "it is empty; its first line names the columns, such as date, hour, calls, answered, abandoned, mean wait"})
	}
	if err != nil || !r.header(line, cells) {
		return
	}
	var lines []int // of each row, from 1
	for line, cells, err = r.next(); err == nil; line, cells, err = r.next() {
		if c, ok := r.row(line, cells); ok {
			r.calls, lines = append(r.calls, c), append(lines, line)
		}
	}
	if errors.Is(err, io.EOF) {
		r.overlaps(lines)
	}
}

// errCallsTooMany ends a list that is larger than anybody's.
var errCallsTooMany = errors.New("more than is read of a list")

// next reads one line; io.EOF: there is none. What else is wrong is noted already.
func (r *callReader) next() (line int, cells []string, err error) {
	cells, err = r.csv.Read()
	if err != nil && !errors.Is(err, io.EOF) {
		r.wrong = append(r.wrong, Mistake{"list", "it is no CSV (" + err.Error() + "); save it again as CSV"})
	}
	if err != nil {
		return 0, nil, err
	}
	line, _ = r.csv.FieldPos(0)
	if len(cells) > mostCallColumns || len(r.calls) >= mostCallRows {
		r.add(line, "the list has more than %d columns or %d rows; split it by year", mostCallColumns, mostCallRows)
		return 0, nil, errCallsTooMany
	}
	return line, cells, nil
}

// header finds the columns; false: the list cannot be read without what is missing.
func (r *callReader) header(line int, cells []string) bool {
	r.columns = map[column]int{}
	for n, cell := range cells {
		if col, known := columnOf(cell); known {
			if _, twice := r.columns[col]; !twice {
				r.columns[col] = n
			}
		}
	}
	for _, need := range []struct {
		col  column
		name string
	}{{colDay, "date (datum)"}, {colAnswered, "answered (beantwoord)"}, {colWait, "mean wait (gemiddelde wachttijd)"}} {
		if _, has := r.columns[need.col]; !has {
			r.add(line, "no column is called %s; name the columns in the first line: date, hour, calls, answered, abandoned, mean wait", need.name)
		}
	}
	_, calls := r.columns[colCalls]
	_, abandoned := r.columns[colAbandoned]
	if !calls && !abandoned {
		r.add(line, "neither calls (gesprekken) nor abandoned (opgehangen) is a column; add one of them")
	}
	return len(r.wrong) == 0
}

// columnOf is the column a header names, what stands in brackets aside.
func columnOf(header string) (col column, known bool) {
	before, _, _ := strings.Cut(header, "(")
	word := strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return unicode.ToLower(c)
		}
		return -1
	}, before)
	for col, words := range callHeaders {
		if slices.Contains(words, word) {
			return col, true
		}
	}
	return 0, false
}

func blankRow(cells []string) bool {
	return !slices.ContainsFunc(cells, func(s string) bool { return strings.TrimSpace(s) != "" })
}

// total reports whether a row sums up those above it.
func total(cell string) bool {
	switch strings.ToLower(strings.Trim(cell, " :")) {
	case "total", "totaal", "sum", "som":
		return true
	}
	return false
}

func (r *callReader) cell(cells []string, c column) string {
	if n, has := r.columns[c]; has && n < len(cells) {
		return strings.TrimSpace(cells[n])
	}
	return ""
}

// row reads one line; false: it is empty or a total, or something in it is wrong.
func (r *callReader) row(line int, cells []string) (Calls, bool) {
	if blankRow(cells) || total(cells[0]) {
		return Calls{}, false
	}
	before := len(r.wrong)
	from, to, problem := interval(r.cell(cells, colDay), r.cell(cells, colHour), r.cell(cells, colTo), r.zone)
	if problem != "" {
		r.add(line, "%s", problem)
	}
	c := Calls{From: from.Unix(), To: to.Unix()}
	c.Answered = r.whole(line, cells, colAnswered, "answered")
	c.Abandoned = r.whole(line, cells, colAbandoned, "abandoned")
	c.Calls = c.Answered + c.Abandoned
	_, calls := r.columns[colCalls]
	_, abandoned := r.columns[colAbandoned]
	if calls {
		c.Calls = r.whole(line, cells, colCalls, "calls")
		if !abandoned {
			c.Abandoned = max(0, c.Calls-c.Answered)
		}
	}
	if c.Answered+c.Abandoned > c.Calls {
		r.add(line, "%d calls are fewer than the %d answered and %d abandoned; correct one of them", c.Calls, c.Answered, c.Abandoned)
	}
	wait, ok := duration(r.cell(cells, colWait))
	switch {
	case !ok && c.Answered == 0 && r.cell(cells, colWait) == "": // nobody waited
	case !ok:
		r.add(line, "the wait is %.20q; write seconds, or minutes and seconds as 1:05", r.cell(cells, colWait))
	}
	c.Wait = wait
	return c, len(r.wrong) == before
}

func (r *callReader) whole(line int, cells []string, c column, name string) int {
	text := r.cell(cells, c)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > mostCallsInRow {
		r.add(line, "%s is %.20q; write a whole number of calls", name, text)
		return 0
	}
	return n
}

// overlaps refuses two rows about the same time. lines are those of the rows.
func (r *callReader) overlaps(lines []int) {
	order := make([]int, len(r.calls))
	for n := range order {
		order[n] = n
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(r.calls[a].From, r.calls[b].From) })
	for n := 1; n < len(order); n++ {
		if a, b := order[n-1], order[n]; r.calls[b].From < r.calls[a].To {
			r.add(max(lines[a], lines[b]), "it is about the same time as line %d; remove one of the two, or list one queue at a time", min(lines[a], lines[b]))
		}
	}
}

var (
	dayForms  = []string{"2006-01-02", "02-01-2006", "2-1-2006", "02/01/2006", "2/1/2006", "20060102", "02.01.2006"}
	timeForms = []string{"15:04", "15:04:05", "15.04", "15"}
)

// interval reads when a row is about: a day, an hour of it, or from one time to
// another. problem says what is wrong.
func interval(day, hour, end string, zone *time.Location) (from, to time.Time, problem string) {
	date, clock := splitClock(day)
	at, ok := parseAny(date, dayForms, zone)
	if !ok || at.Year() < 1990 || at.Year() > 2199 {
		return from, to, fmt.Sprintf("the day is %.30q; write it as 2026-11-23 or 23-11-2026", day)
	}
	if hour != "" {
		clock = hour
	}
	first, last, ranged := strings.Cut(clock, "-")
	if end == "" && ranged {
		end = last
	}
	if strings.TrimSpace(first) == "" {
		return at, at.AddDate(0, 0, 1), ""
	}
	if from, ok = clockOf(at, first, zone); !ok {
		return from, to, fmt.Sprintf("the hour is %.20q; write it as 08:00 or 8", clock)
	}
	to = from.Add(time.Hour)
	if end != "" {
		if _, only := splitClock(end); only != "" {
			end = only
		}
		if to, ok = clockOf(at, end, zone); !ok {
			return from, to, fmt.Sprintf("the end is %.20q; write it as 09:00", end)
		}
	}
	if !to.After(from) || to.Sub(from) > longestRow*time.Second {
		return from, to, fmt.Sprintf("%.20q ends before it begins; write the end of the same day, at most 24:00", clock+" "+end)
	}
	return from, to, ""
}

// splitClock parts a day from the time behind it.
func splitClock(s string) (day, clock string) {
	if at := strings.IndexAny(s, " T"); at > 0 {
		return s[:at], strings.TrimSpace(s[at+1:])
	}
	return s, ""
}

// clockOf is a time of day on the day of at; 24:00 is the midnight after it.
func clockOf(at time.Time, s string, zone *time.Location) (time.Time, bool) {
	y, m, d := at.Date()
	s = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(s), "u"))
	if s == "24:00" || s == "24" || s == "24.00" {
		return time.Date(y, m, d+1, 0, 0, 0, 0, zone), true
	}
	t, ok := parseAny(s, timeForms, time.UTC)
	if !ok {
		if n, err := strconv.Atoi(s); err == nil && n >= 0 && n < 24 && len(s) == 1 {
			return time.Date(y, m, d, n, 0, 0, 0, zone), true
		}
		return time.Time{}, false
	}
	return time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), 0, zone), true
}

func parseAny(s string, forms []string, zone *time.Location) (time.Time, bool) {
	for _, f := range forms {
		if t, err := time.ParseInLocation(f, strings.TrimSpace(s), zone); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// duration reads seconds, with a comma or a point, or m:ss or h:mm:ss.
func duration(s string) (float64, bool) {
	if s == "" {
		return 0, false
	}
	parts := strings.Split(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(s), "s")), ":")
	if len(parts) > 3 {
		return 0, false
	}
	sum := 0.0
	for n, p := range parts {
		x, err := strconv.ParseFloat(strings.Replace(p, ",", ".", 1), 64)
		if err != nil || !(x >= 0 && x <= longestWait) || n > 0 && x >= 60 {
			return 0, false
		}
		sum = float64(sum*60) + x
	}
	return sum, sum <= longestWait
}
