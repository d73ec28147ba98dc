package headstart

// dutyWords are decisionWords of who works when, hand-over and escalation.
var dutyWords = map[string][2]string{
	"O-28 off_duty":         {"De diensttijd van {owner} is om; niemand is nu eigenaar.", "The hours of {owner} are over; nobody owns it now."},
	"O-28 back_on_duty":     {"{owner} is er weer en niemand nam het over: weer eigenaar.", "{owner} is back and nobody took over: owner again."},
	"O-28 handover_offered": {"{incident} overdragen vóór {until}: {owner} gaat dan weg, {next} kan het overnemen.", "Hand over {incident} before {until}: {owner} leaves then, {next} can take over."},
	"O-28 handover_nobody":  {"{incident} overdragen vóór {until}: {owner} gaat dan weg en daarna werkt niemand van de lijst.", "Hand over {incident} before {until}: {owner} leaves then and nobody of the list works after that."},
	"O-28 unowned":          {"Niemand nam dit op sinds {since}: {subject} opgeroepen (lijn {line}, stap {step}).", "Nobody took this since {since}: {subject} called (line {line}, step {step})."},
	"O-28 silent_owner":     {"Wie eraan werkt liet niets horen sinds {since}: {subject} opgeroepen (lijn {line}, stap {step}).", "Whoever works on it was not heard since {since}: {subject} called (line {line}, step {step})."},
	"O-28 escalation_waits": {"Geen groep die nu werkt om dit naar te brengen; de eerste is er {until}.", "No group works now that this could be brought to; the first does at {until}."},
	"O-28 escalation_ended": {"Geen groep over om dit naar te brengen (opgeroepen: {steps}).", "No group is left to bring this to (called: {steps})."},
	"O-28 unowned_todo":     {"{incident} heeft geen eigenaar sinds {since}.", "{incident} has had no owner since {since}."},
	"O-28 desk_told":        {"De desk is hiervan bericht via {subject} ({reason}).", "The desk was told of this through {subject} ({reason})."},
	"O-28 desk_full":        {"De desk kreeg het afgelopen uur al bericht van {limit} storingen; deze staat alleen op het bord.", "The desk was told of {limit} incidents within the hour; this one stands on the board alone."},
	"O-28 todo_closed":      {"Taak {subject} is vanzelf klaar ({reason}).", "To-do {subject} closed by itself ({reason})."},
	"O-28 promise_due":      {"{incident}: gebruikers wachten op een bericht om {promised}.", "{incident}: users expect a message at {promised}."},

	"H-01 acked_by_mail": {"Opgepakt via een mail-link ({subject}).", "Taken through a link in a mail ({subject})."},
	"H-01 desk_done":     {"{by} vinkt taak {subject} af.", "{by} ticks off to-do {subject}."},
	"H-01 desk_undone":   {"{by} zet taak {subject} terug.", "{by} puts to-do {subject} back."},
	"H-01 desk_handover": {"{by} schrijft een overdracht.", "{by} writes a hand-over."},
	"H-01 desk_todo":     {"{by} schrijft een taak op.", "{by} writes down a to-do."},
	"H-01 desk_notice":   {"{by} schrijft een mededeling.", "{by} writes a notice."},
}
