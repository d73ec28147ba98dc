package headstart

// reportWords are decisionWords of the morning report. They stand in no timeline: they
// are what a replay says of it.
var reportWords = map[string][2]string{
	"R-08 report_owed":    {"Ochtendrapport van {day} klaar om te versturen ({subject}).", "Morning report of {day} is due to be sent ({subject})."},
	"R-08 report_skipped": {"Het rapport voor de stand-up van {day} is overgeslagen: het was te laat.", "The stand-up report of {day} was skipped: it was too late."},
	"R-08 report_wanted":  {"{by} laat het ochtendrapport nu versturen.", "{by} has the morning report sent now."},
	"R-08 report_missing": {"Het ochtendrapport van {day} is niet aangekomen ({edition}).", "The morning report of {day} did not arrive ({edition})."},
}
