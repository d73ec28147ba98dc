package demo

import (
	"context"
	"fmt"

	"headstart"
)

// report is what one user writes.
type report struct {
	title, body          headstart.Names
	location, department string
	urgent               bool
}

// Write has a user write a ticket, in language, through the door ticket systems use.
func (w *World) write(ctx context.Context, language string, r report) error {
	w.tickets++
	now, priority := w.clock.Now(), "P3"
	if r.urgent {
		priority = "P1"
	}
	return w.post(ctx, "/hooks/tickets/"+Source, map[string]any{"ticket": map[string]any{
		"id": fmt.Sprintf("T-%d", 100+w.tickets), "title": r.title[language], "body": r.body[language],
		"requester": map[string]any{"id": fmt.Sprintf("u%d@voorbeeld.example", 1000+w.rand.IntN(9000)), "location": r.location, "department": r.department},
		"channel":   "portal", "priority": priority, "status": "new", "created_at": stamp(now), "reported_at": stamp(now), "updated_at": stamp(now),
	}}, "")
}

// both is a text in both languages.
func both(nl, en string) headstart.Names { return headstart.Names{"nl": nl, "en": en} }

func cannotPrint(location, place, department string) report {
	return report{
		title:    both("Printer doet het niet", "Printer does not work"),
		body:     both("Ik kan niet meer afdrukken in "+place+".", "I cannot print any more in "+place+"."),
		location: location, department: department,
	}
}

func noWifi(location, place, department string) report {
	return report{
		title:    both("Geen wifi", "No Wi-Fi"),
		body:     both("De wifi in "+place+" valt steeds weg.", "The Wi-Fi in "+place+" is gone."),
		location: location, department: department,
	}
}

func noCourses(location, department string) report {
	return report{
		title:    both("Leeromgeving opent niet", "Learning environment does not open"),
		body:     both("De leeromgeving laadt niet, ook niet na opnieuw inloggen.", "The learning environment does not load, not even after logging in again."),
		location: location, department: department,
	}
}

func noMail(location, department string) report {
	return report{
		title:    both("Outlook maakt geen verbinding", "Outlook does not connect"),
		body:     both("Mail komt niet binnen en verzenden lukt ook niet.", "Mail does not come in and cannot be sent."),
		location: location, department: department,
	}
}
