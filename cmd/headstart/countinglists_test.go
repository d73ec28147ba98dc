package main

import "time"

// What counting_test.go counts with: head starts, promises, shares of lists.

// lead is the head start of i from the times of its tickets, and how many calls have none.
func (c *counting) lead(i *countedIncident) (lead float64, timeless int, has bool) {
	var first time.Time
	for _, t := range c.links {
		for _, l := range t.Links {
			if l.Group != i.Group || l.Verdict != "linked" {
				continue
			}
			since := t.CreatedAt
			if !t.ReportedAt.IsZero() {
				since = t.ReportedAt
			}
			if t.Channel == "phone" && t.ReportedAt.IsZero() {
				timeless++
			} else if first.IsZero() || since.Before(first) {
				first = since
			}
		}
	}
	drill := len(i.LeadLeftOut) > 0 && string(i.LeadLeftOut) != "null"
	if first.IsZero() || i.AnnouncedAt == nil || drill {
		return 0, timeless, false
	}
	return float64(int64(first.Sub(*i.AnnouncedAt) / time.Second)), timeless, true
}

// promises counts those of a notice that were due.
func (c *counting) promises(a *countedNotice) (kept, made int) {
	var due *time.Time
	for _, u := range a.Updates {
		if u.Corrects {
			continue
		}
		if due != nil {
			made++
			if u.At.Sub(*due) < time.Minute {
				kept++
			}
		}
		if due = u.Next; u.Final {
			due = nil
		}
	}
	if due != nil && a.State == "published" {
		made++ // nothing came, and the month is long over
	}
	return kept, made
}

// telephone is known by heart: 20 calls of January, of which 18 answered.
func (c *counting) telephone(out map[string]plainly, by string) {
	none := by != "" && by != "month"
	out["telephone_calls"] = plainly{20, 20, none}
	out["telephone_answered"] = plainly{18, 20, none}
	out["telephone_abandoned"] = plainly{2, 20, none}
	out["telephone_wait_mean"] = plainly{(10*65 + 8*30) / 18.0, 18, none}
}

// three puts mean, middle and the ninth of ten of values under a name.
func three(out map[string]plainly, name string, values []float64) {
	total := 0.0
	for _, v := range values {
		total += v
	}
	n := len(values)
	out[name+"mean"] = plainly{total / float64(max(1, n)), n, n == 0}
	out[name+"p50"] = plainly{at(values, .5), n, n == 0}
	out[name+"p90"] = plainly{at(values, .9), n, n == 0}
}

// at is the value at a share of the way from the least to the most, as a spreadsheet's
// PERCENTILE has it: by counting how many lie below each.
func at(values []float64, share float64) float64 {
	if len(values) == 0 {
		return 0
	}
	rank := func(k int) float64 { // the value with k below it
		for _, v := range values {
			below, equal := 0, 0
			for _, w := range values {
				if w < v {
					below++
				} else if w == v {
					equal++
				}
			}
			if below <= k && k < below+equal {
				return v
			}
		}
		return 0
	}
	place := share * float64(len(values)-1)
	low := int(place)
	high := min(low+1, len(values)-1)
	return rank(low)*(1-(place-float64(low))) + rank(high)*(place-float64(low))
}
