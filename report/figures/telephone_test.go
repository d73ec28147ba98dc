package figures

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestReadCalls(t *testing.T) {
	zone := amsterdam(t)
	at := func(s string) int64 { return local(t, s) }
	hour := func(from string, calls, answered, abandoned int, wait float64) Calls {
		return Calls{From: at(from), To: at(from) + 3600, Calls: calls, Answered: answered, Abandoned: abandoned, Wait: wait}
	}
	for name, c := range map[string]struct {
		list string
		want []Calls
	}{
		"as the contract names it": {
			"from,to,calls,answered,abandoned,mean wait\n2026-11-20 08:00,2026-11-20 09:00,12,10,2,65\n",
			[]Calls{hour("2026-11-20 08:00", 12, 10, 2, 65)},
		},
		"Dutch, by the hour, with a total": {
			"\ufeffDatum;Uur;Gesprekken;Beantwoord;Gemiddelde wachttijd (s)\n20-11-2026;08:00;12;10;1:05\n20-11-2026;9;8;8;30,5\nTotaal;;20;18;\n",
			[]Calls{hour("2026-11-20 08:00", 12, 10, 2, 65), hour("2026-11-20 09:00", 8, 8, 0, 30.5)},
		},
		"by day, without calls": {
			"Dag\tAangenomen\tOpgehangen\tWachttijd\n2026-10-25\t90\t10\t0:00:40\n",
			[]Calls{{From: at("2026-10-25 00:00"), To: at("2026-10-26 00:00"), Calls: 100, Answered: 90, Abandoned: 10, Wait: 40}},
		},
		"by half hours, the last until midnight": {
			"date,interval,offered,answered,abandoned,asa\n2026-11-20,23:00-23:30,1,0,1,\n2026-11-20,23:30 - 24:00,1,1,0,5s\n",
			[]Calls{{From: at("2026-11-20 23:00"), To: at("2026-11-20 23:30"), Calls: 1, Abandoned: 1}, {From: at("2026-11-20 23:30"), To: at("2026-11-21 00:00"), Calls: 1, Answered: 1, Wait: 5}},
		},
	} {
		got, wrong := ReadCalls([]byte(c.list), zone)
		if diff := cmp.Diff(c.want, got); diff != "" || len(wrong) > 0 {
			t.Errorf("%s: %v %s", name, wrong, diff)
		}
	}
	for name, c := range map[string]struct{ list, want string }{
		"empty":                {"", "list: it is empty; its first line names the columns, such as date, hour, calls, answered, abandoned, mean wait"},
		"no header":            {"2026-11-20,12,10\n", "line 1: no column is called date (datum); name the columns"},
		"neither of two":       {"date,answered,wait\n", "line 1: neither calls (gesprekken) nor abandoned (opgehangen) is a column; add one of them"},
		"a day of no calendar": {"date,calls,answered,wait\n2026-02-30,1,1,1\n", `line 2: the day is "2026-02-30"; write it as 2026-11-23 or 23-11-2026`},
		"half a call":          {"date,calls,answered,wait\n2026-02-20,1.5,1,1\n", `line 2: calls is "1.5"; write a whole number of calls`},
		"no wait":              {"date,calls,answered,wait\n2026-02-20,1,1,\n", `line 2: the wait is ""; write seconds, or minutes and seconds as 1:05`},
		"infinitely long":      {"date,calls,answered,wait\n2026-02-20,1,1,Inf\n", `line 2: the wait is "Inf"; write seconds, or minutes and seconds as 1:05`},
		"more than there were": {"date,calls,answered,abandoned,wait\n2026-02-20,3,2,2,4\n", "line 2: 3 calls are fewer than the 2 answered and 2 abandoned; correct one of them"},
		"twice the same hour":  {"date,hour,calls,answered,wait\n2026-02-20,8,1,1,1\n2026-02-21,8,1,1,1\n2026-02-20,08:30,1,1,1\n", "line 4: it is about the same time as line 2; remove one of the two, or list one queue at a time"},
		"a workbook":           {"PK\x03\x04\x00", "list: this is a workbook, not CSV; in the spreadsheet choose Save as, CSV UTF-8"},
		"too large":            {strings.Repeat("x", mostCallBytes+1), "list: it is larger than 2 MiB; split it by year"},
	} {
		got, wrong := ReadCalls([]byte(c.list), zone)
		if len(got) > 0 || len(wrong) == 0 || !strings.HasPrefix(wrong[0].Field+": "+wrong[0].Text, c.want) {
			t.Errorf("%s: %v %v, want nothing but %q", name, got, wrong, c.want)
		}
	}
}

// Whatever a telephone system writes, what is read of it are counts that can be.
func FuzzReadCalls(f *testing.F) {
	f.Add([]byte("from,to,calls,answered,abandoned,mean wait\n2026-11-20 08:00,2026-11-20 09:00,12,10,2,65\n"))
	f.Add([]byte("\ufeffDatum;Uur;Gesprekken;Beantwoord;Gemiddelde wachttijd (s)\n20-11-2026;08:00-09:30;12;10;1:05\nTotaal;;20;18;\n"))
	f.Add([]byte("date,hour,calls,answered,wait\n\"2026-02-20\n,8,1,1,1\n"))
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		calls, wrong := ReadCalls(data, zone)
		if len(calls) > 0 && len(wrong) > 0 || len(wrong) > mostCallMistakes+1 {
			t.Fatalf("%d rows beside %d mistakes", len(calls), len(wrong))
		}
		for n, c := range calls {
			if c.From >= c.To || c.To-c.From > 25*3600 || c.Answered < 0 || c.Abandoned < 0 || c.Answered+c.Abandoned > c.Calls || !(c.Wait >= 0 && c.Wait <= longestWait) {
				t.Fatalf("row %d cannot be: %+v", n, c)
			}
		}
	})
}
