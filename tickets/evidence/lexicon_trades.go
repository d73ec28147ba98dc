package evidence

// trades are packs of trades with buildings full of their own equipment.
var trades = []group{
	{
		pack:    "retail",
		anchors: "=pin, pinautomaat, pinautomaten, betaalautomaat, betaalterminal, betaalterminals, betaalautomaten, bancontact, kassa, kassas, payment, =pos, checkout, +payments, card payment, betaal, pinapparaat, pinapparaten",
		nl:      words{"pin, pinnen, gepind, pint, pinapparaat, pinapparaten, pinautomaat, pinautomaten, pinterminal, betaalautomaat, betaalautomaten, betaalterminal, betaalterminals, bancontact, payconiq, kassa, kassas, betaalapparaat, zelfscankassa, kaartbetalingen, kaartbetaling, betaaltoestel, pinterminals", "contant, cash, afrekenen, transactie, transacties, betalen, betaald, betaling, kaartlezer, betalingen, betaling geweigerd, transactie geweigerd, visa, mastercard, maestro, kaart, met kaart, bankkaart, terminal, terminals, pinbon, pinbonnen, geld", "klanten, balie, kasgeld, pas, bon, bonnetje, ontvangsten, pasje, contactloos"},
		en:      words{"card payment, card payments, payment terminal, payment terminals, card machine, card machines, till, tills, cash register, cash registers, pos terminal, self checkout, card reader, card readers, pay terminal, card terminal, card terminals, payment page, payment pages, payments", "cash only, cash, transaction, transactions, pay by card, checkout, contactless, card, cards, pay, paying, paid, pays, payment, take money, taking money, take payment, take payments, taking cards, take cards, visa, mastercard, amex, long number", "customers, counter, terminal, terminals, bank, money, receipts"},
	}, {
		pack:    "education",
		anchors: "=elo, leeromgeving, leerplatform, moodle, magister, somtoday, canvas, brightspace, smartschool, toledo, blackboard, =lms, itslearning, vle, turnitin, panopto, learning",
		nl:      words{"elo, leeromgeving, leerplatform, moodle, magister, somtoday, canvas, brightspace, smartschool, toledo", "cijfers, punten, opdracht inleveren, opdrachten inleveren, absenties, huiswerk, lesrooster, inleveren, opdracht uploaden, cursuspagina, vakpagina, lesmateriaal, college opname, opnames, quiz", "leerlingen, studenten, toets, toetsen, les, rooster, vak, vakken, docent"},
		en:      words{"learning environment, learning platform, moodle, canvas, brightspace, lms, vle, virtual learning environment, turnitin, panopto, blackboard", "grades, hand in, submit assignment, assignments, timetable, coursework, submission, submissions, upload assignment, upload my assignment, course page, module page, lecture recording, lecture recordings, quiz, gradebook, marks", "students, pupils, exam, class, course, module, modules, lecture"},
	}, {
		pack:    "education",
		anchors: "osiris, studentenadministratie, leerlingadministratie, studievolg, studentinformatie, leerlingvolg, toetsafname, toetsplatform, =sis, examen, student records, student record, enrolment, enrollment",
		nl:      words{"studentenadministratie, leerlingvolgsysteem, leerlingadministratie, studievolgsysteem", "inschrijving, inschrijvingen, inschrijven, cijferlijst, digitale toets, digitale toetsen, toetsafname, examens, examen, inschrijfsysteem, aanwezigheid, aanwezigheden, collegegeld, studievoortgang", "studenten, leerlingen, toets, cijfers"},
		en:      words{"student administration, student records, exam platform, student record", "enrolment, enrollment, transcript, digital exam, exams, registration, enrol, enrolling, attendance, register, transcripts, admissions, applicants, applications", "students, exam, grades, student, courses"},
	}, {
		pack:    "care",
		anchors: "=epd, =ehr, =ecd, =kws, =emr, patientendossier, bewonersdossier, clientdossier, clientendossier, =hix, chipsoft, nedap, zorgdossier, elektronisch patienten, elektronisch clienten, medisch dossier, patient record, =his, zorgdossier",
		nl:      words{"epd, ecd, patientendossier, patientendossiers, zorgdossier, zorgdossiers, clientdossier, clientdossiers, bewonersdossier, hix, medisch dossier, dossier, dossiers, patientdossier, elektronisch dossier, dossiers openen, medicatieblad", "patient, patienten, medicatie, medicatielijst, recepten, labuitslag, labuitslagen, rapporteren, rapportage, zorgplan, zorgplannen, overdracht, dossier openen, voorschrift, voorschriften, allergie, allergieen, parameters, wondzorg, inschrijving, opname, opnames, consult, verpleegplan, checklist, medisch", "client, clienten, bewoner, bewoners, spreekuur, afdeling, zorg, arts, artsen, dokter, toer, verpleegpost, notities, aanvragen, verslag"},
		en:      words{"medical record, medical records, patient record, patient records, care record, care records, care plan, care plans, ehr, chart, charts, electronic record, electronic health record", "patient, patients, medication, prescriptions, lab results, handover notes, allergies, vitals, charting, admissions, discharge, discharge letter, orders, clinical notes, notes", "ward, clinic, resident, residents, doctor, doctors, nurse, nurses"},
	}, {
		pack:    "care",
		anchors: "zorgoproep, zusteroproep, verpleegoproep, oproepsysteem, nurse call, nursecall, alarmering, personenalarm, domotica, bewonersalarm, zorgalarm",
		nl:      words{"oproepsysteem, zusteroproep, verpleegoproep, zorgoproep, alarmering, alarmen, belletjes, oproepen, bel van de bewoner, halszender, halszenders, pieper, piepers, alarmknop, sensoren", "alarm, belknop, noodknop, oproep, sensor, dwaalalarm, valdetectie", "bel, bellen, bewoner, bewoners"},
		en:      words{"nurse call, call system, call bell, call bells, call button, call buttons, pager, pagers, alarm button", "alarm, alarms, sensor, sensors", "resident, residents, bell"},
	}, {
		pack:    "care",
		anchors: "medicatie, medicijn, apotheek, apotheeksysteem, medication, pharmacy, toedien, recept",
		nl:      words{"medicatie, medicijnen, medicijn, medicatielijst, medicatielijsten, toedienlijst, toedienlijsten, toedienregistratie, aftekenen, recepten, recept, apotheek, voorschriften", "medicatieronde, deellijst, aftekenlijst, voorschrift, pillen", "toedienen, dosering"},
		en:      words{"medication, medicines, prescription, prescriptions, pharmacy, drug round, medication list", "administer, sign off, dosage", "drugs, pills"},
	}, {
		pack:    "care",
		anchors: "=lab, labsysteem, =lims, laboratorium, =pacs, radiologie, rontgen, radiology, beeldvorming, imaging, xero, =rx, =ris, =labo, beelden, x-ray",
		nl:      words{"labuitslag, labuitslagen, labaanvraag, labaanvragen, laboratorium, pacs, rontgen, scans, beelden, labo, rx, radiologie, rontgenbeelden, rontgenfotos", "bloedonderzoek, rontgenfoto, mri, uitslag, uitslagen, stalen, beelden laden, beeld openen, echo, echos, echobeelden, ct, mammografie, thorax, thoraxfoto, scanner beelden, viewer, staal", "lab, foto, fotos, buisjes, beeld, onderzoek, onderzoeken, modaliteit"},
		en:      words{"lab results, lab request, lab requests, laboratory, pacs, x-ray, x-rays, radiology, images, x ray, xray, scans, ct, ultrasound", "mri, blood test, samples, results, viewer, mammogram, specimens, specimen", "lab, image, film, scan"},
	}, {
		pack:    "hospitality",
		anchors: "maaltijd, maaltijden, keuken, catering, menukeuze, restaurant, voeding",
		nl:      words{"maaltijd, maaltijden, maaltijdbestelling, maaltijdbestellingen, maaltijdsysteem, keuken", "menukeuze, menu, menus, dieet, dieten", "eten, bestelling, bestellingen, lunch"},
		en:      words{"meal, meals, meal order, meal orders, kitchen", "menu, menus, diet", "food, lunch"},
	}, {
		pack:    "logistics",
		anchors: "=wms, magazijn, magazijnsysteem, warehouse, voorraad, voorraadsysteem, =sap, stock",
		nl:      words{"wms, magazijnsysteem, voorraadsysteem, magazijnbeheer", "voorraad, voorraden, pick, picken, picklijst, picklijsten, pickbon, pallets, inslag, inslaan, uitslag, orderpicken, goederenontvangst, pakbon, pakbonnen, leverbon, leverbonnen", "magazijn, locatie, levering, orders, artikelen"},
		en:      words{"wms, warehouse system, stock system, inventory system", "stock, inventory, picking, pick list, pick lists, pallets, goods receipt, packing slip, packing slips, delivery note, delivery notes", "warehouse, delivery, orders, items"},
	}, {
		pack:    "logistics",
		anchors: "handterminal, handterminals, handscanner, handscanners, handheld, handhelds, rf scanner, barcodescanner, =pda",
		nl:      words{"handterminal, handterminals, handscanner, handscanners, handheld, handhelds, barcodescanner, barcodescanners, pda, pdas, terminal, terminals", "scanner, scanners, scannen, gescand, pistool, pistolen", "scan, scant"},
		en:      words{"handheld, handhelds, hand scanner, hand scanners, barcode scanner, barcode scanners, pda, handheld terminal, handheld terminals", "scanner, scanners, scanning", "scan, terminal"},
	}, {
		pack:    "logistics",
		anchors: "=tms, ritplanning, transportplanning, routeplanning, transport, ritten, fleet, vloot, boordcomputer, wagenpark, telematica",
		nl:      words{"ritplanning, ritten, routeplanning, transportplanning, tms, boordcomputer, boordcomputers", "chauffeur, chauffeurs, rit, routes, vrachten, track and trace, gps", "route, vracht, levering, lading"},
		en:      words{"route planning, transport planning, tms, trips, on-board computer, fleet system", "driver, drivers, routes, loads, track and trace, gps", "route, load, delivery, trip"},
	}, {
		pack:    "logistics",
		anchors: "douane, customs, aangiftes, aangifte, vrachtbrief, vrachtbrieven, =cmr",
		nl:      words{"douane, douaneaangifte, douaneaangiftes, aangifte, aangiftes, vrachtbrief, vrachtbrieven, cmr", "transitdocument, transitdocumenten, uitvoeraangifte, invoeraangifte", "documenten, lading"},
		en:      words{"customs, customs declaration, customs declarations, declaration, declarations, consignment note, waybill, waybills, cmr", "transit document, export declaration", "documents, cargo"},
	}, {
		pack:    "industry",
		anchors: "=mes, =scada, =plc, productielijn, productielijnen, productiesysteem, production line, machinebesturing, procesbesturing, gebouwbeheer, =gbs, klimaatregeling",
		nl:      words{"productielijn, productielijnen, productiesysteem, scada, mes, plc, gebouwbeheersysteem, klimaatregeling", "machine, machines, operator, operators, bedieningspaneel, besturing, werkorder, werkorders", "lijn, productie, paneel"},
		en:      words{"production line, production lines, scada, mes, plc, building management system", "machine, machines, operator, operators, control panel, work order, work orders", "line, production, panel"},
	}, {
		pack:    "industry",
		anchors: "=cad, autocad, revit, solidworks, tekenprogramma, tekenpakket, bouwtekening, tekensoftware, bim",
		nl:      words{"autocad, revit, solidworks, tekenprogramma, tekenpakket, acad, cad", "tekeningen, tekening, tekenen, licentie, licenties, licentiedienst, autodesk, model, modellen", "plattegrond"},
		en:      words{"autocad, revit, solidworks, cad, acad", "drawings, drawing, license, licence, licenses, licences, autodesk, subscription, xrefs, model, models", "layout, layers"},
	}, {
		pack:    "safety",
		anchors: "camera, cameras, camerabewaking, cctv, videobewaking, camerasysteem",
		nl:      words{"camerabewaking, camerabeelden, camera, cameras, bewakingscamera", "beelden, opnames, terugkijken", "beeld"},
		en:      words{"cctv, security camera, security cameras, camera, cameras", "footage, recordings", "video"},
	}, {
		pack:    "insurance",
		anchors: "claim, claims, schade, polis, policy, quote, rating, underwriting, verzekering",
		nl:      words{"schade, schades, schadedossier, schadedossiers, claim, claims, polis, polissen", "schademelding, schadeafhandeling, uitkering, uitkeringen, offerte, offertes, premie, premies, verlenging", "dossier, klant, verzekerde, expert"},
		en:      words{"claim, claims, policy, policies, quote, quotes", "claim notes, handler, handlers, renewal, renewals, premium, premiums, excess, settlement, endorsement", "customer, case, cover, broker"},
	}, {
		pack:    "housing",
		anchors: "huur, woning, wonen, vastgoed, huurder, housing, tenant, primair systeem, woonsysteem",
		nl:      words{"huurder, huurders, huurcontract, huurcontracten, woning, woningen", "huur, reparatie, reparaties, reparatieverzoek, verhuizing, opzegging, bezichtiging, bezichtigingen, servicekosten, complex", "contract, contracten, dossier, dossiers, melding"},
		en:      words{"tenant, tenants, tenancy, rent", "repair, repairs, repair request, lease, leases, housing system", "contract, property, inspection"},
	}, {
		pack:    "field service",
		anchors: "werkbon, werkbonnen, workorder, work order, field service, fieldservice, monteur, monteurs, buitendienst",
		nl:      words{"werkbon, werkbonnen, bon, bonnen, werkorder, werkorders, klus, klussen", "monteur, monteurs, vakman, vakmannen, synchroniseren, synchronisatie, afspraken van vandaag, adressen, handtekening", "tablet, planning, afspraken, route, ophalen"},
		en:      words{"work order, work orders, job list, job lists, job sheet, job sheets", "jobs, todays jobs, sync, syncing, field app, engineers, visits", "tablet, appointments, planning, upload"},
	}, {
		pack:    "education",
		anchors: "library, bibliotheek, =bieb, uitleen, catalogus",
		nl:      words{"bibliotheek, bibliotheeksysteem, uitleensysteem, catalogus, zelfscan", "uitlenen, ontlenen, innemen, boeken, leners, lenerspas, uitleenbalie, e-books", "boek, lener"},
		en:      words{"library, library system, library catalogue, self issue, self checkout", "loans, borrowers, borrow, returns, e-books, journals, e-resources", "book, books, loan"},
	}, {
		pack:    "government",
		anchors: "belasting, heffing, =woz, invordering, council tax, taxes",
		nl:      words{"belasting, belastingen, aanslag, aanslagen, woz", "aanslagbiljet, aanslagbiljetten, bezwaar, bezwaren, kwijtschelding, invordering, dwangbevel", "heffing, taxatie"},
		en:      words{"tax, taxes, council tax", "tax bill, tax bills, assessment, assessments, rebates", "levy"},
	}, {
		pack:    "government",
		anchors: "vergunning, omgevingsloket, =vth, permit, omgevingswet",
		nl:      words{"vergunning, vergunningen, omgevingsloket, omgevingsvergunning", "aanvragen omgevingsvergunning, toezicht, handhaving, inspectie, inspecties, bouwaanvraag, bouwaanvragen", "aanvraag, aanvragen"},
		en:      words{"permit, permits, planning application, planning applications", "enforcement, inspections, building control", "application, applications"},
	}, {
		pack:    "government",
		anchors: "sociaal domein, =wmo, jeugdzorg, uitkering, =suite, participatie, welfare, benefits",
		nl:      words{"uitkering, uitkeringen, wmo, jeugdzorg, bijstand", "beschikking, beschikkingen, indicatie, indicaties, consulent, consulenten, clientdossier", "client, clienten"},
		en:      words{"benefit, benefits, welfare, social care", "case worker, case workers, caseworker, caseworkers, claimant, claimants", "client, clients"},
	},
}
