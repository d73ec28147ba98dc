package evidence

import "headstart"

// What people call the IT that any organisation has, in Dutch (as in Flanders too)
// and English. This is general helpdesk language: words of one organisation belong
// in its catalog.
var basics = []group{
	{
		anchors: "wifi, wlan, draadloos, draadloze, wireless, eduroam, accesspoint",
		nl:      words{"wifi, wi-fi, wiffi, wify, wifie, wifinetwerk, wlan, draadloos, draadloze, draadloos internet, draadloos netwerk, gastennetwerk, gastnetwerk, eduroam", "netwerk, internet, geen bereik, bereik, hotspot, toegangspunt, wifi code", "verbinding, verbonden, offline, signaal, streepjes"},
		en:      words{"wifi, wi-fi, wlan, wireless, eduroam, access point, access points, accesspoint, guest network", "network, internet, no signal, hotspot, no coverage", "connection, connected, offline, signal"},
	}, {
		kind:    headstart.KindNetwork,
		anchors: "+netwerk, +network, =lan, +internet, internetverbinding, internetlijn, netwerkverbinding, =wan, bekabeld, bedraad, ethernet, uplink, glasvezel",
		nl:      words{"netwerk, internet, internetverbinding, internetlijn, netwerkverbinding, netwerkaansluiting, netwerkkabel, bekabeld, bedraad", "wifi, wlan, geen verbinding, niet verbonden, verbinding weg, verbinding kwijt, geel driehoekje, uitroepteken, wereldbolletje, websites, google, browsen, alles ligt plat, niets doet het, niks doet het, niks werkt, niets werkt, alles ligt eruit, alles plat, alles ligt stil, alles ligt eraf", "verbinding, offline, plat, traag, server, pc, computer, computers"},
		en:      words{"network, internet, lan, wan, ethernet, internet connection, network connection, network cable, wired", "wifi, wlan, no connection, not connected, disconnected, websites, google, browsing, nothing works, everything is down", "connection, offline, slow, server, computer, computers, pc"},
	}, {
		kind:    headstart.KindPrinter,
		anchors: "print, printer, printen, printing, afdruk, afdrukken, =mfp, followme, follow, kopieer, copier, multifunctional",
		less:    "label, etiket, polsband, barcode, bonprinter, kassabon, 3d",
		nl:      words{"printer, printers, printertje, printen, print, prints, printje, geprint, uitprinten, uit te printen, uitgeprint, uitdraaien, uitdraai, afdrukken, af te drukken, afgedrukt, afdruk, afdrukt, afdrukje, drukt niet af, drukt niks af, drukt niets af, kopieerapparaat, kopieermachine, kopieertoestel, kopieren, copieren, plotter, multifunctional, multifunctionele, mfp, printserver, labelprinter", "printopdracht, printopdrachten, afdruktaak, afdruktaken, uit de printer, papierstoring, papierklem, afdrukwachtrij, printwachtrij, geen papier uit, op papier", "wachtrij, opdrachten, opdracht, papier, lade, toner, spoelen"},
		en:      words{"printer, printers, print, prints, printed, printing, printout, printouts, copier, copiers, copy machine, photocopier, plotter, mfp, multifunctional, print server", "print job, print jobs, print queue, paper jam, hard copy", "queue, jobs, paper, tray, toner"},
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
		nl:      words{"inloggen, in te loggen, ingelogd, inlog, inloggegevens, inlogscherm, inlogpagina, aanmelden, aan te melden, aangemeld, aanmelding, aanmeldscherm, aanmeldpagina, login, mfa, 2fa, authenticator, sso, tweestapsverificatie", "verificatie, verificatiecode, code klopt niet, kom er niet in, kom er niet meer in, kan er niet in, komen er niet in, geraak er niet in, geraak niet binnen, kom nergens in, komt er niet in, log ik in, log in, logt uit, logt mij uit, uitgelogd, uit gelogd, pushmelding, smscode, eruit gegooid", "account, sessie, code, aanloggen, inlogt"},
		en:      words{"login, log in, logging in, logged in, log on, logon, logging on, sign in, signing in, signed in, sign on, mfa, 2fa, authenticator, sso, single sign-on, two factor", "verification code, authentication, authenticate, cannot get in, locked out, logged out, logs me out, kicked out, push notification, credentials", "account, session, code"},
	}, {
		kind:    headstart.KindMail,
		anchors: "mail, outlook, exchange, email, webmail, postvak",
		nl:      words{"mail, mails, mailtje, mailtjes, e-mail, e-mails, mailen, gemaild, mailt, mailverkeer, mailserver, mailprogramma, outlook, exchange, mailbox, mailboxen, postvak, webmail, email, emails", "inbox, postvak in, postvak uit, verzenden, verzonden, bijlage, bijlagen, niet aangekomen", "berichten, bericht, versturen, verstuurd, verstuur, ontvangen, ontvang, ontvangt, gestuurd"},
		en:      words{"mail, mails, e-mail, e-mails, email, emails, mailing, outlook, exchange, mailbox, mailboxes, webmail", "inbox, outbox, bounce, bounced, undeliverable, attachment, attachments", "messages, message, send, sent, sending, receive, receiving"},
	}, {
		anchors: "agenda, calendar, kalender",
		nl:      words{"agenda, agendas, kalender, vergaderverzoek, vergaderverzoeken, afspraken", "", "afspraak, vergadering"},
		en:      words{"calendar, calendars, meeting request, meeting requests, meeting invite", "", "meeting, appointment"},
	}, {
		anchors: "teams, zoom, webex, =chat, slack, videobellen, beeldbellen",
		nl:      words{"teams, zoom, webex, videobellen, beeldbellen, videogesprek, videovergadering, chat", "chatten, online vergadering, online vergaderingen, online overleg, online vergaderen, chatbericht, chatberichten", "vergadering, vergaderen, overleg, camera, microfoon, scherm delen"},
		en:      words{"teams, zoom, webex, video call, video calls, video conference, chat", "online meeting, online meetings, chat messages", "meeting, meetings, camera, microphone, share screen"},
	}, {
		anchors: "vergaderzaal, vergaderzalen, vergaderruimte, meetingroom, meeting room, zaalreserver, videoconferen, beamer, projector, audiovisue, digibord, smartboard, presentatiescherm",
		nl:      words{"beamer, beamers, projector, projectors, digibord, digiborden, smartboard, vergaderscherm, presentatiescherm, videoconferentie, clickshare", "vergaderzaal, vergaderruimte, vergaderkamer, hdmi, scherm delen, geen beeld, presenteren, presentatie", "zaal, scherm, beeld, geluid, camera, microfoon"},
		en:      words{"projector, projectors, room display, smartboard, interactive whiteboard, video conferencing, clickshare", "meeting room, meeting rooms, conference room, hdmi, screen sharing, presenting, presentation", "screen, display, sound, camera, microphone"},
	}, {
		anchors: "narrowcasting, signage, infoscherm, infoschermen",
		nl:      words{"infoscherm, infoschermen, informatiescherm, informatieschermen, narrowcasting", "schermen in de hal, scherm in de hal, tv scherm, tv schermen", "scherm, schermen"},
		en:      words{"information screen, information screens, digital signage, info screen, info screens", "", "screens, display, displays"},
	}, {
		kind:    headstart.KindTelephony,
		anchors: "telefoon, telefonie, telephony, telephone, phone, voip, bellen, callcenter, contactcenter, telefooncentrale, =pbx, dect, softphone",
		nl:      words{"telefoon, telefoons, telefonie, telefooncentrale, telefoonlijn, telefoonlijnen, telefoontjes, telefonisch bereikbaar, telefonisch onbereikbaar, voip, dect, vaste lijn, vaste nummer, bellen, softphone", "kiestoon, gebeld worden, opgebeld, oproepen, bezettoon, in gesprek toon, ingesprektoon, doorverbinden, doorschakelen, lijn dood, toestel, toestellen, binnenkomende gesprekken, telefonisch, uitbellen, inbellen, naar buiten bellen, lijn valt weg", "gebeld, belt, niet bereikbaar, bereiken, gesprek, gesprekken, headset, opnemen, nummer, lijn"},
		en:      words{"phone, phones, telephone, telephones, telephony, voip, dect, landline, phone line, phone lines, softphone", "dial tone, calls, incoming calls, outgoing calls, call us, calling, cannot call, busy tone, voicemail, desk phone, handset, handsets", "call, headset, dial, line"},
	}, {
		anchors: "gsm, mobiele telefoon, smartphone, =mdm, intune, mobile device",
		nl:      words{"gsm, smartphone, smartphones, mobiele telefoon, mobiele telefoons, mobieltje, werktelefoon", "simkaart, 4g, 5g", "mobiel, toestel, bundel"},
		en:      words{"smartphone, smartphones, mobile phone, mobile phones, cell phone", "sim card, 4g, 5g", "mobile, handset"},
	}, {
		kind:    headstart.KindVPN,
		anchors: "=vpn, citrix, =vdi, thuiswerk, telewerk, remote, op afstand, horizon, =rdp, =avd, globalprotect, anyconnect, forticlient",
		nl:      words{"vpn, citrix, vdi, thuiswerken, thuiswerkplek, thuiswerkportaal, thuiswerkomgeving, thuiswerkverbinding, telewerken, telewerk, thuis werken, thuiswerk, remote desktop, rdp, virtuele werkplek, extern bureaublad", "van huis uit, vanuit huis, vanaf huis, vanuit thuis, van thuis, vanaf thuis, van thuis uit, thuis inloggen, werk thuis, werk vandaag thuis, ik werk thuis, op afstand werken", "thuis, sessie, werkplek, tunnel"},
		en:      words{"vpn, citrix, vdi, remote desktop, rdp, remote access, virtual desktop", "from home, working from home, work from home, working remotely, remotely", "home, session, remote, tunnel"},
	}, {
		kind:    headstart.KindFileshare,
		anchors: "schijf, netwerkschijf, =files, fileshare, fileserver, bestanden, =share, onedrive, sharepoint, gedeelde, afdelingsmap, deelmap, =nas, netwerkmap",
		nl:      words{"netwerkschijf, netwerkschijven, netwerkstation, gedeelde map, gedeelde mappen, gedeelde schijf, gedeelde bestanden, afdelingsmap, deelmap, fileshare, fileserver, sharepoint, onedrive, netwerkmap, f schijf, g schijf, h schijf, i schijf, k schijf, l schijf, m schijf, n schijf, o schijf, p schijf, q schijf, r schijf, s schijf, t schijf, u schijf, v schijf, w schijf, x schijf, y schijf, z schijf", "schijf, bestanden, mappen, map openen, bestand openen, bestand opslaan, schijf vol, schijfruimte, mijn documenten, alleen lezen, mappenstructuur", "bestand, map, document, documenten, opslaan, opgeslagen, opsla, excel, word, schijfletter, bewaren"},
		en:      words{"file share, file server, shared drive, shared drives, shared folder, shared folders, network drive, network drives, network folder, fileserver, sharepoint, onedrive, drive letter", "files, folder, folders, disk full, disk space, not enough space, read only, saving files", "file, document, documents, save, saving, saved, drive, excel, word"},
	}, {
		anchors: "website, formulier, formulieren, webshop, webwinkel, =portal, =portaal, eformulier, homepage, =site",
		nl:      words{"website, webformulier, webformulieren, e-formulier, e-formulieren, webpagina, webpaginas, onze site, de site, homepage, webshop, webwinkel, formulieren", "formulier, bezoekers, online aanvragen, online aanvraag, online doorgeven, online formulier, online bestellen", "pagina, site, portaal, online"},
		en:      words{"website, web site, web form, web forms, web page, web pages, our site, the site, homepage, webshop, web shop, online shop", "form, forms, visitors, online form, online orders", "page, site, portal, online"},
	}, {
		anchors: "intranet",
		nl:      words{"intranet, startpagina, sociaal intranet", "", "nieuwsbericht, pagina"},
		en:      words{"intranet, start page", "", "page"},
	}, {
		anchors: "toegangspas, toegangspassen, toegangssysteem, toegangsbeheer, pasjes, paslezer, toegangscontrole, access control, door access, building access, access cards, toegang gebouw, badgesysteem, slagboom, slagbomen, poortsysteem, parkeer, parking, deurtoegang, deurbeheer, =deuren",
		nl:      words{"toegangspas, toegangspassen, toegangspasje, pasje, pasjes, paslezer, paslezers, kaartlezer, toegangspoort, toegangspoortje, slagboom, slagbomen, badge, badges, badgelezer, badgelezers, parkeergarage", "deur, deuren, voordeur, poort, poortje, poortjes, draaideur, schuifdeur, toegangsdeur, gebouw niet in, intercom, tag", "pas, toegang, binnen, hek"},
		en:      words{"access card, access cards, badge reader, badge readers, card reader, card readers, entrance gate, barrier, barriers, badge, badges, key card, key cards, key fob", "door, doors, gate, gates, turnstile, get into the building, car park, intercom", "pass, entrance"},
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
