package incidents

import (
	"slices"
	"strings"

	"headstart"
)

// Who silenced alerts, and why, stands in the timeline of the incident they belong to, in
// the line of ruleSilenced, and beside the incident and its drafts while it lives (ruling
// 17). The name goes like any other; the comment is what somebody wrote, and stays as notes
// do.
const ruleSilenced = "P-17"

// mutedByPerson reports whether d names somebody who silenced alerts.
func mutedByPerson(d *headstart.Decision) bool {
	return d.Rule == ruleSilenced && d.Fact("by") != muters(d)
}

// muters are those that silence, by the words of d, without their names.
func muters(d *headstart.Decision) string {
	var by []string
	for who := range strings.SplitSeq(d.Fact("by"), ", ") {
		if who != "" && who != "inhibited" {
			who = role
		}
		by = append(by, who)
	}
	return strings.Join(by, ", ")
}

// unmuted is a list without the names in it.
func unmuted(list []headstart.Mute) (out []headstart.Mute, changed bool) {
	out = slices.Clone(list)
	for n := range out {
		if isPerson(out[n].By) {
			out[n].By, changed = role, true
		}
	}
	return out, changed
}

// allSilenced opens the reason of a draft that goes on with by whom, in Dutch and English.
var allSilenced = [2]string{"alle signalen zijn gedempt", "all alerts silenced"}

// reasons are the fact of a decision that something waits for a person. By whom all is
// silenced the draft itself says.
func reasons(why []string) []headstart.Fact {
	return facts("why", strings.Join(withoutMuters(why), "; "))
}

func withoutMuters(why []string) []string {
	out := slices.Clone(why)
	for n, w := range out {
		for _, words := range allSilenced {
			if at := strings.Index(w, words); at >= 0 {
				out[n] = w[:at+len(words)]
			}
		}
	}
	return out
}
