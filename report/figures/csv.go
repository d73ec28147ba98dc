package figures

import (
	"bytes"
	"encoding/csv"
	"strconv"

	"headstart/spreadsheet"
)

// CSV is a as a list, one line a figure and row: first those of all, then those by
// service and so on. Names are written by others and may look like formulas. Numbers are
// ours and stay numbers, also below zero.
func (a *KPIs) CSV() []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"from", "to", "by", "id", "name", "key", "unit", "value", "cases", "before_value", "before_cases", "not_measured"}) // a buffer takes all
	write := func(id, name string, list []AnsweredFigure) {
		for n := range list {
			f := &list[n]
			by := ""
			if name != "" {
				by = string(a.By)
			}
			_ = w.Write([]string{
				a.From, a.To, by, spreadsheet.Escape(id), spreadsheet.Escape(name), f.Key, string(f.Unit), numeral(f.Value), strconv.Itoa(f.Cases),
				numeral(f.Before.Value), strconv.Itoa(f.Before.Cases), spreadsheet.Escape(f.NotMeasured),
			})
		}
	}
	write("", "", a.Figures)
	for _, r := range a.Rows {
		write(r.ID, r.Name, r.Figures)
	}
	w.Flush()
	return b.Bytes()
}

func numeral(x *float64) string {
	if x == nil {
		return ""
	}
	return strconv.FormatFloat(*x, 'f', -1, 64)
}
