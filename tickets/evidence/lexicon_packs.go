package evidence

// The packs: what people call the applications of a trade. They are the same
// general language as basics, of fewer people each. Names of products that many
// organisations have are anchors: they say what a service is for.
var packs = []group{
	{
		pack:    "office",
		anchors: "=fin, financ, financieel, financien, facturen, factuur, facturatie, boekhoud, crediteur, =afas, =exact, invoice, =erp, finance, accounting, navision, business central, dynamics, odoo, unit4, twinfield, =visma, grootboek",
		nl:      words{"facturen, factuur, facturatie, factureren, gefactureerd, boekhouding, boekhoudpakket, boekhoudprogramma, financieel systeem, financiele pakket, financiele systeem, financieel pakket, inkooporder, inkooporders, boekingen, grootboek, crediteuren, debiteuren, erp", "accorderen, betaling, betalingen, betaalrun, betalingsrun, boeken, inboeken, bestelbon, bestelbonnen, offertes, declareren, inkoopaanvraag, inkoopaanvragen, begroting, facturen goedkeuren", "bestelling, bestellingen, goedkeuren, budget, orders, leverancier"},
		en:      words{"invoice, invoices, invoicing, bookkeeping, finance system, accounting system, purchase order, purchase orders, ledger, erp, requisition, requisitions", "payment, payments, payment run, approve invoices, billing, expenses, expense, supplier payment, supplier payments, purchase requests, budgets", "order, orders, approve, budget, supplier, suppliers"},
	}, {
		pack:    "office",
		anchors: "=hr, hrm, personeel, verlof, salaris, payroll, =loon, tijdregistratie, tijdsregistratie, urenregistratie, youforce, nmbrs, workday, successfactors, sdworx",
		nl:      words{"verlof, verlofaanvraag, verlofaanvragen, salarisstrook, salarisstroken, loonstrook, loonbrief, loonbrieven, personeelssysteem, declaratie, declaraties, hr systeem, hr pakket, hr portaal, onkostennota, onkosten, urenregistratie, tijdregistratie", "vakantiedagen, verlofuren, verlofdagen, ziekmelding, ziek melden, vakantie aanvragen, uren schrijven, uren boeken, uren ingeven, verlof aanvragen, uren invullen", "uren, rooster, salaris"},
		en:      words{"payslip, payslips, leave request, leave requests, hr system, hr portal, expense claim, expense claims, expenses, time sheet, timesheet, timesheets, annual leave", "sick leave, holiday request, book leave, vacation days, holiday booking, book holiday, appraisal, appraisals, absence", "salary, leave, hours"},
	}, {
		pack:    "office",
		anchors: "rooster, planning, planbord, dienstrooster, roster, shift, =ortec, zelfrooster, timetabl",
		nl:      words{"rooster, roosters, dienstrooster, planbord, planning, inroosteren, roosteren, roosterprogramma, uurrooster, uurroosters, werkrooster, lesrooster", "diensten ruilen, dienst ruilen, mijn diensten, shiften, shift, vroege, late, nachten, prikken, lokaalwijziging", "diensten, inplannen, planner"},
		en:      words{"roster, rosters, rota, scheduling, planning board, shift plan, schedule, timetable, timetables, timetabling, my timetable", "my shifts, swap shifts, shift, shifts, room changes", "planner, planning"},
	}, {
		pack:    "office",
		anchors: "zaak, zaaksysteem, dossier, dossiers, =crm, =case, salesforce, hubspot, klantsysteem",
		nl:      words{"zaaksysteem, zaken, zaak, dossiers, dossier, dossiersysteem, crm, klantsysteem, klantgegevens", "zaak openen, zaaknummer, zaaktype, klantdossier, dossier openen, klantenfiche", "aanvraag, melding, klant, brief, brieven"},
		en:      words{"case system, case management, crm, customer records", "customer record, case file, case files", "case, cases, customer"},
	}, {
		pack:    "office",
		anchors: "=dms, documentbeheer, document management, archief, archive, documentensysteem, scanstraat, docuware, alfresco, decos, corsa",
		nl:      words{"dms, documentbeheer, documentsysteem, archief, archiefsysteem, documentenbeheer", "document openen, documenten openen, documenten, ondertekenen, archiveren, gearchiveerd", "document, brieven, brief"},
		en:      words{"dms, document management, document system, archive", "documents, signing, archived", "document, letters"},
	}, {
		pack:    "office",
		anchors: "=bi, powerbi, power bi, rapport, rapportage, dashboard, dashboards, datawarehouse, reporting, qlik, tableau, cognos",
		nl:      words{"rapportage, rapportages, rapporten, dashboard, dashboards, power bi", "rapport, cijfers, overzichten", "overzicht, data"},
		en:      words{"reports, reporting, dashboard, dashboards, power bi", "report, figures", "data, overview"},
	}, {
		pack:    "office",
		anchors: "=edi, koppeling, koppelingen, interface, interfaces, berichtenverkeer, integratie, integration, middleware",
		nl:      words{"koppeling, koppelingen, interface, berichtenverkeer, edi", "uitwisseling, berichten komen niet, komt niet door, komen niet door, synchronisatie", "berichten, bericht, verwerkt"},
		en:      words{"interface, interfaces, edi, data exchange, integration", "synchronisation, synchronization, not coming through", "messages, message, processed"},
	}, {
		pack:    "office",
		anchors: "reserver, reservering, boekingssysteem, booking, reservatie",
		nl:      words{"reservering, reserveringen, reserveren, gereserveerd, reservatie, reservaties, boeking, boekingen", "inchecken, uitchecken", "boeken, beschikbaarheid"},
		en:      words{"reservation, reservations, booking, bookings, booking system", "check in, check out", "book, availability"},
	}, {
		pack:    "government",
		anchors: "=brp, burgerzaken, burgerzakensysteem, bevolking, bevolkingsregister, rijksregister",
		nl:      words{"brp, burgerzakensysteem, bevolkingsregister, rijksregister, basisregistratie", "paspoort, paspoorten, rijbewijs, rijbewijzen, identiteitskaart, identiteitskaarten, uittreksel, uittreksels, persoonsgegevens, adreswijziging, adreswijzigingen, akte, aktes, burgerservicenummer, id kaart", "aangifte, balie, burger, verhuizing"},
		en:      words{"population register, civil registry", "passport, passports, driving licence, driving license, identity card, birth certificate", "citizen, desk"},
	}, {
		pack:    "government",
		anchors: "=kaart, kaartviewer, =gis, =geo, geokaart, geoportaal, kaarten, arcgis",
		nl:      words{"gis, kaartviewer, kaartlaag, kaartlagen, geodata, geoportaal, kaartmateriaal", "kaart, kaarten, kaartje, luchtfoto, luchtfotos, percelen, perceel, kadaster, rioolkaart", "tekening, adres"},
		en:      words{"gis, map viewer, map layer, map layers, geodata", "aerial photo, aerial photos, parcels, maps", "drawing"},
	}, {
		pack:    "government",
		anchors: "=raad, raadsapp, raadsinformatie, vergaderstukken, vergaderapp, notubiz, ibabs",
		nl:      words{"vergaderstukken, raadsstukken, raadsinformatie, vergaderapp", "raadsleden, raadslid, fractieleden, fractie, raadsvergadering, agendastukken, stukken, gemeenteraad", "raad, commissie, vergadering, bijlagen"},
		en:      words{"council papers, council documents", "councillors, council members, council meeting", "committee"},
	}, {
		pack:    "service desk",
		anchors: "=queue, klantgeleiding, volgnummer, volgnummers, bonnenzuil, nummertjes, afsprakensysteem, aanmeldzuil",
		nl:      words{"volgnummer, volgnummers, bonnetje, bonnetjes, bonnenzuil, aanmeldzuil, oproepscherm, oproepsysteem, nummertje, nummertjes, nummertjesautomaat, klantgeleiding", "zuil, wachtkamer, wachtruimte, omgeroepen, oproepen, scherm in de hal, scherm in de wachtruimte", "balie, bon, wachtende, wachtenden, wachtrij"},
		en:      words{"queue number, queue numbers, ticket machine, queueing system, queue system, number display", "waiting room, call the next, kiosk", "counter, display"},
	},
}
