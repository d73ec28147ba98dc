package evidence

// The packs: what people call the applications of a trade. They are the same
// general language as basics, of fewer people each.
var packs = []group{
	{
		pack:    "office",
		anchors: "=fin, financ, financieel, financien, facturen, factuur, facturatie, boekhoud, crediteur, =afas, =exact, invoice, =erp, finance, accounting",
		nl:      words{"facturen, factuur, facturatie, boekhouding, boekhoudpakket, boekhoudprogramma, financieel systeem, financiele pakket, financiele systeem, financieel pakket, inkooporder, inkooporders, boekingen, grootboek, crediteuren, debiteuren", "accorderen, betaling, betalingen, betaalrun, betalingsrun, boeken, inboeken, bestelbon", "bestelling, bestellingen, goedkeuren, budget"},
		en:      words{"invoice, invoices, invoicing, bookkeeping, finance system, accounting system, purchase order, purchase orders, ledger", "payment, payments, payment run, approve invoices", "order, orders, approve, budget"},
	}, {
		pack:    "office",
		anchors: "=hr, personeel, verlof, salaris, payroll, =loon, tijdregistratie, tijdsregistratie",
		nl:      words{"verlof, verlofaanvraag, verlofaanvragen, salarisstrook, salarisstroken, loonstrook, loonbrief, loonbrieven, personeelssysteem, declaratie, declaraties, hr systeem, hr pakket, hr portaal, onkostennota, urenregistratie, tijdregistratie", "vakantiedagen, verlofuren, verlofdagen, ziekmelding, ziek melden, vakantie aanvragen, uren schrijven, uren boeken", "uren, rooster, salaris"},
		en:      words{"payslip, payslips, leave request, leave requests, hr system, hr portal, expense claim, expense claims, time sheet, timesheet, timesheets", "sick leave, holiday request, book leave, vacation days", "salary, leave, hours"},
	}, {
		pack:    "office",
		anchors: "zaak, zaaksysteem, dossier, dossiers, =crm, =case, salesforce, klantsysteem",
		nl:      words{"zaaksysteem, zaken, zaak, dossiers, dossier, dossiersysteem, crm, klantsysteem, klantgegevens", "zaak openen, zaaknummer, zaaktype, klantdossier, dossier openen", "aanvraag, melding, klant, brief, brieven"},
		en:      words{"case system, case management, cases, crm, customer records", "customer record, case file", "case, customer"},
	}, {
		pack:    "government",
		anchors: "=brp, burgerzaken, burgerzakensysteem, bevolking, bevolkingsregister, rijksregister",
		nl:      words{"brp, burgerzakensysteem, bevolkingsregister, rijksregister, basisregistratie", "paspoort, paspoorten, rijbewijs, rijbewijzen, identiteitskaart, identiteitskaarten, uittreksel, uittreksels, persoonsgegevens, akte, aktes, burgerservicenummer, id kaart", "aangifte, balie, burger"},
		en:      words{"population register, civil registry", "passport, passports, driving licence, driving license, identity card, birth certificate", "citizen, desk"},
	}, {
		pack:    "government",
		anchors: "=kaart, kaartviewer, =gis, =geo, geokaart, geoportaal, kaarten, arcgis",
		nl:      words{"gis, kaartviewer, kaartlaag, kaartlagen, geodata, geoportaal, kaartmateriaal", "kaart, kaarten, kaartje, luchtfoto, luchtfotos, percelen, perceel, kadaster, rioolkaart", "tekening, adres"},
		en:      words{"gis, map viewer, map layer, map layers, geodata", "aerial photo, aerial photos, parcels", "drawing"},
	}, {
		pack:    "government",
		anchors: "=raad, raadsapp, raadsinformatie, vergaderstukken, vergaderapp, notubiz, ibabs",
		nl:      words{"vergaderstukken, raadsstukken, raadsinformatie, vergaderapp", "raadsleden, raadslid, fractieleden, fractie, raadsvergadering, agendastukken, stukken, gemeenteraad", "raad, commissie, vergadering, bijlagen"},
		en:      words{"council papers, council documents", "councillors, council members, council meeting", "committee"},
	}, {
		pack:    "service desk",
		anchors: "=queue, klantgeleiding, volgnummer, volgnummers, bonnenzuil, nummertjes",
		nl:      words{"volgnummer, volgnummers, bonnetje, bonnetjes, bonnenzuil, aanmeldzuil, oproepscherm, oproepsysteem, nummertje, nummertjes, nummertjesautomaat, klantgeleiding", "zuil, wachtkamer, wachtruimte, omgeroepen, oproepen, scherm in de hal, scherm in de wachtruimte", "balie, bon, wachtende, wachtrij"},
		en:      words{"queue number, queue numbers, ticket machine, queueing system, queue system, number display", "waiting room, call the next, kiosk", "counter, display"},
	}, {
		pack:    "retail",
		anchors: "=pin, pinautomaat, pinautomaten, betaalautomaat, betaalterminal, bancontact, kassa, kassas, payment, =pos",
		nl:      words{"pin, pinnen, gepind, pint, pinapparaat, pinautomaat, pinautomaten, pinterminal, betaalautomaat, betaalautomaten, betaalterminal, bancontact, kassa, kassas, betaalapparaat", "contant, cash, afrekenen, transactie, transacties, betalen, betaald", "klanten, balie, kasgeld"},
		en:      words{"card payment, card payments, payment terminal, payment terminals, card machine, till, tills, cash register, pos terminal", "cash only, cash, transaction, transactions, pay by card, checkout", "customers, counter"},
	}, {
		pack:    "education",
		anchors: "=elo, leeromgeving, leerplatform, moodle, magister, somtoday, canvas, brightspace, smartschool, toledo, =lms",
		nl:      words{"elo, leeromgeving, leerplatform, moodle, magister, somtoday, canvas, brightspace, smartschool", "cijfers, punten, opdracht inleveren, opdrachten inleveren, absenties, rooster", "leerlingen, studenten, toets, toetsen, les"},
		en:      words{"learning environment, learning platform, moodle, canvas, brightspace, lms", "grades, hand in, submit assignment, timetable", "students, pupils, exam, class"},
	}, {
		pack:    "care",
		anchors: "=epd, =ehr, =ecd, patient, patientendossier, =hix, zorgdossier, elektronisch patienten",
		nl:      words{"epd, ecd, patientendossier, patientendossiers, zorgdossier, hix, medisch dossier", "patient, patienten, medicatie, medicatielijst, recepten, labuitslag, labuitslagen", "dossier, spreekuur, afdeling"},
		en:      words{"medical record, medical records, patient record, patient records, ehr", "patient, patients, medication, prescriptions, lab results", "ward, clinic"},
	}, {
		pack:    "logistics",
		anchors: "=wms, magazijn, magazijnsysteem, warehouse, voorraad, voorraadsysteem, =sap, stock",
		nl:      words{"wms, magazijnsysteem, voorraadsysteem, magazijnbeheer", "voorraad, voorraden, pick, picken, picklijst, pickbon, pallets, inslag, inslaan, uitslag, orderpicken, goederenontvangst", "magazijn, locatie, levering"},
		en:      words{"wms, warehouse system, stock system, inventory system", "stock, inventory, picking, pick list, pallets, goods receipt", "warehouse, delivery"},
	},
}
