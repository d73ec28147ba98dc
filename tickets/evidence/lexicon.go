package evidence

// What people call the IT that any organisation has, in Dutch (as in Flanders too)
// and English. This is general helpdesk language: words of one organisation belong
// in its catalog.
var basics = []group{
	{
		anchors: "wifi, wlan, draadloos, draadloze, wireless, eduroam",
		nl:      words{"wifi, wi-fi, wifinetwerk, wlan, draadloos, draadloze, draadloos internet, eduroam", "netwerk, internet, geen bereik, bereik, hotspot, toegangspunt, wifi code", "verbinding, verbonden, offline, signaal"},
		en:      words{"wifi, wi-fi, wlan, wireless, eduroam, access point, access points, accesspoint", "network, internet, no signal, hotspot, no coverage", "connection, connected, offline, signal"},
	}, {
		anchors: "+netwerk, +network, =lan, +internet, internetverbinding, internetlijn, netwerkverbinding, =wan, bekabeld, bedraad, ethernet, uplink",
		nl:      words{"netwerk, internet, internetverbinding, netwerkverbinding, netwerkkabel, bekabeld", "wifi, wlan, geen verbinding, niet verbonden, verbinding weg, verbinding kwijt, geel driehoekje, uitroepteken, wereldbolletje, websites, google, browsen, alles ligt plat, niets doet het, niks doet het, niks werkt, niets werkt, alles ligt eruit, alles plat", "verbinding, offline, plat, traag, server, pc, computer, computers"},
		en:      words{"network, internet, lan, wan, ethernet, internet connection, network cable", "wifi, wlan, no connection, not connected, disconnected, websites, google, browsing, nothing works, everything is down", "connection, offline, slow, server, computer, computers, pc"},
	}, {
		anchors: "print, printer, printen, printing, afdruk, afdrukken, =mfp, followme, follow, kopieer, copier",
		nl:      words{"printer, printers, printen, print, prints, printje, geprint, uitprinten, uit te printen, uitgeprint, afdrukken, af te drukken, afgedrukt, afdruk, afdrukt, afdrukje, kopieerapparaat, kopieermachine, kopieertoestel, kopieren, plotter, multifunctional, mfp, printserver, labelprinter", "printopdracht, printopdrachten, afdruktaak, afdruktaken, uit de printer, papierstoring, papierklem, afdrukwachtrij, geen papier uit, op papier", "wachtrij, opdrachten, opdracht, papier, lade, toner, spoelen"},
		en:      words{"printer, printers, print, prints, printed, printing, printout, copier, copy machine, plotter, mfp, multifunctional, print server", "print job, print jobs, print queue, paper jam, hard copy", "queue, jobs, paper, tray, toner"},
	}, {
		anchors: "scan, scanner, scannen",
		nl:      words{"scanner, scanners, scannen, gescand, scan, scans, scan naar mail", "", "pdf"},
		en:      words{"scanner, scanners, scan, scans, scanned, scanning, scan to mail", "", "pdf"},
	}, {
		anchors: "inlog, inloggen, aanmeld, aanmelden, login, logon, =sso, =mfa, =2fa, authenticat, authenticator, identity, =entra, activedirectory, active directory, adfs",
		nl:      words{"inloggen, in te loggen, ingelogd, inlog, inloggegevens, inlogscherm, aanmelden, aan te melden, aangemeld, aanmelding, aanmeldscherm, login, mfa, 2fa, authenticator, sso, tweestapsverificatie", "verificatie, verificatiecode, code klopt niet, kom er niet in, kom er niet meer in, geraak er niet in, geraak niet binnen, kom nergens in, komt er niet in, log ik in, log in, logt uit, uitgelogd, pushmelding, smscode, eruit gegooid", "account, sessie, code, aanloggen"},
		en:      words{"login, log in, logging in, logged in, log on, logon, sign in, signing in, signed in, mfa, 2fa, authenticator, sso, single sign-on, two factor", "verification code, authentication, cannot get in, locked out, logged out, kicked out, push notification, credentials", "account, session, code"},
	}, {
		anchors: "mail, outlook, exchange, email, webmail, postvak",
		nl:      words{"mail, mails, mailtje, mailtjes, e-mail, e-mails, mailen, gemaild, mailt, mailverkeer, outlook, exchange, mailbox, postvak, webmail, email, emails", "inbox, postvak in, postvak uit, verzenden, verzonden, bijlage, bijlagen, niet aangekomen", "berichten, bericht, versturen, verstuurd, verstuur, ontvangen, ontvang, ontvangt, gestuurd"},
		en:      words{"mail, mails, e-mail, e-mails, email, emails, mailing, outlook, exchange, mailbox, webmail", "inbox, outbox, bounce, bounced, undeliverable, attachment, attachments", "messages, message, send, sent, sending, receive, receiving"},
	}, {
		anchors: "agenda, calendar",
		nl:      words{"agenda, agendas, vergaderverzoek, afspraken", "", "afspraak, vergadering"},
		en:      words{"calendar, calendars, meeting request, meeting invite", "", "meeting, appointment"},
	}, {
		anchors: "teams, zoom, webex, =chat, slack",
		nl:      words{"teams, zoom, webex, videobellen, beeldbellen, videovergadering, chat", "chatten, online vergadering, online overleg, online vergaderen, chatbericht, chatberichten", "vergadering, vergaderen, overleg, camera, microfoon, scherm delen"},
		en:      words{"teams, zoom, webex, video call, video calls, video conference, chat", "online meeting, online meetings, chat messages", "meeting, meetings, camera, microphone, share screen"},
	}, {
		anchors: "telefoon, telefonie, telephony, telephone, phone, voip, bellen, callcenter, contactcenter, telefooncentrale, =pbx, dect",
		nl:      words{"telefoon, telefoons, telefonie, telefooncentrale, telefoonlijn, telefoonlijnen, telefoontjes, telefonisch bereikbaar, voip, dect, vaste lijn, vaste nummer, bellen, softphone", "kiestoon, gebeld worden, opgebeld, oproepen, bezettoon, doorverbinden, doorschakelen, lijn dood, toestel, toestellen, binnenkomende gesprekken, telefonisch, uitbellen, inbellen", "gebeld, belt, niet bereikbaar, bereiken, gesprek, gesprekken, headset, opnemen, nummer, lijn"},
		en:      words{"phone, phones, telephone, telephones, telephony, voip, dect, landline, phone line, phone lines, softphone", "dial tone, calls, incoming calls, call us, calling, cannot call, busy tone, voicemail, desk phone", "call, headset, dial, line"},
	}, {
		anchors: "=vpn, citrix, =vdi, thuiswerk, telewerk, remote, op afstand, horizon, =rdp, =avd, globalprotect, anyconnect",
		nl:      words{"vpn, citrix, vdi, thuiswerken, thuiswerkplek, thuiswerkportaal, thuiswerkomgeving, telewerken, telewerk, thuis werken, remote desktop, rdp, virtuele werkplek, extern bureaublad", "van huis uit, vanuit huis, vanuit thuis, van thuis, van thuis uit, thuis inloggen, werk thuis, werk vandaag thuis, ik werk thuis, op afstand werken", "thuis, sessie, werkplek"},
		en:      words{"vpn, citrix, vdi, remote desktop, rdp, remote access, virtual desktop", "from home, working from home, work from home, working remotely, remotely", "home, session, remote"},
	}, {
		anchors: "schijf, netwerkschijf, =files, fileshare, fileserver, bestanden, =share, onedrive, sharepoint, gedeelde, afdelingsmap, deelmap",
		nl:      words{"netwerkschijf, netwerkschijven, schijf, gedeelde map, gedeelde mappen, gedeelde schijf, afdelingsmap, deelmap, fileshare, fileserver, sharepoint, onedrive, netwerkmap, g schijf, h schijf, s schijf, p schijf", "bestanden, mappen, map openen, bestand openen, bestand opslaan, schijf vol, schijfruimte, mijn documenten, alleen lezen, mappenstructuur", "bestand, map, document, documenten, opslaan, opgeslagen, excel, word, schijfletter, bewaren"},
		en:      words{"file share, shared drive, shared folder, shared folders, network drive, network folder, fileserver, sharepoint, onedrive, drive letter", "files, folder, folders, disk full, disk space, not enough space, read only, saving files", "file, document, documents, save, saving, saved, drive, excel, word"},
	}, {
		anchors: "website, formulier, formulieren, webshop, =portal, =portaal, eformulier, homepage",
		nl:      words{"website, webformulier, webformulieren, e-formulier, e-formulieren, webpagina, webpaginas, onze site, de site, homepage, webshop, formulieren", "formulier, bezoekers, online aanvragen, online aanvraag, online doorgeven, online formulier", "pagina, site, portaal, online"},
		en:      words{"website, web site, web form, web forms, web page, web pages, our site, the site, homepage, webshop", "form, forms, visitors, online form", "page, site, portal, online"},
	}, {
		anchors: "intranet",
		nl:      words{"intranet, startpagina, sociaal intranet", "", "nieuwsbericht, pagina"},
		en:      words{"intranet, start page", "", "page"},
	}, {
		anchors: "toegangspas, toegangspassen, pasjes, paslezer, toegangscontrole, access control, =access, toegang gebouw",
		nl:      words{"toegangspas, toegangspassen, toegangspasje, pasje, pasjes, paslezer, paslezers, kaartlezer, toegangspoort, toegangspoortje, slagboom, badge, badges, badgelezer", "deur, deuren, voordeur, poortje, poortjes, draaideur, toegangsdeur, gebouw niet in", "pas, toegang, binnen"},
		en:      words{"access card, access cards, badge reader, card reader, entrance gate, barrier, badge, badges, key card", "door, doors, gate, turnstile, get into the building", "pass, entrance"},
	},
}
