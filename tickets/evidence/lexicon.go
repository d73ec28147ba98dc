package evidence

import "headstart"

// What people call the IT that any organisation has, in Dutch (as in Flanders too)
// and English. This is general helpdesk language: words of one organisation belong
// in its catalog.
var basics = []group{
	{
		anchors: "wifi, wlan, draadloos, draadloze, wireless, eduroam, accesspoint",
		nl:      words{"wifi, wi-fi, wiffi, wify, wifie, wifinetwerk, wlan, draadloos, draadloze, draadloos internet, draadloos netwerk, gastennetwerk, gastnetwerk, eduroam, kantoorwifi, gasten wifi, gastinternet, draadloos net", "netwerk, internet, geen bereik, bereik, hotspot, toegangspunt, wifi code, access point, accesspoints, antenne, antennes, streepjes, geen streepjes, tethering", "verbinding, verbonden, offline, signaal, laptops"},
		en:      words{"wifi, wi-fi, wlan, wireless, eduroam, access point, access points, accesspoint, guest network, office wifi, staff wifi, wireless network, guest wifi", "network, internet, no signal, hotspot, no coverage, bars, no bars, tethering, tethered, hot spot, get online, getting online, no internet access, undocked, networks in the list, wi fi symbol, globe", "connection, connected, offline, signal, online"},
	}, {
		kind:    headstart.KindNetwork,
		anchors: "+netwerk, +network, =lan, +internet, internetverbinding, internetlijn, netwerkverbinding, =wan, bekabeld, bedraad, ethernet, uplink, glasvezel",
		nl:      words{"netwerk, internet, internetverbinding, internetlijn, netwerkverbinding, netwerkaansluiting, netwerkkabel, bekabeld, bedraad", "wifi, wlan, geen verbinding, niet verbonden, verbinding weg, verbinding kwijt, geel driehoekje, uitroepteken, wereldbolletje, websites, google, browsen, alles ligt plat, niets doet het, niks doet het, niks werkt, niets werkt, alles ligt eruit, alles plat, alles ligt stil, alles ligt eraf, geen netwerk, kabel doet niets, niemand online, internetten, geen enkele site", "verbinding, offline, plat, traag, server, pc, computer, computers, online"},
		en:      words{"network, internet, lan, wan, ethernet, internet connection, network connection, network cable, wired", "wifi, wlan, no connection, not connected, disconnected, websites, google, browsing, nothing works, everything is down, get online, nobody online, no internet, websites wont, web pages, broadband", "connection, offline, slow, server, computer, computers, pc, online, cable"},
	}, {
		kind:    headstart.KindPrinter,
		anchors: "print, printer, printen, printing, afdruk, afdrukken, =mfp, followme, follow, kopieer, copier, multifunctional",
		less:    "label, etiket, polsband, barcode, bonprinter, kassabon, 3d",
		nl:      words{"printer, printers, printertje, printen, print, prints, printje, geprint, uitprinten, uit te printen, uitgeprint, uitdraaien, uitdraai, afdrukken, af te drukken, afgedrukt, afdruk, afdrukt, afdrukje, drukt niet af, drukt niks af, drukt niets af, kopieerapparaat, kopieermachine, kopieertoestel, kopieren, copieren, plotter, multifunctional, multifunctionele, mfp, printserver, labelprinter, copier, grote printer", "printopdracht, printopdrachten, afdruktaak, afdruktaken, uit de printer, papierstoring, papierklem, afdrukwachtrij, printwachtrij, geen papier uit, komt niks uit, komt er niks uit, komt niets uit, afdrukopdracht, printjob, printjobs, printqueue", "wachtrij, opdrachten, opdracht, papier, lade, toner, spoelen, formulieren afdrukken"},
		en:      words{"printer, printers, print, prints, printed, printing, printout, printouts, copier, copiers, copy machine, photocopier, plotter, mfp, multifunctional, print server, photo copier, multi function, mfd", "print job, print jobs, print queue, paper jam, hard copy, nothing comes out, nothing coming out, come out of the printer, release jobs, release my job, print out, print outs, stuck in the queue, toner", "queue, jobs, paper, tray, copies, letters"},
	}, {
		anchors: "label, etiket, zebra, polsband, barcode",
		nl:      words{"labels, label, etiket, etiketten, stickers, labelprinter, etikettenprinter, etiketprinter, zebra, barcode, barcodes, streepjescode, polsbandje, polsbandjes", "plakken, verzendlabel, verzendlabels", "printer, sticker, rol"},
		en:      words{"labels, label, label printer, stickers, barcode, barcodes, wristband, wristbands, shipping label, shipping labels", "", "printer, sticker, roll"},
	}, {
		anchors: "scan, scanner, scannen",
		less:    "handscanner, barcodescanner, rf, handterminal",
		nl:      words{"scanner, scanners, scannen, inscannen, ingescand, gescand, scan, scans, scan naar mail, scan naar map, documentscanner", "", "pdf"},
		en:      words{"scanner, scanners, scan, scans, scanned, scanning, scan to mail, scan to folder", "", "pdf"},
	}, {
		kind:    headstart.KindLogin,
		anchors: "inlog, inloggen, aanmeld, aanmelden, login, logon, =sso, =mfa, =2fa, authenticat, authenticator, identity, =entra, activedirectory, active directory, adfs, okta, single sign",
		nl:      words{"inloggen, in te loggen, ingelogd, inlog, inloggegevens, inlogscherm, inlogpagina, aanmelden, aan te melden, aangemeld, aanmelding, aanmeldscherm, aanmeldpagina, login, mfa, 2fa, authenticator, sso, tweestapsverificatie, tweestaps, tweefactor, 2 factor, multifactor, authenticatie, authenticatieapp, microsoft authenticator", "verificatie, verificatiecode, code klopt niet, kom er niet in, kom er niet meer in, kan er niet in, komen er niet in, geraak er niet in, geraak niet binnen, kom nergens in, komt er niet in, log ik in, log in, logt uit, logt mij uit, uitgelogd, uit gelogd, pushmelding, smscode, eruit gegooid, geen code, krijg geen code, code komt niet, codes, cijfertjes, sms code, goedkeuring, wachten op goedkeuring, goedkeuren op mijn telefoon, getal intikken, qr code, vraagt steeds inloggegevens, vraagt inloggegevens, eruit gevlogen, uitgegooid, nergens in, nergens binnen, kan niet binnen", "account, sessie, code, aanloggen, inlogt, goedgekeurd, geblokkeerd, binnen"},
		en:      words{"login, log in, logging in, logged in, log on, logon, logging on, sign in, signing in, signed in, sign on, mfa, 2fa, authenticator, sso, single sign-on, two factor, multi factor, two-factor, 2 factor, two step", "verification code, authentication, authenticate, cannot get in, locked out, logged out, logs me out, kicked out, push notification, credentials, approve, approve message, approval prompt, no code, codes, prompt, prompts, qr code, signed out, signed me out, logged off, kicked me out, kicked us out, kicks me out, wont let me in, let me in, get in, cant get in, sign in again", "account, session, code, approved, device"},
	}, {
		kind:    headstart.KindMail,
		anchors: "mail, outlook, exchange, email, webmail, postvak",
		nl:      words{"mail, mails, mailtje, mailtjes, e-mail, e-mails, mailen, gemaild, mailt, mailverkeer, mailserver, mailprogramma, outlook, exchange, mailbox, mailboxen, postvak, webmail, email, emails, uitgaande mail, inkomende mail", "inbox, postvak in, postvak uit, verzenden, verzonden, bijlage, bijlagen, niet aangekomen, komen niet aan, komt niet aan, niet toegekomen, komen niet toe, komt niet toe, mails naar buiten, verstuurde, kopie van de mail, onbestelbaar", "berichten, bericht, versturen, verstuurd, verstuur, ontvangen, ontvang, ontvangt, gestuurd, antwoord, antwoorden, bevestiging, bevestigingen, vertrekken"},
		en:      words{"mail, mails, e-mail, e-mails, email, emails, mailing, outlook, exchange, mailbox, mailboxes, webmail, mail server, mailing list", "inbox, outbox, bounce, bounced, undeliverable, attachment, attachments, sent items, never arrived, not arriving, not delivered, bouncing, undelivered", "messages, message, send, sent, sending, receive, receiving, reply, replies, inboxes, emailed"},
	}, {
		anchors: "agenda, calendar, kalender",
		nl:      words{"agenda, agendas, kalender, vergaderverzoek, vergaderverzoeken, afspraken", "", "afspraak, vergadering"},
		en:      words{"calendar, calendars, meeting request, meeting requests, meeting invite", "", "meeting, appointment"},
	}, {
		anchors: "teams, zoom, webex, =chat, slack, videobellen, beeldbellen",
		nl:      words{"teams, zoom, webex, videobellen, beeldbellen, videogesprek, videovergadering, chat, microsoft teams", "chatten, online vergadering, online vergaderingen, online overleg, online vergaderen, chatbericht, chatberichten, teamsvergadering, teamsmeeting, teamsoverleg", "vergadering, vergaderen, overleg, camera, microfoon, scherm delen"},
		en:      words{"teams, zoom, webex, video call, video calls, video conference, chat, microsoft teams", "online meeting, online meetings, chat messages, teams meeting, teams call, on a call", "meeting, meetings, camera, microphone, share screen, call"},
	}, {
		anchors: "vergaderzaal, vergaderzalen, vergaderruimte, meetingroom, meeting room, zaalreserver, videoconferen, beamer, projector, audiovisue, digibord, smartboard, presentatiescherm, meeting room screen, room screen, room display, vergaderscherm, schermen vergader, =rooms, presenta, clickshare, zaalscherm",
		nl:      words{"beamer, beamers, projector, projectors, digibord, digiborden, smartboard, vergaderscherm, presentatiescherm, videoconferentie, clickshare, vergaderschermen, zaalscherm, zaalschermen, tv, televisie, grote scherm, presenteerscherm", "vergaderzaal, vergaderruimte, vergaderkamer, hdmi, scherm delen, geen beeld, presenteren, presentatie, casten, streamen, spiegelen, vergaderzalen, vergaderruimtes, directiezaal, boardroom, zaal", "scherm, beeld, geluid, camera, microfoon, schermen, spreekkamer, spreekkamers"},
		en:      words{"projector, projectors, room display, smartboard, interactive whiteboard, video conferencing, clickshare, room screen, room screens, meeting room screen, meeting room screens, room displays, tv, tvs, telly, wall screen, big screen, boardroom screen", "meeting room, meeting rooms, conference room, hdmi, screen sharing, presenting, presentation, cast, casting, screen mirroring, mirroring, airplay, miracast, present, boardroom, no signal, training room", "screen, display, sound, camera, microphone, room, rooms, screens, displays"},
	}, {
		anchors: "narrowcasting, signage, infoscherm, infoschermen",
		nl:      words{"infoscherm, infoschermen, informatiescherm, informatieschermen, narrowcasting", "schermen in de hal, scherm in de hal, tv scherm, tv schermen", "scherm, schermen"},
		en:      words{"information screen, information screens, digital signage, info screen, info screens", "", "screens, display, displays"},
	}, {
		kind:    headstart.KindTelephony,
		anchors: "telefoon, telefonie, telephony, telephone, phone, voip, bellen, callcenter, contactcenter, telefooncentrale, =pbx, dect, softphone",
		nl:      words{"telefoon, telefoons, telefonie, telefooncentrale, telefoonlijn, telefoonlijnen, telefoontjes, telefonisch bereikbaar, telefonisch onbereikbaar, voip, dect, vaste lijn, vaste nummer, bellen, softphone, telefoontoestel, draagbare telefoon, draagbare telefoons", "kiestoon, gebeld worden, opgebeld, oproepen, bezettoon, in gesprek toon, ingesprektoon, doorverbinden, doorschakelen, lijn dood, toestel, toestellen, binnenkomende gesprekken, telefonisch, uitbellen, inbellen, naar buiten bellen, lijn valt weg, draagbaar, draagbare, gesprekken in de wacht, in de wacht, wachtrij van de telefoon, niemand kan ons bellen, kan ons bellen, kunnen ons bellen, gaat niet over, geen kiestoon, nummer niet in gebruik, in gesprek, keuzemenu, bereikbaarheid, doorzetten, calamiteitennummer, algemeen nummer, hoofdnummer, bellers", "gebeld, belt, niet bereikbaar, bereiken, gesprek, gesprekken, headset, opnemen, nummer, lijn, bereikbaar, neem op, opneem, centrale, piep, telefoontje, rinkelt"},
		en:      words{"phone, phones, telephone, telephones, telephony, voip, dect, landline, phone line, phone lines, softphone, telephone system, phone system, contact centre phones, call centre", "dial tone, calls, incoming calls, outgoing calls, call us, calling, cannot call, busy tone, voicemail, desk phone, handset, handsets, cut off, cut offs, call drops, calls drop, mid call, mid-call, dial out, dialling, dialing, engaged tone, ringing, rings, ring, inbound, outbound, hold music, call queue, calls queue, in the queue, line goes, nothing rings, calls in or out, main line, main number, hung up, switchboard, agents, extension", "call, headset, dial, line, silence, silent, number, caller, callers, queue"},
	}, {
		anchors: "gsm, mobiele telefoon, smartphone, =mdm, intune, mobile device",
		nl:      words{"gsm, smartphone, smartphones, mobiele telefoon, mobiele telefoons, mobieltje, werktelefoon", "simkaart, 4g, 5g", "mobiel, toestel, bundel"},
		en:      words{"smartphone, smartphones, mobile phone, mobile phones, cell phone", "sim card, 4g, 5g", "mobile, handset"},
	}, {
		kind:    headstart.KindVPN,
		anchors: "=vpn, citrix, =vdi, thuiswerk, telewerk, remote, op afstand, horizon, =rdp, =avd, globalprotect, anyconnect, forticlient",
		nl:      words{"vpn, citrix, vdi, thuiswerken, thuiswerkplek, thuiswerkportaal, thuiswerkomgeving, thuiswerkverbinding, telewerken, telewerk, thuis werken, thuiswerk, remote desktop, rdp, virtuele werkplek, extern bureaublad, global protect, globalprotect, forticlient, anyconnect, pulse secure, thuiswerker, thuiswerkers, thuiswerkt", "van huis uit, vanuit huis, vanaf huis, vanuit thuis, van thuis, vanaf thuis, van thuis uit, thuis inloggen, werk thuis, werk vandaag thuis, ik werk thuis, op afstand werken, werkt thuis, werken thuis, ben thuis, zit thuis, thuis geen, thuis niet, thuis op, thuis ingelogd, thuis aan het werk, thuisnetwerk, vpn verbinding, gateway", "thuis, sessie, werkplek, tunnel, thuiskantoor, router"},
		en:      words{"vpn, citrix, vdi, remote desktop, rdp, remote access, virtual desktop, global protect, globalprotect, forticlient, anyconnect, pulse secure, wfh, remote connection, remote working, remote worker, remote workers", "from home, working from home, work from home, working remotely, remotely, at home, home today, home worker, home workers, working at home, home router, home broadband, home wifi, gateway, im remote, remote today, log on from home", "home, session, remote, tunnel, router, broadband"},
	}, {
		kind:    headstart.KindFileshare,
		anchors: "schijf, netwerkschijf, =files, fileshare, fileserver, bestanden, =share, onedrive, sharepoint, gedeelde, afdelingsmap, deelmap, =nas, netwerkmap, +drive, +drives, fileshares, shared drives",
		nl:      words{"netwerkschijf, netwerkschijven, netwerkstation, gedeelde map, gedeelde mappen, gedeelde schijf, gedeelde bestanden, afdelingsmap, deelmap, fileshare, fileserver, sharepoint, onedrive, netwerkmap, f schijf, g schijf, h schijf, i schijf, k schijf, l schijf, m schijf, n schijf, o schijf, p schijf, q schijf, r schijf, s schijf, t schijf, u schijf, v schijf, w schijf, x schijf, y schijf, z schijf, gemeenschappelijke schijf, gemeenschappelijke map, projectschijf", "schijf, bestanden, mappen, map openen, bestand openen, bestand opslaan, schijf vol, schijfruimte, mijn documenten, alleen lezen, mappenstructuur, mappen weg, map weg, map is leeg, mappen leeg, mappen kwijt, map verdwenen, mappen verdwenen, netwerkpad, pad niet gevonden, snelkoppeling, snelkoppelingen, rood kruisje, bestanden weg, schijf leeg, schijf weg, gemeenschappelijke", "bestand, map, document, documenten, opslaan, opgeslagen, opsla, excel, word, schijfletter, bewaren, werkmap, pad"},
		en:      words{"file share, file server, shared drive, shared drives, shared folder, shared folders, network drive, network drives, network folder, fileserver, sharepoint, onedrive, drive letter, e drive, f drive, g drive, h drive, i drive, j drive, k drive, l drive, m drive, n drive, o drive, p drive, q drive, r drive, s drive, t drive, u drive, v drive, w drive, x drive, y drive, z drive, network share, file shares, network shares, drives", "files, folder, folders, disk full, disk space, not enough space, read only, saving files, drive, shared, red cross, red x, network path, path not found, network location, my folders, folders gone, empty folder, deleted folder, deleted the folder, mapped drive, file locked", "file, document, documents, save, saving, saved, excel, word, workbook, spreadsheet, contract"},
	}, {
		anchors: "website, formulier, formulieren, webshop, webwinkel, =portal, =portaal, eformulier, homepage, =site",
		nl:      words{"website, webformulier, webformulieren, e-formulier, e-formulieren, webpagina, webpaginas, onze site, de site, homepage, webshop, webwinkel, formulieren, onze website, websites", "formulier, bezoekers, online aanvragen, online aanvraag, online doorgeven, online formulier, online bestellen, betaalpagina, bestelpagina, op de site", "pagina, site, portaal, online, bestellen, klanten online"},
		en:      words{"website, web site, web form, web forms, web page, web pages, our site, the site, homepage, webshop, web shop, online shop, our website, customer portal, customer website", "form, forms, visitors, online form, online orders, checkout, landing page, buy online, renew online, order online, online booking", "page, site, portal, online, customers, screenshot"},
	}, {
		anchors: "intranet",
		nl:      words{"intranet, startpagina, sociaal intranet", "", "nieuwsbericht, pagina"},
		en:      words{"intranet, start page", "", "page"},
	}, {
		anchors: "toegangspas, toegangspassen, toegangssysteem, toegangsbeheer, pasjes, paslezer, toegangscontrole, access control, access card, building access, toegang gebouw, badgesysteem, slagboom, slagbomen, poortsysteem, parkeer, parking, deurtoegang, deurbeheer, =deuren, door access, access door, =doors, badges, =badge, badgelezer, deurlezer, turnstile",
		nl:      words{"toegangspas, toegangspassen, toegangspasje, pasje, pasjes, paslezer, paslezers, kaartlezer, toegangspoort, toegangspoortje, slagboom, slagbomen, badge, badges, badgelezer, badgelezers, parkeergarage, toegangspoortjes, kaartlezers, lezers, toegangspasjes", "deur, deuren, voordeur, poort, poortje, poortjes, draaideur, schuifdeur, toegangsdeur, gebouw niet in, intercom, tag, inkomdeur, buitendeur, tussendeur, kleedkamer, lift, slot, parking, lezer, tourniquet, tourniquets, opengaan met pas, met de badge, met de pas, mijn pas, de pas, pas werkt, pas doet, mijn badge, sleutel van", "pas, toegang, binnen, hek, sleutel, gang, ingang, buiten, kaart, geraak binnen, raken binnen"},
		en:      words{"access card, access cards, badge reader, badge readers, card reader, card readers, entrance gate, barrier, barriers, badge, badges, key card, key cards, key fob, door access, door reader, door readers, turnstile, turnstiles, access gate, passes", "doors, gate, gates, get into the building, car park, intercom, door, the door, front door, lobby, reader, readers, lift, my pass, my card, tap my card, tapping, swipe, swiping, let in, locked out of the building, stairwell", "pass, entrance, card, lock, locked, green light"},
	}, {
		anchors: "prikklok, =klok, kloksysteem, tijdklok, tijdregistratie, tijdsregistratie, time clock, timeclock",
		nl:      words{"prikklok, prikklokken, prikken, inklokken, uitklokken, inprikken, uitprikken, klokken, geprikt, ingeklokt, badgen", "in en uit klokken", "uren, badge"},
		en:      words{"clock in, clock out, clocking in, clocking out, clocked in, time clock, time clocks, punch clock", "", "hours, badge"},
	}, {
		anchors: "werkplek, werkplekken, laptop, laptops, =pc, desktops, workplace, workstations",
		nl:      words{"werkplek, werkplekken, laptop, laptops, thin client", "pc, computer, computers, windows, opstarten, bureaublad", "scherm, traag"},
		en:      words{"laptop, laptops, workstation, workstations, thin client", "pc, computer, computers, windows, desktop", "screen, slow"},
	},
}
